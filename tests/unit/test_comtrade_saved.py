"""Answers of UN Comtrade saved by hand land with or without their envelope, under old names and new ones."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest

from flows.contracts import load_contracts
from flows.errors import FileRefused
from flows.settings import Settings
from flows.sources.comtrade import saved
from flows.steps import land
from tests.raw_file import land_bytes


def records(settings: Settings, table: str) -> list[dict[str, Any]]:
    """Two records with every name the contract knows, most of them empty."""
    columns = load_contracts(settings.contracts)["comtrade_api"].table(table).columns
    old = {"pfCode": "S2", "yr": 1980, "period": 1980, "rgCode": 2, "rtCode": 410, "cmdCode": "07", "aggrLevel": 2}
    new = {
        "typeCode": "C", "freqCode": "A", "refYear": 1980, "refMonth": 52, "period": "1980", "reporterCode": 410,
        "flowCode": "X", "partner2Code": 0, "classificationCode": "S2", "cmdCode": "07", "customsCode": "C00",
        "motCode": 0, "mosCode": "0",
    }  # fmt: skip
    said, partner, value = (
        (old, "ptCode", "TradeValue") if table == "legacy_trade" else (new, "partnerCode", "primaryValue")
    )
    empty: dict[str, Any] = {column.header: None for column in columns}
    return [empty | said | {partner: code, value: 7 * code} for code in (392, 842)]


@pytest.mark.parametrize("table", ["trade", "legacy_trade"])
@pytest.mark.parametrize("form", ["envelope", "list", "lines"])
def test_saved_records_land(settings: Settings, table: str, form: str) -> None:
    rows = records(settings, table)
    envelope = {"data": rows, "count": 2} if table == "trade" else {"validation": {}, "dataset": rows}
    content = {
        "envelope": json.dumps(envelope), "list": json.dumps(rows), "lines": "\n".join(map(json.dumps, rows)),
    }[form]  # fmt: skip
    outcome = land_bytes(settings, f"comtrade_api.{table}", "saved", content.encode(), "json")
    assert (outcome.rows, outcome.rejects, outcome.reason) == (2, 0, "")
    value = "primary_value" if table == "trade" else "trade_value_usd"
    with land.landed(settings) as con:
        assert con.execute(f"select sum({value}) from raw.comtrade_api__{table}").fetchall() == [(Decimal(7 * 1234),)]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"elapsedTime": "0.1 secs", "count": 0, "data": [], "error": ""}, "without a record. Ask again"),
        (
            {"validation": {"status": {"name": "ResultTooLarge"}, "message": "Query too complex"}, "dataset": None},
            "without a record: it says 'Query too complex'. Ask again",
        ),
    ],
)
def test_an_answer_without_a_record_is_told_from_a_stranger(answer: dict[str, Any], said: str) -> None:
    with pytest.raises(FileRefused, match=re.escape(said)):
        saved.recognise("answer.json", json.dumps(answer).encode())
    assert saved.recognise("other.json", b'{"count": 0, "data": []}') is None
