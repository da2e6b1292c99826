"""Answers of UN Comtrade: the envelope around the rows, and several envelopes in one raw file."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from io import BufferedIOBase, BytesIO
from pathlib import Path
from typing import Any, BinaryIO, cast

from flows.contracts import Table
from flows.errors import ColumnsMissing, FileRefused
from flows.formats import Record
from flows.formats.bounds import limits
from flows.formats.dropped import Dropped
from flows.sources.base import Unread, read_whole
from flows.sources.comtrade.announced import announced_in, require_no_error, require_uncut
from flows.sources.comtrade.envelope import answers_in, copy_records, cut, first_record, is_whole
from flows.transport.answers import Answer

Row = dict[str, Any]
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str)  # digits as the publisher wrote them


def row_count(answer: Answer) -> int:
    """Number of rows of an answer. Raises FileRefused when it is not a complete envelope."""
    found = cut(answer.content) if is_whole(answer.content) else None
    return found.announced if found is not None else len(rows_of(answer))


def rows_of(answer: Answer) -> list[Row]:
    """The rows of an answer. Raises FileRefused when it is not a complete envelope."""
    body = _envelope(answer)
    rows = body.get("data")
    if isinstance(rows, list) and not all(isinstance(row, dict) for row in rows):
        raise FileRefused("UN Comtrade sent rows that are not records; ask again later.")
    if not isinstance(rows, list) or body.get("count") != len(rows):
        count = len(rows) if isinstance(rows, list) else "no"
        raise FileRefused(f"UN Comtrade announced {body.get('count')} rows and sent {count}; ask again later.")
    return cast("list[Row]", rows)


def count_of(answer: Answer) -> int:
    """The number of rows a `countOnly` answer announces. Raises FileRefused when it announces none."""
    count = _envelope(answer).get("count")
    if not isinstance(count, int) or count < 0:
        raise FileRefused("UN Comtrade does not say how many rows there are; ask again later.")
    return count


def _envelope(answer: Answer) -> Row:
    try:
        body = answer.json()
    except ValueError as error:
        raise FileRefused(f"UN Comtrade's answer is not JSON ({error}); ask again later.") from error
    if not isinstance(body, dict) or body.get("error"):
        said = body.get("error") if isinstance(body, dict) else "no envelope"
        raise FileRefused(f"UN Comtrade refuses the request: {said}.")
    return body


def read_records(path: Path, table: Table) -> Iterator[Record]:
    """Number and values, in the order of the contract's columns, of every record in a raw file.

    Raises FileRefused when a column of the contract is missing, or an answer is not whole or says that it went wrong.
    """
    number = 0
    for rows in _row_lists(path, table.name):
        names = _names(rows, table, path.name)
        for row in rows:
            number += 1
            yield number, [text_of(row.get(name)) for name in names]


def write_records(path: Path, table: Table, into: BinaryIO) -> Unread | None:
    """Write the records of a raw file as JSON; what is in it, None where `read_records` has to be asked.

    Raises FileRefused when a column of the contract is missing.
    """
    if table.name in ("publication_note", "legacy_trade"):
        return None
    with _content(path) as stream:
        full = [found for found in answers_in(stream) or [] if found.announced] if stream else []
        firsts = [found.first for found in full if found.first]
        spelt = {tuple(_names([first], table, path.name)) for first in firsts}
        if stream is None or len(firsts) < len(full) or len(spelt) != 1:
            return None
        one_a_line = all(found.is_dense for found in full)
        opening, between, closing = (b"", b"\n", b"") if one_a_line else (b"[", b",", b"]")
        for mark, found in zip([opening, *[between] * len(full)], full, strict=False):
            into.write(mark)
            copy_records(stream, found, into, one_a_line)
        into.write(closing)
    names = dict(zip((column.name for column in table.columns), spelt.pop(), strict=True))
    return Unread(names, sum(found.announced for found in full), "newline_delimited" if one_a_line else "array")


@contextlib.contextmanager
def _content(path: Path) -> Iterator[BufferedIOBase | None]:
    """The content of a raw file to seek in; None where it is larger than a document may be."""
    dropped = Dropped(path)
    if dropped.is_gzip:
        yield BytesIO(read_whole(path, "largest_document_mb"))
    elif dropped.packed_bytes > limits().largest_document_mb * 10**6:
        yield None
    else:
        with path.open("rb") as stream:
            yield stream


def columns_in(path: Path, table: Table) -> list[str]:
    """The column names of the first record of a raw file; none where it has no record."""
    if table.name != "publication_note" and (first := first_record(Dropped(path=path).start())):
        return list(first)
    return next((list(rows[0]) for rows in _row_lists(path, table.name) if rows), [])


def _row_lists(path: Path, table_name: str) -> Iterator[list[Row]]:
    text = _text_of_all(path)
    at, alone = _skip(text, 0), 0
    while at < len(text):
        try:
            body, at = _DECODER.raw_decode(text, at)
        except ValueError as error:
            raise FileRefused(f"{path.name} is cut off, or no JSON ({error}); download it again.") from error
        at = _skip(text, at)
        rows = _rows_in(body, path.name)
        alone += _is_record(body)
        yield list(_notes(rows)) if table_name == "publication_note" else rows
    require_uncut(alone, path.name)


def _text_of_all(path: Path) -> str:
    try:
        return read_whole(path, "largest_document_mb").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused(f"{path.name} is not written in UTF-8 throughout; download it again.") from error


def _is_record(body: Any) -> bool:
    """Whether this is a record by itself, as where each line of a file is one, and no answer."""
    return isinstance(body, dict) and "data" not in body and "dataset" not in body


def _rows_in(body: Any, name: str) -> list[Row]:
    """The records of an answer, as many as it announces; what a person saved without its envelope announces none.

    The service before 2023 called its records `dataset`. Raises FileRefused for an answer that is not whole.
    """
    if isinstance(body, dict) and not _is_record(body):
        require_no_error(body, name)
        rows = _records(body["data" if "data" in body else "dataset"], name)
        announced = announced_in(body, rows, name)
        if announced != len(rows):
            raise FileRefused(f"{name} announces {announced} rows and holds {len(rows)}; get it again.")
        if "data" in body:
            return rows
    else:
        rows = _records([body] if isinstance(body, dict) else body, name)
    require_uncut(len(rows), name)
    return rows


def _records(found: Any, name: str) -> list[Row]:
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise FileRefused(f"{name} holds data that are not a list of records; download it again.")
    return found


def _notes(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        yield from row["notes"]


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \r\n\t\ufeff":
        at += 1
    return at


def _names(rows: list[Row], table: Table, file_name: str) -> list[str]:
    """The names in this answer of the contract's columns; upper and lower case do not matter."""
    if not rows:
        return []
    theirs = {name.casefold(): name for name in rows[0]}
    missing = [column.header for column in table.columns if column.header.casefold() not in theirs]
    if missing:
        raise ColumnsMissing(file_name, missing, f"{table.source}.{table.name}")
    return [theirs[column.header.casefold()] for column in table.columns]


def text_of(value: Any) -> str | None:
    """A value of a JSON answer as the text a contract reads."""
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else json.dumps(value)
