"""The files of a Parquet export: one a table, of a large one a folder of files by year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from flows.contracts.relations import IS_STORAGE
from flows.exports.counting import count_rows
from flows.exports.named import named_rows
from flows.read.invented import COLUMN, invented_publishers, marked_rows

NAMED = "marts"  # the schema whose tables get names beside codes; those of core are joined to their dimensions

# The tables to export, how each says the year of a row, where it does, and their columns.
_TABLES = f"""
select
    schema_name, table_name,
    case
        when bool_or(column_name = 'year_number') then 'year_number'
        when bool_or(column_name = 'period_code') then 'left(period_code, 4)'
    end as year,
    list(column_name order by column_index)
from duckdb_columns()
where schema_name in (select unnest(?)) and not {IS_STORAGE}
group by all
order by all
"""


@dataclass(frozen=True)
class Part:
    """The rows of one file: those of a table, or of one `year` of it. `condition` tells them in SQL; `is_invented` is
    whether the release is. `columns` are those of a table that gets names beside its codes, of others none.
    """

    schema: str
    table: str
    path: str
    condition: str
    is_invented: bool
    columns: tuple[str, ...] = ()
    year: str | None = None

    @property
    def name(self) -> str:
        """The table, with its schema."""
        return f"{self.schema}.{self.table}"


def parts_of(con: duckdb.DuckDBPyConnection, schemas: tuple[str, ...], rows_of_a_file: int) -> Iterator[Part]:
    """The files of all tables of the schemas. One of more than `rows_of_a_file` rows with years is cut by them.

    A view is taken to have as many rows as the largest table it reads: to count them would be to make them.
    """
    is_invented = bool(invented_publishers(con))
    for schema, table, year, own_columns in con.execute(_TABLES, [list(schemas)]).fetchall():
        columns = tuple(own_columns) if schema == NAMED else ()
        if year and _rows_behind(con, schema, table) > rows_of_a_file:
            years = con.execute(f"select distinct {year} as year from {schema}.{table} order by all").fetchall()
            for (code,) in years:
                folder = f"{schema}/{table}/year={'__HIVE_DEFAULT_PARTITION__' if code is None else code}"
                path, rows = f"{folder}/part_0.parquet", _of_year(year, code)
                yield Part(schema, table, path, rows, is_invented, columns, None if code is None else str(code))
        else:
            yield Part(schema, table, f"{schema}/{table}.parquet", "true", is_invented, columns)


def _rows_behind(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> int:
    view = con.execute(
        "select sql from duckdb_views() where schema_name = ? and view_name = ?", [schema, table]
    ).fetchone()
    if view is None:
        return count_rows(con, f"{schema}.{table}")
    tables = con.execute("select schema_name || '.' || table_name from duckdb_tables() where not temporary").fetchall()
    read = {name for (name,) in tables} & set(re.findall(r"\b\w+\.\w+\b", view[0]))
    return max((count_rows(con, name) for name in read), default=0)


def rows_of(part: Part) -> str:
    """A query for the rows of a part: a mart with names beside its codes, all with a column more where invented."""
    if part.columns:
        rows = named_rows(part.name, (*part.columns, COLUMN) if part.is_invented else part.columns)
    else:
        rows = marked_rows(part.name, part.is_invented)
    return f"select * from {rows} where {part.condition}"


def columns_of(con: duckdb.DuckDBPyConnection, part: Part) -> list[tuple[str, str]]:
    """Names and types of the columns of a part in their order."""
    return [(name, kind) for name, kind, *_ in con.execute(f"describe {rows_of(part)}").fetchall()]


def write(con: duckdb.DuckDBPyConnection, rows: str, path: Path) -> None:
    """Write the rows of a query into a file of this name.

    Packed at the first level: as small as at the usual one, to a few percent, and hardly dearer than not at all.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    quoted = str(path).replace("'", "''")
    con.execute(f"copy ({rows}) to '{quoted}' (format parquet, compression zstd, compression_level 1)")


def _of_year(year: str, code: str | int | None) -> str:
    """The rows of a year. Periods begin with it, so they are asked for by bounds: the engine finds those at once."""
    if code is None:
        return f"{year} is null"
    if year == "year_number" or not str(code).isdecimal():
        return f"{year} = '{code}'"
    return f"period_code >= '{code}' and period_code < '{int(code) + 1:04}'"
