"""The files of a Parquet export: one a table; of a large one a folder of files by year, in it one a large source.

Of a release in which a small source said something else the files of the large ones are those of the release before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from flows.contracts.relations import IS_STORAGE, quote
from flows.exports.counting import count_rows
from flows.exports.named import named_rows
from flows.read.invented import COLUMN, invented_publishers, marked_rows

ALL = "true"  # the condition of a table that is one file
NAMED = "marts"  # the schema whose tables get names beside codes; those of core are joined to their dimensions

# The tables to export, how each says the year of a row, where it does, and their columns.
_TABLES = f"""
select
    schema_name, table_name,
    case
        when bool_or(column_name = 'period_code') then 'left(period_code, 4)'
        when bool_or(column_name = 'year_number') then 'year_number'
    end as year,
    list(column_name order by column_index)
from duckdb_columns()
where schema_name in (select unnest(?)) and not {IS_STORAGE}
group by all
order by all
"""

# All tables and views, with the names of their columns.
_COLUMNS = """
select schema_name || '.' || table_name, list(column_name) from duckdb_columns() where not internal group by all
"""


@dataclass(frozen=True)
class Part:
    """The rows of one file: those of a table, or of one `year` of it, of the one `source` or, where it is empty, of all
    but `others`, which have files of their own. `condition` tells them in SQL; `is_invented` is whether the release is.
    `columns` are those of a table that gets names beside its codes, of others none.
    """

    schema: str
    table: str
    path: str
    condition: str
    is_invented: bool
    columns: tuple[str, ...] = ()
    year: str | None = None
    source: str | None = None
    others: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The table, with its schema."""
        return f"{self.schema}.{self.table}"

    def is_of(self, source: str | None) -> bool:
        """Whether rows of a source may be among these; of None, which stands for all of them, they may."""
        return source is None or (source == self.source if self.source else source not in self.others)


def parts_of(con: duckdb.DuckDBPyConnection, schemas: tuple[str, ...], rows_of_a_file: int) -> Iterator[Part]:
    """The files of all tables of the schemas. One of more than `rows_of_a_file` rows with years is cut by them, and by
    the sources of which so many have landed; what is left of a year comes after these.

    A view is taken to have as many rows as the largest table it reads, and of the years of those it reads: to count its
    own would be to make them. So parts of a view may be empty.
    """
    is_invented, contents = bool(invented_publishers(con)), _Contents(con)
    large = contents.large_sources(rows_of_a_file)
    for schema, table, year, own_columns in con.execute(_TABLES, [list(schemas)]).fetchall():
        columns = tuple(own_columns) if schema == NAMED else ()
        whole = Part(schema, table, f"{schema}/{table}.parquet", ALL, is_invented, columns)
        behind = contents.tables_behind(whole.name)
        if year and max((count_rows(con, name) for name in behind), default=0) > rows_of_a_file:
            for code, sources in contents.years_of(whole.name, year).items():
                yield from _parts_of_year(whole, year, code, sources, large if "source_code" in own_columns else set())
        else:
            yield whole


def _parts_of_year(
    whole: Part, year: str, code: str | int | None, sources: set[str | None], large: set[str]
) -> Iterator[Part]:
    """The parts of a table in a year, of which these `sources` have rows: one each of the large, and what is left."""
    folder = f"{whole.schema}/{whole.table}/year={'__HIVE_DEFAULT_PARTITION__' if code is None else code}"
    apart = sorted(large & sources)
    left = [None] if sources - set(apart) else []
    for source in (*apart, *left):
        yield replace(
            whole,
            path=f"{folder}/part_{source or 0}.parquet",
            condition=_of_year(year, code) + _of_source(source, apart),
            year=None if code is None else str(code),
            source=source,
            others=tuple(apart),
        )


def is_view(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether what is published under this name, with its schema, is a view."""
    return table in _sql_of_views(con)


def _sql_of_views(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(con.execute("select schema_name || '.' || view_name, sql from duckdb_views()").fetchall())


class _Contents:
    """What a release holds: its tables, what its views read, and of which years and sources their rows are.

    Names are with their schema. Several views read one table, which is asked once.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._views = _sql_of_views(con)
        self._columns: dict[str, list[str]] = dict(con.execute(_COLUMNS).fetchall())
        self._periods: dict[tuple[str, str], list[tuple[Any, str | None]]] = {}

    def tables_behind(self, name: str) -> list[str]:
        """The tables a view reads, by its SQL; of a table itself."""
        if name not in self._views:
            return [name]
        return sorted(self._columns.keys() & set(re.findall(r"\b\w+\.\w+\b", self._views[name])) - self._views.keys())

    def large_sources(self, n_rows: int) -> set[str]:
        """Sources of which more than `n_rows` rows have landed, those of files since replaced among them."""
        if "core.dim_raw_file" not in self._columns:
            return set()
        asked = "select source_code from core.dim_raw_file group by all having sum(row_count) > ?"
        return {source for (source,) in self._con.execute(asked, [n_rows]).fetchall()}

    def years_of(self, name: str, year: str) -> dict[str | int | None, set[str | None]]:
        """The years of the rows of a table, of a view those of the tables behind it that say one; and their sources.

        `year` is how a row says its own, in SQL. A dimension has more years than there are figures of.
        """
        column = "year_number" if year == "year_number" else "period_code"
        behind = [table for table in self.tables_behind(name) if not table.startswith("core.dim_")]
        read = [table for table in behind if column in self._columns[table]] or [name]
        found: dict[str | int | None, set[str | None]] = {}
        for table in read:
            for code, source in self._periods_of(table, column):
                found.setdefault(code[:4] if column == "period_code" and code else code, set()).add(source)
        return {code: found[code] for code in sorted(found, key=lambda code: (code is None, code))}

    def _periods_of(self, table: str, column: str) -> list[tuple[Any, str | None]]:
        """The values of the column that says the period or the year, with their sources, where the table names them."""
        asked = table, column
        if asked not in self._periods:
            source = "source_code" if "source_code" in self._columns[table] else "null"
            self._periods[asked] = self._con.execute(f"select distinct {column}, {source} from {table}").fetchall()
        return self._periods[asked]


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


def write(con: duckdb.DuckDBPyConnection, rows: str, path: Path, group_rows: int | None = None) -> int:
    """Write the rows of a query into a file of this name, in row groups of so many; how many rows there are.

    Packed at the first level: as small as at the usual one, to a few percent, and hardly dearer than not at all.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    packed = "format parquet, compression zstd, compression_level 1"
    of_size = f", row_group_size {group_rows}" if group_rows else ""
    written = con.execute(f"copy ({rows}) to {quote(path)} ({packed}{of_size})")
    (n_rows,) = written.fetchone() or (0,)
    return int(n_rows)


def _of_source(source: str | None, apart: Sequence[str]) -> str:
    """What is added to the condition of a year for the rows of one source, or of all but those `apart`."""
    if source:
        return f" and source_code = {quote(source)}"
    return f" and coalesce(source_code, '') not in ({', '.join(map(quote, apart))})" if apart else ""


def _of_year(year: str, code: str | int | None) -> str:
    """The rows of a year. Periods begin with it, so they are asked for by bounds: the engine finds those at once."""
    if code is None:
        return f"{year} is null"
    if year == "year_number" or not str(code).isdecimal():
        return f"{year} = '{code}'"
    return f"period_code >= '{code}' and period_code < '{int(code) + 1:04}'"
