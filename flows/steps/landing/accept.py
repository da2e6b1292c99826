"""Accept: which rows of a parsed file break its contract, and whether the file as a whole may land.

The temp table `parsed` holds the rows as text, each with its line (see parse); what breaks the contract goes to the
temp table `rejects`, with the reason and what the record is worth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from expectations.landing import Rule, factor, rules
from flows.contracts import Table
from flows.contracts.relations import quote
from flows.contracts.trade_roles import Value
from flows.errors import CutShort, FileRefused
from flows.ledger import RawFileRecord
from flows.redaction import shown
from flows.steps.landing import vintage


def collect_rejects(con: duckdb.DuckDBPyConnection, table: Table, seeds: Path, labels: Mapping[str, str]) -> int:
    """Make the temp table `rejects`; return the number of rejected lines."""
    con.execute(
        "create or replace temp table rejects (line bigint, column_name varchar, value varchar, reason varchar, "
        "value_original decimal(18, 3), original_currency_code varchar)"
    )
    worth = _worth(table.value_columns)
    checks = rules(table, seeds, labels)
    cheap = " or ".join(f"({rule.breaks})" for rule in checks[:-1])
    bad = _count(con, f"select count(*) from parsed where {cheap}") if cheap else 0
    for rule in [*(checks[:-1] if bad else []), checks[-1]]:
        con.execute(
            f"insert into rejects select line, {_shown(rule)}, {quote(rule.reason)}, {worth} "
            f"from parsed where {rule.breaks}"
        )
    return _count(con, "select count(distinct line) from rejects")


def parsed_rows(con: duckdb.DuckDBPyConnection) -> int:
    """Number of rows of the parsed file."""
    return _count(con, "select count(*) from parsed")


def require_whole(con: duckdb.DuckDBPyConnection, table: Table, record: RawFileRecord, total: int, rejects: int) -> int:
    """Number of good rows of `total`. Raises FileRefused when the file as a whole breaks the contract."""
    rows = total - rejects
    cap = int(record.labels.get("cap", table.cap or 0))
    if cap and total >= cap:
        raise CutShort(record.url, total, table.source, cap)
    if rejects > table.max_reject_share * total:
        raise FileRefused(
            f"{record.url}: {rejects} of {total} rows break the contract of {table.source}.{table.name} "
            f"(allowed {table.max_reject_share:.1%}); {_first_reject(con, table)} meta.rejected_row has all of them. "
            "Mend the file, or get it again."
        )
    if rows < table.row_floor:
        raise FileRefused(
            f"{record.url}: {rows} rows where {table.source}.{table.name} needs at least {table.row_floor}; "
            "get the file again."
        )
    last = vintage.current(con, table, record)
    if last and table.max_shrink is not None and rows < last[1] * (1 - table.max_shrink):
        raise FileRefused(
            f"{record.url}: {rows} rows where the last good file of {vintage.vintage_of(table, record)} had {last[1]}; "
            f"a loss of more than {table.max_shrink:.0%} is taken for a cut-off file. Get it again; if this is all "
            "there is, raise max_shrink in its contract."
        )
    return rows


def noted_rejects(con: duckdb.DuckDBPyConnection) -> int:
    """Number of entries in `rejects`; none where the file could not even be parsed."""
    is_there = _count(con, "select count(*) from duckdb_tables() where table_name = 'rejects' and temporary")
    return _count(con, "select count(*) from rejects") if is_there else 0


def not_as_announced(record: RawFileRecord, total: int) -> str:
    """A sentence where the file holds another number of records than the publisher says there are."""
    announced = int(record.labels.get("announced", 0))
    if announced in (0, total):
        return ""
    return f"{record.url} holds {total} records where the publisher counts {announced}."


def may_be_cut_short(table: Table, record: RawFileRecord, total: int) -> str:
    """A sentence where the file holds just as many rows as the publisher hands out at once."""
    if total not in table.handed_out:
        return ""
    return (
        f"{record.url} holds {total:,} rows, as many as its publisher hands out at once, and may have been cut short. "
        "Where there should be more, ask for it in smaller pieces."
    )


def _shown(rule: Rule) -> str:
    columns = rule.column.split(", ")
    value = columns[0] if len(columns) == 1 else " || ', ' || ".join(f"coalesce({name}, '')" for name in columns)
    return f"{quote(rule.column)}, {value}"


def _worth(values: Sequence[Value]) -> str:
    """What a record's columns of values hold together, and their currency, as SQL; null where none can be read."""
    if not values:
        return "null, null"
    amounts = ", ".join(f"try_cast({value.column} as double) * {factor(value)}" for value in values)
    amount = f"try_cast(list_sum([{amounts}]) as decimal(18, 3))"
    return f"{amount}, case when {amount} is not null then {_currency(values[0])} end"


def _currency(value: Value) -> str:
    code = quote(value.currency)
    return f"coalesce(nullif(upper(trim({value.currency_column})), ''), {code})" if value.currency_column else code


def _first_reject(con: duckdb.DuckDBPyConnection, table: Table) -> str:
    row = con.execute(
        "select line, column_name, value, reason from rejects order by line, column_name limit 1"
    ).fetchone()
    assert row is not None
    (value,) = shown([str(row[2])]) if row[2] is not None else (None,)
    counted = "figure" if table.layout else "line"  # several figures of a layout stand in one row
    return f"first: {counted} {row[0]}, column {row[1]}, value {value!r}: {row[3]}."


def _count(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = con.execute(sql).fetchone()
    assert row is not None
    return int(row[0])
