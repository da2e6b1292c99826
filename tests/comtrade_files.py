"""Rows and files in the layouts of UN Comtrade's downloads."""

from __future__ import annotations

import csv
import io
from typing import Any

from flows.contracts import load_contracts
from flows.settings import Settings


def columns(settings: Settings, source: str, table: str) -> list[str]:
    """What the publisher's file has, landed or not."""
    contract = load_contracts(settings.contracts)[source].table(table)
    return [*(column.header for column in contract.columns), *contract.ignored]


def text(names: list[str], rows: list[dict[str, Any]], delimiter: str = ",") -> str:
    handle = io.StringIO()
    writer = csv.DictWriter(handle, names, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return handle.getvalue()


def plus(classification: str, year: int, code: str, value: int, **more: Any) -> dict[str, Any]:
    level = 0 if code == "TOTAL" else len(code)
    return {
        "typeCode": "C", "freqCode": "A", "refPeriodId": f"{year}0101", "refYear": year, "refMonth": 52,
        "period": year, "reporterCode": 410, "flowCode": "X", "partnerCode": 392, "partner2Code": 0,
        "classificationCode": classification, "classificationSearchCode": "HS", "isOriginalClassification": "true",
        "cmdCode": code, "aggrLevel": level, "customsCode": "C00", "mosCode": 0, "motCode": 0, "qtyUnitCode": -1,
        "primaryValue": value, "fobvalue": value, **more,
    }  # fmt: skip
