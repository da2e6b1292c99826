"""One pass: a file whose every row keeps its contract lands while it is read, typed, in one statement.

Most files are like that, and the largest must be: nothing is kept as text in between. The first row that breaks a rule
ends the attempt without a trace, and the file is read again with care (see parse and accept), which finds every such
row and says why. So this way may only be stricter than the careful one, never more lenient.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import duckdb

from expectations.landing import READ_AS, digits_of, row_rules
from flows.contracts import Column, Table
from flows.contracts.relations import quote
from flows.errors import refusing
from flows.formats.bounds import temporary_file
from flows.ledger import RawFileRecord
from flows.sources import load_source
from flows.sources.base import Forwarder, Unread
from flows.steps.landing import accept, one_code
from flows.steps.landing.lines import each_is_a_record
from flows.steps.landing.parse import is_of_the_machine, pick, reading, text_at

_BROKEN = "a row breaks the contract"


class _Relation(NamedTuple):
    """Records as SQL reads them: the name of every column there, the line of the first, how many there must be."""

    sql: str
    places: Mapping[str, str]
    first_line: int
    announced: int | None = None


def insert(con: duckdb.DuckDBPyConnection, table: Table, record: RawFileRecord, path: Path, seeds: Path) -> int | None:
    """Land the rows of the file in the transaction that is open and return their number.

    None where a row breaks a rule, a key stands there twice or the text cannot be read: the transaction is to be rolled
    back. Raises FileRefused where the file as a whole breaks its contract, as the careful way does.
    """
    with _readable(table, path) as relation:
        if relation is None:
            return None
        picks = ", ".join(_picked(table, column, relation.places[column.name]) for column in table.columns)
        breaks = " or ".join(f"({rule.breaks})" for rule in row_rules(table, seeds, record.labels))
        first, *others = [f"cast({column.name} as {column.data_type})" for column in table.columns]
        sql = (
            f"insert into raw.{table.landed_name} select "
            f"case when {breaks or 'false'} then error({quote(_BROKEN)}) else {first} end, "
            f"{', '.join([*others, '?', 'line'])} "
            f"from (select row_number() over () + {relation.first_line - 1} as line, {picks} from {relation.sql})"
        )
        try:
            (rows,) = con.execute(sql, [record.file_id]).fetchone() or (0,)
        except duckdb.Error as error:
            if is_of_the_machine(error):
                raise
            return None
    if relation.announced not in (None, rows) or _has_repeated_key(con, table, record, rows):
        return None
    if table.separator and not each_is_a_record(path, table, rows):
        return None
    whole = accept.require_whole(con, table, record, rows, 0)
    landed = f"(select * from raw.{table.landed_name} where file_id = {quote(record.file_id)})"
    one_code.require(con, table, record, landed, seeds)
    return whole


@contextlib.contextmanager
def _readable(table: Table, path: Path) -> Iterator[_Relation | None]:
    """The records of the file; None where only the source itself can read them."""
    if table.layout:
        yield None
        return
    if table.separator:
        types = {column.name: _type_read(column, table) for column in table.columns}
        with reading(table, path, types) as (relation, places):
            yield _Relation(relation, places, table.header_row + 1)
        return
    module = None if table.is_tabular else load_source(table.source)
    if not isinstance(module, Forwarder):
        yield None
        return
    with temporary_file(suffix=".records") as handle:
        with refusing(f"{path.name} is not the {table.format} that {table.source}.{table.name} expects"):
            unread = module.write_records(path, table, cast(BinaryIO, handle))
        handle.flush()
        yield _json_relation(Path(handle.name), unread) if unread else None


def _json_relation(path: Path, unread: Unread) -> _Relation:
    columns = ", ".join(f"{quote(name)}: 'varchar'" for name in unread.names.values())
    sql = f"read_json({quote(path)}, format = '{unread.form}', columns = {{{columns}}})"
    return _Relation(sql, {ours: f'"{theirs}"' for ours, theirs in unread.names.items()}, 1, unread.count)


def _type_read(column: Column, table: Table) -> str:
    """The type the reader itself makes of a column; text where the contract says more of its spelling."""
    may_be_no_number = table.null_texts and not column.required
    is_text = may_be_no_number or _is_spelt(column, table) or _says_more(column) or not column.is_number
    return "varchar" if is_text else READ_AS.get(column.data_type, column.data_type)


def _is_spelt(column: Column, table: Table) -> bool:
    """Whether its numbers may be written otherwise than SQL writes them."""
    is_printed = bool(table.thousands_mark) or table.decimal_mark != "." or table.printed_figures
    return column.is_number and is_printed


def _says_more(column: Column) -> bool:
    """Whether a rule looks at its text."""
    return column.accepted is not None or column.pattern is not None or column.code_list is not None


def _picked(table: Table, column: Column, place: str) -> str:
    """The column as the rules look at it: typed at once where its contract says nothing of its spelling.

    A number or a yes-or-no with blanks around it is read as without them; where blanks are all there is, it is left to
    the careful way.
    """
    if table.separator and _type_read(column, table) != "varchar":
        return f"{place} as {column.name}"
    if column.data_type == "varchar" or _says_more(column):
        return pick(table, column, place)
    may_be_words = table.null_texts or _is_spelt(column, table)
    text = text_at(table, column, place) if may_be_words else f"nullif({place}, '')"
    return f"cast({text} as {READ_AS.get(column.data_type, column.data_type)}) as {column.name}"


def _has_repeated_key(con: duckdb.DuckDBPyConnection, table: Table, record: RawFileRecord, rows: int) -> bool:
    if _has_code_spelt_otherwise(con, table, record) or _has_total_spelt_twice(con, table, record):
        return True
    return not _is_in_order(con, table, record, rows) and _has_group_of_two(con, table, record)


def _has_code_spelt_otherwise(con: duckdb.DuckDBPyConnection, table: Table, record: RawFileRecord) -> bool:
    """Whether a code of the key lost its zeros or has small letters: it may stand in another row as it should."""
    codes = [column for column in table.columns if column.digits is not None and column.name in table.key]
    if not codes:
        return False
    odd = " or ".join(f"length({each.name}) < {digits_of(each)} or {each.name} <> upper({each.name})" for each in codes)
    sql = f"select 1 from raw.{table.landed_name} where file_id = ? and ({odd}) limit 1"
    return con.execute(sql, [record.file_id]).fetchone() is not None


def _has_total_spelt_twice(con: duckdb.DuckDBPyConnection, table: Table, record: RawFileRecord) -> bool:
    """Whether a column of the key has its total in two spellings, one of them empty as a rule: the rows that have one
    and the other may be the same one.
    """
    columns = [column for column in table.columns if column.total and column.name in table.key]
    if not columns:
        return False
    counted = " or ".join(f"{_spellings(column)} > 1" for column in columns)
    sql = f"select {counted} from raw.{table.landed_name} where file_id = ?"
    return con.execute(sql, [record.file_id]).fetchone() == (True,)


def _spellings(column: Column) -> str:
    """How many spellings of its total a column has, as SQL over all rows."""
    each = [f"{column.name} is null", *(f"cast({column.name} as varchar) = {quote(text)}" for text in column.total)]
    return " + ".join(f"cast(coalesce(bool_or({spelt}), false) as integer)" for spelt in each)


def _is_in_order(con: duckdb.DuckDBPyConnection, table: Table, record: RawFileRecord, rows: int) -> bool:
    """Whether the key of each row is larger than that of the one before: then none comes twice, for a fifth of the
    work it takes to group them. Large files are sorted by their key.
    """
    key = f"({', '.join(table.key)})"
    sql = (
        f"select count(*) from (select {key} > lag({key}) over () as is_larger "
        f"from raw.{table.landed_name} where file_id = ?) as compared where is_larger"
    )
    return con.execute(sql, [record.file_id]).fetchone() == (rows - 1,)


def _has_group_of_two(con: duckdb.DuckDBPyConnection, table: Table, record: RawFileRecord) -> bool:
    sql = (
        f"select 1 from raw.{table.landed_name} where file_id = ? "
        f"group by {', '.join(table.key)} having count(*) > 1 limit 1"
    )
    return con.execute(sql, [record.file_id]).fetchone() is not None
