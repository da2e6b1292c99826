"""How many rows a table has."""

from __future__ import annotations

import duckdb


def count_rows(con: duckdb.DuckDBPyConnection, table: str) -> int:
    """The number of rows of a table or view, named with its schema."""
    row = con.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0
