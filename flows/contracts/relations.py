"""The two files of a release and their tables: trade.duckdb, the published one, and workings.duckdb beside it.

`core`, `marts` and `meta` are published. What they are made from stands in the second file: landed records (`raw`),
code lists (`seed`) and intermediate tables. The published file needs none of it; who follows a figure attaches both.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

WORKINGS = "workings"

# Views, too, are what people read: the facts are views over core.trade_cell.
RELATIONS = """(
    select schema_name, table_name, table_oid, comment from duckdb_tables() where not internal and not temporary
    union all
    select schema_name, view_name, view_oid, comment from duckdb_views() where not internal and not temporary
)"""

# The cells, those that may be added up and those that may not; each is in one of the two.
CELLS = "(select * from core.fct_trade union all by name select * from core.fct_trade_total)"

# How facts and two marts are kept. Views have every row of them: core.fct_trade, fct_trade_total and fct_trade_vintage,
# marts.growth_contribution and product_indicator.
IS_STORAGE = (
    "((schema_name = 'core' and table_name like 'trade_cell%') or table_name in ('growth_component', 'product_trade'))"
)


def quote(text: str | Path) -> str:
    """A text or a path as a string of SQL."""
    return "'" + str(text).replace("'", "''") + "'"


def insert_rows(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    """Add rows to a table, `name` or `name (column, ...)`, in one statement: one for each is a hundred times dearer."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    if columns:
        con.execute(f"insert into {table} select {', '.join('unnest(?)' for _ in columns)}", columns)


def workings_of(release: Path) -> Path:
    """The second file of a release or a candidate, beside the first; the link `release` is followed."""
    return release.resolve().with_name(f"{WORKINGS}.duckdb")


def attach_workings(con: duckdb.DuckDBPyConnection, release: Path) -> bool:
    """Attach the second file of the opened `release`, read-only, so that its schemas are found by their names alone.

    Nothing is done, and False returned, where there is none: releases of older versions hold everything in one file.
    """
    path = workings_of(release)
    if not path.is_file():
        return False
    con.execute(f"attach if not exists {quote(path)} as {WORKINGS} (read_only)")
    found = con.execute(_SCHEMAS, [WORKINGS]).fetchall()
    con.execute(f"set search_path = '{','.join(name for (name,) in found)}'")
    return True


_SCHEMAS = """
select '"' || database_name || '".' || schema_name
from duckdb_schemas()
where (database_name = current_database() and schema_name = 'main') or (database_name = ? and not internal)
order by database_name = current_database() desc, schema_name
"""
