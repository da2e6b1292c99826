"""What Comtrade says about its datasets: availability (getDa), notes (getMetadata), live releases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from standin.comtrade_record import record_count
from standin.economy import ECONOMIES
from standin.world import Dataset

_CLASS_DIGITS = {"H3": "08", "H4": "09", "H5": "18", "H6": "20"}


def dataset_code(dataset: Dataset) -> int:
    """Comtrade's number of a dataset: frequency, reporter, first month, classification."""
    month = f"{dataset.period}01" if dataset.freq == "A" else dataset.period
    digits = _CLASS_DIGITS[dataset.classification]
    return int(f"{'2' if dataset.freq == 'A' else '3'}{dataset.reporter:04d}{month}{digits}2100")


def released_at(dataset: Dataset, revision: int) -> datetime:
    """When a revision came out (0 is the first release), UTC."""
    year = int(dataset.period[:4])
    after = datetime(year + 1, 3, 1) if dataset.freq == "A" else datetime(year, int(dataset.period[4:]), 1)  # noqa: DTZ001
    wait = crc32(f"{dataset.reporter}{dataset.period}".encode()) % 5_000_000
    return after + timedelta(days=60 * revision + 45, seconds=wait % 86400, microseconds=wait % 1000 * 1000)


def stamp(moment: datetime) -> str:
    """A moment as Comtrade writes it: no zone, 0 to 7 digits of a second."""
    digits = (f"{moment.microsecond:06d}7", f"{moment.microsecond:06d}"[:2], "")[moment.second % 3]
    digits = digits.rstrip("0")
    return f"{moment:%Y-%m-%dT%H:%M:%S}" + (f".{digits}" if digits else "")


def checksum(dataset: Dataset) -> int:
    """A signed 32-bit number that changes with the content."""
    value = crc32(repr(tuple(dataset.cells.items())).encode())
    return value - (1 << 32) if value >= 1 << 31 else value


def availability(dataset: Dataset, search: str) -> dict[str, Any]:
    """A row of getDa."""
    reporter = ECONOMIES[dataset.reporter]
    return {
        "datasetCode": dataset_code(dataset), "typeCode": "C", "freqCode": dataset.freq,
        "period": int(dataset.period), "reporterCode": dataset.reporter,
        "reporterISO": "SDN" if dataset.reporter == 736 else reporter.iso3, "reporterDesc": reporter.name,
        "classificationCode": dataset.classification, "classificationSearchCode": search,
        "isOriginalClassification": True, "isExtendedFlowCode": dataset.reporter in (344, 156),
        "isExtendedPartnerCode": True, "isExtendedPartner2Code": dataset.reporter == 842,
        "isExtendedCmdCode": True, "isExtendedCustomsCode": True, "isExtendedMotCode": True,
        "totalRecords": record_count(dataset),
        "datasetChecksum": checksum(dataset),
        "firstReleased": stamp(released_at(dataset, 0)), "lastReleased": stamp(released_at(dataset, dataset.revision)),
    }  # fmt: skip


def notes(dataset: Dataset, history: bool) -> dict[str, Any]:
    """An entry of getMetadata: a publication note per release, or the last one only."""
    reporter = ECONOMIES[dataset.reporter]
    entries = []
    for revision in range(dataset.revision + 1):
        moment = released_at(dataset, revision)
        text = "Revised Data: Data for this period was published before." if revision else "New Data: First release."
        entries.append({
            "datasetCode": dataset_code(dataset), "typeCode": "C", "freqCode": dataset.freq,
            "period": int(dataset.period), "reporterCode": dataset.reporter, "reporterDescription": reporter.name,
            "currency": reporter.currency, "importConvFactor": "1", "exportConvFactor": "1",
            "tradeSystem": reporter.trade_system, "classificationCode": dataset.classification,
            "importValuation": reporter.import_valuation, "exportValuation": "FOB", "importPartnerCountry": "Origin",
            "exportPartnerCountry": "Last Known Destination",
            "importPartner2Country": "Consignment" if dataset.reporter == 842 else "N/A",
            "exportPartner2Country": "N/A", "publicationNote": text, "publicationDate": stamp(moment),
            "publicationDateShort": f"{moment:%Y-%m-%d}",
        })  # fmt: skip
    return {
        "reporterCode": dataset.reporter, "period": int(dataset.period), "typeCode": "C", "freqCode": dataset.freq,
        "datasetCode": dataset_code(dataset), "notes": entries if history else entries[-1:],
    }  # fmt: skip


def live(datasets: list[Dataset]) -> list[dict[str, Any]]:
    """getLiveUpdate: the 50 datasets released last, newest first."""
    newest = sorted(datasets, key=lambda d: (released_at(d, d.revision), d.reporter), reverse=True)[:50]
    rows = []
    for dataset in newest:
        moment = released_at(dataset, dataset.revision)
        rows.append({
            "size": 1000 * len(dataset.cells), "startedAt": f"{moment:%Y-%m-%d %H:%M:%SZ}",
            "completedAt": f"{moment + timedelta(minutes=3):%Y-%m-%d %H:%M:%SZ}", "status": "Success",
            "lastUpdated": f"{moment:%A, %B %d, %Y}", "queuedAt": f"{moment:%m/%d/%Y %I:%M:%S %p}",
            "releaseStatus": "Released", "reporterCode": str(dataset.reporter), "freqCode": dataset.freq,
            "typeCode": "C", "classificationCode": dataset.classification, "period": int(dataset.period),
        })  # fmt: skip
    return rows
