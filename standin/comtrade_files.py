"""Comtrade's files: the reference lists (with ETag) and the bulk files (gzip of tab-separated text, odd spellings)."""

from __future__ import annotations

import base64
import gzip
import hashlib
from typing import Any

from standin.comtrade_record import CUSTOMS, FLOWS, TRANSPORT, area, lines, record, splits, text_of
from standin.comtrade_release import dataset_code, released_at
from standin.economy import AREAS_NES, BUNKERS, CONFIDENTIAL_CODE, ECONOMIES, OLDER_CODE, PRODUCTS, WORLD
from standin.reply import Reply, as_json, tagged
from standin.world import Dataset

REFERENCES = {
    "reporter": "Reporters.json", "partner": "partnerAreas.json", "cmd:HS": "HS.json",
    **{f"cmd:H{n}": f"H{n}.json" for n in range(7)},
    "freq": "Frequency.json", "flow": "tradeRegimes.json", "customs": "CustomsCodes.json",
    "mot": "ModeOfTransportCodes.json", "qtyunit": "QuantityUnits.json",
}  # fmt: skip
BULK_COLUMNS = (
    "datasetCode", "typeCode", "freqCode", "refPeriodId", "refYear", "refMonth", "period", "reporterCode", "flowCode",
    "partnerCode", "partner2Code", "classificationSearchCode", "classificationCode", "isOriginalClassification",
    "cmdCode", "customsCode", "mosCode", "motCode", "qtyUnitCode", "qty", "isQtyEstimated", "altQtyUnitCode", "altQty",
    "isAltQtyEstimated", "netWgt", "isnetWgtEstimated", "grossWgt", "isgrossWgtEstimated", "CIFValue", "FOBValue",
    "primaryValue", "legacyEstimationFlag", "isReported", "isAggregate",
)  # fmt: skip
_GROUPS = {97: ("EUR", "European Union"), 975: ("R4 ", "ASEAN")}
_MODIFIED = "Mon, 06 Oct 2025 08:00:00 GMT"


def reference(name: str) -> Reply | None:
    """A reference file by its name, or None."""
    results = _reference(name)
    if results is None:
        return None
    body: dict[str, Any] = {"results": results}
    if name.startswith("H"):
        short = name.removesuffix(".json")
        label = "Combined HS" if short == "HS" else f"Harmonized System {short}"
        body = {"more": False, "minimumInputLength": 2, "classCode": short, "className": label, **body}
    reply = as_json(body, content_type="application/json")
    if name in ("Reporters.json", "partnerAreas.json"):
        reply = Reply(b"\xef\xbb\xbf" + reply.content, "application/json")
    digest = base64.b64encode(hashlib.md5(reply.content, usedforsecurity=False).digest()).decode()
    return tagged(reply, _MODIFIED).adding(Cache_Control="public, max-age=604800", Content_MD5=digest)


def _reference(name: str) -> list[dict[str, Any]] | None:
    if name == "ListofReferences.json":
        base = "https://comtradeapi.un.org/files/v1/app/reference/"
        return [
            {"category": kind, "variable": kind.title(), "description": kind, "fileuri": base + file}
            for kind, file in REFERENCES.items()
        ]
    if name in ("Reporters.json", "partnerAreas.json"):
        return _areas(name == "Reporters.json")
    if name in [f"H{mark}.json" for mark in "S0123456"]:
        return _commodities(name.removesuffix(".json"))
    small: dict[str, dict[Any, str]] = {
        "Frequency.json": {"A": "Annual", "Q": "Quarterly", "M": "Monthly"}, "tradeRegimes.json": FLOWS,
        "CustomsCodes.json": CUSTOMS, "ModeOfTransportCodes.json": {str(k): v for k, v in TRANSPORT.items()},
    }  # fmt: skip
    if name in small:
        return [{"id": code, "text": text} for code, text in small[name].items()]
    if name == "QuantityUnits.json":
        units = ((-1, "N/A", "Not available"), (5, "u", "Number of items"), (8, "kg", "Weight in kilograms"))
        return [{"qtyCode": code, "qtyAbbr": abbr, "qtyDescription": text} for code, abbr, text in units]
    return None


