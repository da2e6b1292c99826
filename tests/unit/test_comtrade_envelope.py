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
from flows.errors import FileRefused
from flows.formats.bounds import within
from flows.settings import Settings
from flows.sources.comtrade import envelope
from flows.sources.comtrade.answer import read_records, row_count, write_records
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
    """The records as DuckDB reads them from what was handed on; None where they were not, or it cannot read them."""
    path, made = folder / "raw.jsonl", folder / "made.json"
    path.write_bytes(content)
    into = io.BytesIO()
    if (unread := write_records(path, TABLE, into)) is None:
        return None
    made.write_bytes(into.getvalue())
    columns = dict.fromkeys(unread.names.values(), "varchar")
    sql = f"select * from read_json(?, format = '{unread.form}', columns = ?)"
    with duckdb.connect() as con:
        try:
            found = con.execute(sql, [str(made), columns]).fetchall()
        except duckdb.InvalidInputException:
            return None
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
    quick = handed_on(content, folder)
    if quick is None:
        assert any("},{" in str(value) for rows in found for one in rows for value in one.values())
    else:
        assert quick == read_one_by_one(content, folder)


@settings(max_examples=60, deadline=None)
@given(pieces=st.lists(st.sampled_from([b"},{", b"}", b",", b"{", b"x" * 5, b"},", b"}\n{"])), size=st.integers(3, 9))
def test_records_are_put_on_lines_wherever_a_chunk_ends(pieces: list[bytes], size: int) -> None:
    text, into = b"".join(pieces), io.BytesIO()
    whole = envelope.Cut(2, 2 + len(text), 1, None, True)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(envelope, "CHUNK_BYTES", size)
        envelope.copy_records(io.BytesIO(b"ab" + text + b"},{"), whole, into, one_a_line=True)
    assert into.getvalue() == text.replace(b"},{", b"}\n{")


def test_a_text_like_the_end_of_a_record_is_noticed_and_read_with_care(tmp_path: Path) -> None:
    rows = [record(cmd_desc="cut },{ here"), record(cmd_code="02")]
    dense, loose = answer_of(rows, separators=(",", ":")), answer_of(rows)
    assert handed_on(dense, tmp_path) is None
    assert handed_on(loose, tmp_path) == read_one_by_one(dense, tmp_path)


@pytest.mark.parametrize("how", [{}, {"separators": (",", ":")}, {"indent": 1}])
@pytest.mark.parametrize("count", [1, 2, 4])
def test_what_is_announced_and_not_there_is_not_landed_unread(tmp_path: Path, how: dict[str, Any], count: int) -> None:
    content = answer_of([record(cmd_code=f"0{number}") for number in range(3)], count=count, **how)
    (tmp_path / "raw.json").write_bytes(content)
    unread = write_records(tmp_path / "raw.json", TABLE, io.BytesIO())
    assert unread is not None
    assert unread.count == count  # which one_pass compares with the rows
    with pytest.raises(FileRefused, match=f"announces {count} rows and holds 3"):
        read_one_by_one(content, tmp_path)


def test_a_file_larger_than_a_document_may_be_is_left_to_the_careful_way(tmp_path: Path) -> None:
    (tmp_path / "raw.json").write_bytes(answer_of([record(cmd_desc="long" * 200)] * 1000))
    for most, is_read in ((1, False), (2, True)):
        with within(Settings(largest_document_mb=most)):
            assert (write_records(tmp_path / "raw.json", TABLE, io.BytesIO()) is not None) is is_read


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
