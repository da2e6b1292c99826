"""Answers of UN Comtrade without their envelope: cut where that is sure, then the same records as read one by one."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.contracts import load_contracts
from flows.settings import Settings
from flows.sources.comtrade.answer import read_records, row_count, write_array
from flows.sources.comtrade.envelope import cut, first_record, is_whole
from flows.transport.answers import Answer

TABLE = load_contracts(Settings().contracts)["comtrade_api"].table("trade")
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12) | st.sampled_from(
    ["},{", "]}", '"data":[']
)
values = st.none() | st.booleans() | st.integers(0, 10**6) | texts


def answer_of(rows: list[dict[str, Any]], count: int | None = None, **how: Any) -> bytes:
    body = {"elapsedTime": "0.1 secs", "count": len(rows) if count is None else count, "data": rows, "error": ""}
    return json.dumps(body, **how).encode()


def record(**given: Any) -> dict[str, Any]:
    return {column.header: given.get(column.name, column.name) for column in TABLE.columns}


def handed_on(content: bytes, folder: Path) -> list[list[str | None]] | None:
    """The records as DuckDB reads them from what was handed on; None where they were not."""
    path, made = folder / "raw.jsonl", folder / "made.json"
    path.write_bytes(content)
    into = io.BytesIO()
    if (unread := write_array(path, TABLE, into)) is None:
        return None
    made.write_bytes(into.getvalue())
    columns = dict.fromkeys(unread.names.values(), "varchar")
    with duckdb.connect() as con:
        found = con.execute(
            "select * from read_json(?, format = 'array', columns = ?)", [str(made), columns]
        ).fetchall()
    assert len(found) == unread.count
    return [list(row) for row in found]


def read_one_by_one(content: bytes, folder: Path) -> list[list[str | None]]:
    path = folder / "raw.jsonl"
    path.write_bytes(content)
    return [list(values) for _, values in read_records(path, TABLE)]


@settings(max_examples=40, deadline=None)
@given(
    found=st.lists(st.lists(st.fixed_dictionaries({"cmd_desc": texts, "ref_year": values}), min_size=1), min_size=1),
    how=st.sampled_from([{}, {"separators": (",", ":")}, {"ensure_ascii": False}]),
)
def test_records_handed_on_are_those_read_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, found: list[list[dict[str, Any]]], how: dict[str, Any]
) -> None:
    folder = tmp_path_factory.mktemp("envelope")
    content = b"\n".join(answer_of([record(**one) for one in rows], **how) for rows in found) + b"\n"
    assert handed_on(content, folder) == read_one_by_one(content, folder)


def test_an_answer_over_many_lines_is_handed_on_too(tmp_path: Path) -> None:
    content = answer_of([record(cmd_code="01"), record(cmd_code="02")], indent=2)
    assert handed_on(content, tmp_path) == read_one_by_one(content, tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"null", b"{}", b"\xff]", b'{"data": [1, 2], "count": "2"}', b'{"count": -1, "data": []}',
        b'{"count": 1, "data": [{"a": 1}], "error": "no"}', b'{"count": true, "data": [{}]}',
        b'{"count": 2, "data": {"data": [{}]}}',
        b'{"count": 1, "data": [{"a": [1]}, "error": ""', b'{"count": 1, "data": "[", "more": []}',
    ],
)  # fmt: skip
def test_what_is_no_such_answer_is_not_cut(content: bytes) -> None:
    assert cut(content) is None
    assert not is_whole(content)


def test_no_record_is_taken_for_counted_that_is_not_there() -> None:
    rows = [record(cmd_code="01"), record(cmd_code="02")]
    assert is_whole(answer_of(rows, separators=(",", ":")))
    assert not is_whole(answer_of(rows, count=3, separators=(",", ":")))
    asked = Answer(url="u", status=200, headers={}, content=answer_of([record(cmd_desc="},{")], separators=(",", ":")))
    assert row_count(asked) == 1


def test_the_first_record_tells_the_columns_of_the_rest() -> None:
    start = answer_of([record(cmd_code="01")] * 3)
    assert first_record(start[: len(start) // 2]) == record(cmd_code="01")
    assert first_record(start[:100]) is None
    assert first_record(b"no answer") is None
