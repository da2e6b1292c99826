"""A Comtrade record: the 47 fields in their order, made from a cell of a dataset."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple
from zlib import crc32

from standin.economy import (
    AREAS_NES,
    BUNKERS,
    CONFIDENTIAL_CODE,
    ECONOMIES,
    OLDER_CODE,
    PRODUCTS,
    WORLD,
    Product,
    tau,
)
from standin.world import Dataset

FLOWS = {"M": "Import", "X": "Export", "RX": "Re-export", "RM": "Re-import"}
CUSTOMS = {"C00": "TOTAL CPC", "C01": "Clearance for home use", "C03": "Outright exportation"}
TRANSPORT = {0: "TOTAL MOT", 2100: "Sea", 3200: "Road"}
UNITS = {-1: "N/A", 5: "u", 8: "kg"}
CHAPTERS = {"27": "Mineral fuels, oils and products of their distillation", "99": "Commodities not specified"}
_AREAS = {WORLD: ("W00", "World"), AREAS_NES: ("_X ", "Areas, nes"), BUNKERS: ("X1 ", "Bunkers")}


class Line(NamedTuple):
    """A cell of a dataset at any level of the tariff and for any partner, World included."""

    flow: str
    partner: int
    code: str
    mills: int
    kg: int


def area(code: int) -> tuple[str, str]:
    """Three-letter code and name of a partner, as Comtrade gives them (some with trailing blanks)."""
    if code in _AREAS:
        return _AREAS[code]
    home = ECONOMIES[code]
    return {490: "S19", 736: "SDN"}.get(code, home.iso3), home.name


@lru_cache(maxsize=256)
def product(code: str) -> Product | None:
    """The product behind an HS6 code of any revision; None for a total or an unnamed product."""
    if code in PRODUCTS:
        return PRODUCTS[code]
    return next((PRODUCTS[new] for new, old in OLDER_CODE.items() if old == code), None)


def text_of(code: str) -> str:
    """The description of a commodity code."""
    if code == "TOTAL":
        return "All Commodities"
    if code == CONFIDENTIAL_CODE:
        return "Commodities not specified according to kind"
    found = product(code)
    return found.text if found else CHAPTERS.get(code, f"Group {code}")


def lines(dataset: Dataset) -> list[Line]:
    """Every line of a dataset: products, headings, chapters and TOTAL, for each partner and for World."""
    sums: dict[tuple[str, int, str], list[int]] = {}
    for (flow, partner, code), (mills, kg) in dataset.cells.items():
        for key in _keys(flow, partner, code):
            entry = sums.get(key)
            if entry is None:
                sums[key] = [mills, kg]
            else:
                entry[0] += mills
                entry[1] += kg
    return [Line(*key, *sums[key]) for key in sorted(sums)]


@lru_cache(maxsize=16384)
def _keys(flow: str, partner: int, code: str) -> tuple[tuple[str, int, str], ...]:
    """The lines a cell counts in."""
    levels = ("TOTAL", code[:2], code[:4], code)
    return tuple((flow, where, level) for where in (WORLD, partner) for level in levels)


def record_count(dataset: Dataset) -> int:
    """How many records the full cross of a dataset has, without making them."""
    keys = {key for cell in dataset.cells for key in _keys(*cell)}
    doubled = sum(1 for flow, partner, _ in keys if dataset.reporter == 842 and flow == "M" and partner)
    return 6 * (len(keys) + doubled)


def splits(dataset: Dataset, line: Line, plus: bool) -> Iterator[tuple[int, str, int, int, int]]:
    """The ways a line is cut: (second partner, customs, transport, mills, kg).

    `classic` gives the total only; `plus` the full cross with its totals, so that its sum is a multiple of the truth.
    """
    if not plus:
        yield 0, "C00", 0, line.mills, line.kg
        return
    procedure = "C03" if line.flow.endswith("X") else "C01"
    by_sea, kg_by_sea = line.mills * 6 // 10, line.kg * 6 // 10
    seconds = (0, line.partner) if dataset.reporter == 842 and line.flow == "M" and line.partner else (0,)
    for second in seconds:
        for customs in ("C00", procedure):
            yield second, customs, 0, line.mills, line.kg
            yield second, customs, 2100, by_sea, kg_by_sea
            yield second, customs, 3200, line.mills - by_sea, line.kg - kg_by_sea


def values(dataset: Dataset, line: Line, mills: int) -> tuple[float | None, float | None]:
    """CIF and FOB value in USD, as this reporter fills them: a side not given is null, in monthly exports 0.

    Who gives both values of its imports knows what freight cost it; of World and areas without a name 4 %.
    """
    usd, valuation = mills / 1000, ECONOMIES[dataset.reporter].import_valuation
    if line.flow.endswith("X"):
        return (0.0 if dataset.freq == "M" else None), usd
    if valuation == "FOB":
        return None, usd
    margin = tau(line.partner, dataset.reporter) if line.partner in ECONOMIES else 0.04
    return usd, (round(mills / 1000 / (1 + margin), 3) if valuation == "CIF/FOB" else None)


def record(
    dataset: Dataset, line: Line, split: tuple[int, str, int, int, int], search: str, described: bool
) -> dict[str, Any]:
    """One record. Descriptions, levels and abbreviations are null unless asked for, as recorded."""
    second, customs, transport, mills, kg = split
    annual, year = dataset.freq == "A", int(dataset.period[:4])
    month = 52 if annual else int(dataset.period[4:])
    code, level = line.code, 0 if line.code == "TOTAL" else len(line.code)
    found = product(code) if level == 6 else None
    unit = found.unit_code if found else -1
    guess = crc32(f"{dataset.reporter}{dataset.period}{line.flow}{line.partner}{code}".encode()) % 20 if found else 99
    quantity = 0.0 if not found else float(kg if unit == 8 else round(kg / found.kg_per_item))
    cif, fob = values(dataset, line, mills)

    def told(value: Any) -> Any:
        return value if described else None

    return {
        "typeCode": "C", "freqCode": dataset.freq,
        "refPeriodId": int(f"{year}0101") if annual else int(f"{dataset.period}01"),
        "refYear": year, "refMonth": month, "period": dataset.period,
        "reporterCode": dataset.reporter, "reporterISO": told(area(dataset.reporter)[0]),
        "reporterDesc": told(area(dataset.reporter)[1]),
        "flowCode": line.flow, "flowDesc": told(FLOWS[line.flow]),
        "partnerCode": line.partner, "partnerISO": told(area(line.partner)[0]),
        "partnerDesc": told(area(line.partner)[1]),
        "partner2Code": second, "partner2ISO": told(area(second)[0]), "partner2Desc": told(area(second)[1]),
        "classificationCode": dataset.classification, "classificationSearchCode": search,
        "isOriginalClassification": True,
        "cmdCode": code, "cmdDesc": told(text_of(code)), "aggrLevel": told(level), "isLeaf": told(level == 6),
        "customsCode": customs, "customsDesc": told(CUSTOMS[customs]), "mosCode": "0",
        "motCode": transport, "motDesc": told(TRANSPORT[transport]),
        "qtyUnitCode": unit, "qtyUnitAbbr": told(UNITS[unit]), "qty": quantity, "isQtyEstimated": guess == 0,
        "altQtyUnitCode": -1, "altQtyUnitAbbr": told("N/A"), "altQty": 0.0, "isAltQtyEstimated": False,
        "netWgt": None if code == "TOTAL" else float(kg) if found else 0.0, "isNetWgtEstimated": guess <= 2,
        "grossWgt": 0.0, "isGrossWgtEstimated": False,
        "cifvalue": cif, "fobvalue": fob, "primaryValue": mills / 1000,
        "legacyEstimationFlag": 6 if guess == 0 else 4 if guess <= 2 else 0,
        "isReported": level == 6, "isAggregate": level != 6,
    }  # fmt: skip


NOTHING: dict[str, Any] = {
    "typeCode": None, "freqCode": None, "refPeriodId": 0, "refYear": 0, "refMonth": 0, "period": None,
    "reporterCode": 0, "reporterISO": None, "reporterDesc": None, "flowCode": None, "flowDesc": None,
    "partnerCode": 0, "partnerISO": None, "partnerDesc": None, "partner2Code": 0, "partner2ISO": None,
    "partner2Desc": None, "classificationCode": None, "classificationSearchCode": None,
    "isOriginalClassification": False, "cmdCode": None, "cmdDesc": None, "aggrLevel": None, "isLeaf": None,
    "customsCode": None, "customsDesc": None, "mosCode": None, "motCode": 0, "motDesc": None, "qtyUnitCode": None,
    "qtyUnitAbbr": None, "qty": None, "isQtyEstimated": False, "altQtyUnitCode": None, "altQtyUnitAbbr": None,
    "altQty": None, "isAltQtyEstimated": False, "netWgt": None, "isNetWgtEstimated": False, "grossWgt": None,
    "isGrossWgtEstimated": False, "cifvalue": None, "fobvalue": None, "primaryValue": 0.0,
    "legacyEstimationFlag": None, "isReported": None, "isAggregate": None,
}  # fmt: skip
"""What `countOnly=true` answers in place of data."""
