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


def legacy(rows: list[dict[str, Any]], status: object = 0, count: object = None, **more: Any) -> dict[str, Any]:
    """An answer of the service before 2023, as whole as it says."""
    return {"validation": {"status": {"name": "Said", "value": status}, "count": count, **more}, "dataset": rows}


def said_of(settings: Settings, table: str, answer: object) -> str:
    """What is said of an answer that a person saved, and of which nothing may land."""
    content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    outcome = land_bytes(settings, f"comtrade_api.{table}", "saved", content, "json")
    assert (outcome.outcome, outcome.rows) == ("failed", 0)
    return outcome.reason


def test_an_answer_with_an_error_is_refused_whatever_records_it_has(settings: Settings) -> None:
    new, old = records(settings, "trade"), records(settings, "legacy_trade")
    said = said_of(settings, "trade", {"count": 2, "data": new, "error": "Something failed"})
    assert "is an answer with an error: it says 'Something failed'. Ask again, or move it out." in said
    said = said_of(settings, "legacy_trade", legacy(old, 5003, message="Result too large"))
    assert "it says 'Result too large'" in said
    assert "it says 'Said'" in said_of(settings, "legacy_trade", legacy(old, 5003))
    assert "it says 'Said'" in said_of(settings, "legacy_trade", legacy(old, None))
    assert "'status 7'" in said_of(settings, "trade", {"validation": {"status": 7}, "count": 2, "data": new})


def test_an_older_answer_holds_as_many_records_as_it_announces(settings: Settings) -> None:
    rows = records(settings, "legacy_trade")
    assert "announces 5 rows and holds 2; get it again." in said_of(settings, "legacy_trade", legacy(rows, count=5))
    said = said_of(settings, "legacy_trade", legacy(rows, count={"value": 5}))
    assert "announces 5 rows and holds 2; get it again." in said
    whole = json.dumps(legacy(rows, count={"value": 2})).encode()
    assert land_bytes(settings, "comtrade_api.legacy_trade", "whole", whole, "json").rows == 2


@pytest.mark.parametrize(
    ("table", "form"),  # an envelope of trade is sized when it is recognised: see test_inbox_scan
    [(table, form) for table in ("trade", "legacy_trade") for form in ("list", "lines")]
    + [("legacy_trade", "envelope")],
)
@pytest.mark.parametrize("many", [500, 499])
def test_as_many_records_as_are_handed_out_at_once_may_not_be_all(
    settings: Settings, table: str, form: str, many: int
) -> None:
    partner = "ptCode" if table == "legacy_trade" else "partnerCode"
    rows = [records(settings, table)[0] | {partner: 1000 + number} for number in range(many)]
    content = {
        "envelope": json.dumps(legacy(rows, count={"value": many})), "list": json.dumps(rows),
        "lines": "\n".join(map(json.dumps, rows)),
    }[form]  # fmt: skip
    outcome = land_bytes(settings, f"comtrade_api.{table}", "saved", content.encode(), "json")
    cut = "500 rows are as many as comtrade_api hands out at once (500); the answer was cut short"
    assert (cut in outcome.reason, outcome.rows) == ((True, 0) if many == 500 else (False, many))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"count": null, "data": [{}]}', "does not say how many rows it holds (its `count` is missing or no number)"),
        (b'{"data": [{}]}', "does not say how many rows it holds"),
        (b'{"count": "few", "data": [{}]}', "does not say how many rows it holds"),
        (b'{"count": -1, "data": [{}]}', "does not say how many rows it holds"),
        (b'{"validation": {"count": {"value": null}}, "dataset": [{}]}', "does not say how many rows it holds"),
        (b'{"count": 2, "data": [{"typeCode": "C"}, {"ty', "is cut off, or no JSON ("),
        (b'[{"typeCode": "C"},', "is cut off, or no JSON ("),
        (b'[{"typeCode": "\xff"}]', "is not written in UTF-8 throughout"),
        (b'{"count": 1, "data": [1]}', "holds data that are not a list of records"),
        (b"[1, 2]", "holds data that are not a list of records"),
    ],
)
def test_an_answer_that_is_not_whole_says_what_to_do(settings: Settings, content: bytes, said: str) -> None:
    reason = said_of(settings, "trade", content)
    assert said in reason
    assert reason.endswith("; download it again.")
    assert "Error" not in reason


@pytest.mark.parametrize(("many", "is_told"), [(500, True), (501, False)])
def test_a_download_of_as_many_rows_as_are_handed_out_lands_with_a_notice(
    settings: Settings, many: int, is_told: bool
) -> None:
    table = load_contracts(settings.contracts)["comtrade_csv"].table("plus_trade")
    said = records(settings, "trade")[0]
    lines = [",".join(column.header for column in table.columns)]
    for number in range(many):
        row = said | {"partnerCode": 1000 + number}
        lines.append(",".join("" if row.get(c.header) is None else str(row[c.header]) for c in table.columns))
    outcome = land_bytes(settings, "comtrade_csv.plus_trade", "saved", "\n".join(lines).encode(), "csv")
    assert (outcome.outcome, outcome.rows) == ("new", many)
    assert ("holds 500 rows, as many as its publisher hands out at once" in outcome.notice) is is_told
