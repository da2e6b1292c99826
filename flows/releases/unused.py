"""What landed and is not used: rows, value and reason by source, with what to do, and how many rows are left."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

import duckdb

from flows.contracts import Table, load_contracts, tables_of
from flows.contracts.relations import CELLS
from flows.ledger import Run
from flows.read.wording.codes import in_words
from flows.releases.place import built_file
from flows.settings import Settings

# Records of one cell in several units: their value is in the cell, so they are used.
_USED = ("added_to_cell",)

# Files of a release that is not whole: their rows have landed, and no model reads them.
_HELD_BACK = "select * from core.dim_raw_file where known_from is null and not is_current"
_UNUSED = f"""
select source_code, reason, n_rows, value, currency
from (
    select
        source_code, reason, sum(n_rows) as n_rows,
        sum(coalesce(value_original, value_usd)) as value, coalesce(original_currency_code, 'USD') as currency
    from meta.excluded_row
    where reason not in {(*_USED, "")}
    group by all
    union all
    select source_code, 'broke_the_contract', count(*), sum(value_original), original_currency_code
    from (
        select distinct source_code, file_id, line, value_original, original_currency_code
        from meta.rejected_row
        where is_current
    )
    group by source_code, original_currency_code
)
where n_rows > 0
order by value desc nulls last, n_rows desc, source_code, reason
"""
_HELD_BACK_FILES = f"""
select source_code, table_name, list(file_id order by file_id), sum(row_count)::bigint
from ({_HELD_BACK})
where row_count > 0
group by all
order by all
"""
_LANDED = f"""
select source_code, table_name, sum(row_count)::bigint, sum(reject_count)::bigint
from (from core.dim_raw_file where is_current union all {_HELD_BACK})
group by all
"""
# in the facts, and in no sum of dollars
_HAS_NO_RATE = "select coalesce(sum(n_without_rate), 0) > 0 from meta.coverage"
_WITHOUT_RATE = f"""
select source_code, 'no_rate', count(*), sum(value_original), original_currency_code
from {CELLS}
where value_usd is null and value_original is not null
group by all
order by all
"""
_HAS_A_FILE = ("built", "published", "gate_failed")


class Unused(NamedTuple):
    """What landed and is not used: one sentence, and a row per source, reason and currency with what to do."""

    line: str
    table: list[dict[str, Any]]


def unused(settings: Settings, run: Run) -> Unused:
    """How many of the landed rows the release or candidate of a run uses, why the others are left out, and which cells
    are in no sum of dollars.

    The sentence is empty for a run without a release or candidate, the table too where every row is used.
    """
    path = built_file(settings, run.run_id) if run.state in _HAS_A_FILE else None
    if path is None:
        return Unused("", [])
    with duckdb.connect(str(path), read_only=True, config=settings.duckdb_config) as con:
        landed, left_out, (is_unpriced,) = (con.execute(sql).fetchall() for sql in (_LANDED, _UNUSED, _HAS_NO_RATE))
        left_out += _held_back(settings, con.execute(_HELD_BACK_FILES).fetchall())
        unpriced = con.execute(_WITHOUT_RATE).fetchall() if is_unpriced[0] else []  # it reads all cells
    line = " ".join(filter(None, (_line(settings, landed, left_out), _without_rate(unpriced))))
    return Unused(line, [_row(*row) for row in (*left_out, *unpriced)])


def _held_back(settings: Settings, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """A row for each table with files that are held back: `found` names it, the files, and how many rows they have."""
    contracts = load_contracts(settings.contracts) if found else {}
    return [
        (source, "held_back", rows, *_worth(settings, contracts[source].table(table), files))
        for source, table, files, rows in found
    ]


def _worth(settings: Settings, table: Table, files: list[str]) -> tuple[Decimal | None, str | None]:
    """What the landed rows of files are worth, and in which currency; unknown where the rows are gone, or another
    program has them open.
    """
    terms = [f"coalesce(sum({value.column} * {value.multiplier}), 0)" for value in table.value_columns]
    if not terms:
        return None, None
    sql = f"select {' + '.join(terms)} from raw.{table.landed_name} where list_contains(?, file_id)"
    try:
        with duckdb.connect(str(settings.landed), read_only=True, config=settings.duckdb_config) as con:
            (value,) = con.execute(sql, [files]).fetchone() or (None,)
    except duckdb.Error:
        return None, None
    return value, table.value_columns[0].currency


def _without_rate(unpriced: list[tuple[Any, ...]]) -> str:
    n_cells = sum(row[2] for row in unpriced)
    if not n_cells:
        return ""
    have = "cell has" if n_cells == 1 else "cells have"
    return f"{n_cells:,} {have} no dollars, because no rate of the period is loaded."


def _row(source: str, reason: str, count: int, value: Decimal | None, currency: str | None) -> dict[str, Any]:
    return {
        "source": source,
        "rows": count,
        "value": "" if value is None else f"{currency} {_in_billions(value)} bn",
        "why": in_words("excluded_reason", reason),
        "what to do": in_words("excluded_remedy", reason),
    }


def _line(settings: Settings, found: list[tuple[Any, ...]], left_out: list[tuple[Any, ...]]) -> str:
    if not found:
        return ""
    tables = tables_of(load_contracts(settings.contracts))
    landed = sum(rows * _figures(tables.get((source, table))) + rejects for source, table, rows, rejects in found)
    n_unused = sum(row[2] for row in left_out)
    if not n_unused:
        return f"Every one of the {landed:,} landed rows is used."
    used = landed - n_unused
    return f"Of {landed:,} landed rows {used:,} are used; the other {n_unused:,} are listed with their reason."


def _figures(table: Table | None) -> int:
    """How many figures a row of a table holds: its columns of values are used or left out one by one."""
    return len(table.trade.values) if table is not None and table.trade is not None else 1


def _in_billions(value: Decimal) -> str:
    billions = abs(value) / 1_000_000_000
    return f"{value / 1_000_000_000:,.1f}" if billions >= 1 else f"{value / 1_000_000_000:.2g}" if value else "0"