def _areas(reporters: bool) -> list[dict[str, Any]]:
    """Reporters, or partners with their capital P, groups and areas not specified."""
    prefix = "reporter" if reporters else "Partner"
    codes = [code for code, home in ECONOMIES.items() if home.reports or not reporters]
    rows = []
    for code in codes if reporters else [WORLD, *codes, AREAS_NES, BUNKERS, *_GROUPS]:
        iso3, name = _GROUPS.get(code) or area(code)
        row: dict[str, Any] = {"id": code, "text": name, f"{prefix}Code": code, f"{prefix}Desc": name}
        row[f"{prefix.lower()}Note"] = name
        if code in ECONOMIES and code != 490:
            row[f"{prefix}CodeIsoAlpha2"] = ECONOMIES[code].iso2
        row[f"{prefix}CodeIsoAlpha3"] = iso3
        row["entryEffectiveDate"] = "2012-01-01T00:00:00" if code in (728, 729) else "1900-01-01T00:00:00"
        if code == 736:
            row["entryExpiredDate"] = "2011-12-31T00:00:00"
        row["isGroup"] = code in _GROUPS or code == 490
        rows.append(row)
    return rows


def _commodities(revision: str) -> list[dict[str, Any]]:
    """The tree of commodities: TOTAL, chapters, headings, products. `isLeaf` is a text."""
    old, new = {OLDER_CODE.get(code, code) for code in PRODUCTS}, set(PRODUCTS)
    products = {"HS": old | new, "H6": new}.get(revision, old) | {CONFIDENTIAL_CODE}
    rows = [("TOTAL", "Total - All H6 commodities", "#", 0)]
    for code in sorted({part for full in products for part in (full[:2], full[:4], full)}):
        parent = "TOTAL" if len(code) == 2 else code[:-2]
        rows.append((code, f"{code} - {text_of(code)}", parent, len(code)))
    return [
        {"id": code, "text": text, "parent": parent, "isLeaf": "1" if level == 6 else "0", "aggrLevel": level,
         "standardUnitAbbr": "kg" if level == 6 else "n/a"}
        for code, text, parent, level in rows
    ]  # fmt: skip


def row_key(dataset: Dataset) -> str:
    """The name of a bulk file on the server: a hash that changes with each release."""
    return hashlib.sha256(f"{dataset_code(dataset)}-{dataset.revision}".encode()).hexdigest()


def bulk_entry(dataset: Dataset, size: int) -> dict[str, Any]:
    """A row of the bulk list. Its `refPeriodId` is YYYYMM, unlike a record's."""
    moment = released_at(dataset, dataset.revision)
    month = f"{dataset.period}01" if dataset.freq == "A" else dataset.period
    return {
        "fileUrl": f"https://comtradeapi.un.org/bulk/v1/file/{dataset.reporter}/{row_key(dataset)}",
        "fileSize": f"{size / 1024:.2f} KB", "isOriginalClassification": True, "reporterCode": dataset.reporter,
        "freqCode": dataset.freq, "typeCode": "C", "classificationCode": dataset.classification,
        "refPeriodId": int(month), "period": int(dataset.period), "publicationDate": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "partitionKey": str(dataset.reporter), "rowKey": row_key(dataset), "timestamp": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "eTag": f"W/\"datetime'{moment:%Y-%m-%dT%H%%3A%M%%3A%SZ}'\"",
    }  # fmt: skip


def bulk_file(dataset: Dataset) -> Reply:
    """The file itself: every record of the dataset in the full cross."""
    by_lower = {name.lower(): name for name in BULK_COLUMNS}
    rows = ["\t".join(BULK_COLUMNS)]
    for line in lines(dataset):
        for split in splits(dataset, line, plus=True):
            values = {"datasetcode": dataset_code(dataset)}
            values |= {name.lower(): value for name, value in record(dataset, line, split, "HS", False).items()}
            rows.append("\t".join("" if values[low] is None else str(values[low]) for low in by_lower))
    content = gzip.compress(("\n".join(rows) + "\n").encode(), compresslevel=1, mtime=0)
    stem = f"C_{dataset.freq}_{dataset.reporter}_{dataset.period}_{dataset.classification}"
    shown = f"C/{dataset.freq}/{dataset.reporter}/{stem}_O.txt.gz"
    reply = Reply(content, "application/TSV", ranged=True)
    disposition = f'attachment; filename="{shown}"; size={len(content)}'
    return tagged(reply, _MODIFIED).adding(Content_Disposition=disposition)
