"""Parse: one raw file becomes the temp table `parsed`, line number and every contract column as trimmed text.

DuckDB reads delimited files itself; every other format is read record by record by the source's `read`.
"""

from __future__ import annotations

import csv
import tempfile
import zlib
from pathlib import Path

import duckdb

from expectations.landing import quote
from flows.contracts import Table
from flows.errors import ContractError, FileRefused
from flows.sources import load_source
from flows.sources.base import Reader
from flows.sources.dropped import Dropped, header_of

_DELIMITERS = {"csv": ",", "tsv": "\t"}


def parse(con: duckdb.DuckDBPyConnection, table: Table, path: Path) -> None:
    """Make the temp table `parsed`. Raises FileRefused when the file cannot be read as its contract says."""
    if table.format not in _DELIMITERS:
        _parse_by_source(con, table, path)
        return
    delimiter = _DELIMITERS[table.format]
    names = header_of(Dropped(path=path), delimiter)
    at = {name.casefold(): name for name in names}
    missing = [column.header for column in table.columns if column.header.casefold() not in at]
    if missing:
        raise FileRefused(f"{path.name}: the columns {', '.join(missing)} of {table.source}.{table.name} are missing.")
    picks = ", ".join(_pick(table, at[column.header.casefold()], column.name) for column in table.columns)
    # A trailing delimiter makes one nameless field more than the header has names.
    file_names = [*names, "_trailing"] if _has_trailing_delimiter(path, delimiter) else names
    listed = ", ".join(f"{quote(name)}: 'varchar'" for name in file_names)
    sql = (
        f"create or replace temp table parsed as select row_number() over () + 1 as line, {picks} "
        f"from read_csv({quote(str(path))}, columns = {{{listed}}}, header = true, auto_detect = false, "
        f"delim = '{delimiter}', quote = '\"', escape = '\"', strict_mode = true)"
    )
    try:
        con.execute(sql)
    except duckdb.Error as error:
        raise FileRefused(f"{path.name} is not a well-formed CSV file: {_first_lines(error)}") from error


def new_columns(table: Table, path: Path) -> str:
    """A sentence on the columns of a file the contract does not know; they are kept in the raw file."""
    if table.format not in _DELIMITERS:
        return ""
    known = {column.header.casefold() for column in table.columns} | {name.casefold() for name in table.ignored}
    names = [name for name in header_of(Dropped(path=path), _DELIMITERS[table.format]) if name.casefold() not in known]
    what = f"columns the contract of {table.source}.{table.name} does not know"
    return f"{path.name} has {what}: {', '.join(names)}; they stay in the raw file." if names else ""


def _pick(table: Table, header: str, name: str) -> str:
    nulls = ", ".join(["''", *(quote(text) for text in table.null_texts)])
    return f'case when trim("{header}") not in ({nulls}) then trim("{header}") end as {name}'


def _parse_by_source(con: duckdb.DuckDBPyConnection, table: Table, path: Path) -> None:
    """Make the temp table `parsed` from the records the source module reads."""
    module = load_source(table.source)
    if not isinstance(module, Reader):
        raise ContractError(f"Source {table.source} has the format {table.format} but no function read; add it.")
    names = [column.name for column in table.columns]
    picks = ", ".join(_pick(table, name, name) for name in names)
    listed = ", ".join(f"{quote(name)}: 'varchar'" for name in names)
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, quoting=csv.QUOTE_ALL)
        try:
            for line, values in module.read(path, table):
                writer.writerow([line, *values])
        except (ValueError, KeyError, TypeError, IndexError, SyntaxError, EOFError, OSError, zlib.error) as error:
            what = f"is not the {table.format} that {table.source}.{table.name} expects"
            raise FileRefused(f"{path.name} {what}: {type(error).__name__} {error}") from error
        handle.flush()
        con.execute(
            f"create or replace temp table parsed as select line, {picks} "
            f"from read_csv({quote(handle.name)}, columns = {{'line': 'bigint', {listed}}}, header = false, "
            "auto_detect = false, delim = ',', quote = '\"', escape = '\"', strict_mode = true)"
        )


def _has_trailing_delimiter(path: Path, delimiter: str) -> bool:
    with Dropped(path=path).open() as stream:
        return stream.readline(1 << 16).rstrip(b"\r\n").endswith(delimiter.encode())


def _first_lines(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:3])
