"""The line of the file each record begins in: a path back leads to it, also past empty lines and records of several."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb

from flows.contracts import Table
from flows.formats.dropped import Dropped
from flows.formats.text_table import encoding_of_all
from flows.machine import CHUNK_BYTES


def each_is_a_record(path: Path, table: Table, rows: int) -> bool:
    """Whether every line after the header of a delimited file is one of its `rows` records; empty ones may follow."""
    if encoding_of_all(path, table.encoding).lower().startswith("utf-16"):
        return False  # a line end is two bytes there, and either of them may be part of a letter
    n_ends, after = 0, b""
    with Dropped(path=path).open() as stream:
        while read := stream.read(CHUNK_BYTES):
            n_ends, after = n_ends + read.count(b"\n"), (after + read)[-CHUNK_BYTES:]
    empty = after[len(after.rstrip(b"\r\n")) :].count(b"\n")
    return n_ends - empty + 1 - table.header_row == rows


def number_by_lines(con: duckdb.DuckDBPyConnection, table: Table, path: Path) -> None:
    """Give each row of the temp table `parsed`, numbered as if every line were a record, the line it begins in.

    Where the lines cannot be told, they stay as they are.
    """
    (rows,) = con.execute("select count(*) from parsed").fetchone() or (0,)
    if each_is_a_record(path, table, rows):
        return
    lines = _lines(path, table)
    if len(lines) != rows:
        return
    con.execute(
        "update parsed set line = places.line from (select unnest(?::bigint[]) as line, unnest(range(?)) as number) "
        f"as places where parsed.line = places.number + {table.header_row + 1}",
        [lines, rows],
    )


def _lines(path: Path, table: Table) -> list[int]:
    """The line each record after the header begins in; none where they cannot be read."""
    found: list[int] = []
    with Dropped(path=path).open() as stream:
        text = io.TextIOWrapper(stream, encoding=encoding_of_all(path, table.encoding), newline="")
        try:
            records = csv.reader(text, delimiter=table.separator or ",")
            for _ in range(table.header_row):
                next(records)
            begun = records.line_num + 1
            for record in records:
                if record:
                    found.append(begun)
                begun = records.line_num + 1
        except (csv.Error, StopIteration, UnicodeError):
            return []
    return found
