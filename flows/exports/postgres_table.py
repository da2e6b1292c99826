"""One published table as PostgreSQL has it: its definition, its rows as lines of COPY, its key and comments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb

from flows.contracts.grains import Grain
from flows.contracts.relations import IS_STORAGE, RELATIONS
from flows.errors import EntrepotError
from flows.read.invented import COLUMN, MEANING, invented_publishers, marked_rows

_NULLS_NOT_DISTINCT = 150_000  # server version that has unique indices in which NULL counts as a value
_TYPES = {
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "UBIGINT": "numeric(20)",
    "HUGEINT": "numeric(39)",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIME": "time",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
}
_DECIMAL = re.compile(r"DECIMAL(\(\d+,\d+\))")

_COLUMNS = f"""
select
    tables.schema_name, tables.table_name, tables.comment as table_comment,
    columns.column_name, columns.data_type, columns.is_nullable, columns.comment
from {RELATIONS} as tables
inner join duckdb_columns() as columns using (schema_name, table_name)
where tables.schema_name = any(?) and not {IS_STORAGE}
order by tables.schema_name, tables.table_name, columns.column_index
"""


@dataclass(frozen=True)
class Column:
    """One column with the type it has in PostgreSQL."""

    name: str
    data_type: str
    is_nullable: bool
    comment: str | None


@dataclass(frozen=True)
class Table:
    """One table; `key` holds the columns of its grain and is empty where none is stated."""

    schema_name: str
    table_name: str
    comment: str | None
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def create(self, schema: str) -> str:
        """The statement that creates it in `schema`."""
        columns = ", ".join(
            f"{_name(column.name)} {column.data_type}{'' if column.is_nullable else ' not null'}"
            for column in self.columns
        )
        return f"create table {self._in(schema)} ({columns})"

    def copy(self, schema: str) -> str:
        """The statement that takes its rows.

        Frozen, so that whoever sees the table sees its rows: a transaction at `repeatable read` that began before the
        swap, and comes to the table after it, would find it empty.
        """
        columns = ", ".join(_name(column.name) for column in self.columns)
        return f"copy {self._in(schema)} ({columns}) from stdin with (freeze)"

    def select_copy_lines(self) -> str:
        r"""The DuckDB query that writes each row as a line of COPY's text format: tabs between, \N for NULL."""
        is_invented = any(column.name == COLUMN for column in self.columns)
        rows = marked_rows(f"{_name(self.schema_name)}.{_name(self.table_name)}", is_invented)
        fields = " || chr(9) || ".join(_copied(column) for column in self.columns)
        return f"select {fields} || chr(10) from {rows}"

    def finish(self, schema: str, server_version: int) -> Iterator[str]:
        """What comes after the rows: the key, statistics for the planner, comments of table and columns."""
        if self.key:
            yield self._keyed(schema, server_version)
        yield f"analyze {self._in(schema)}"
        if self.comment:
            yield f"comment on table {self._in(schema)} is {_text(self.comment)}"
        for column in self.columns:
            if column.comment:
                yield f"comment on column {self._in(schema)}.{_name(column.name)} is {_text(column.comment)}"

    def _keyed(self, schema: str, server_version: int) -> str:
        """A primary key, or where a part of the grain may be NULL a unique index in which NULL is a value."""
        columns = ", ".join(_name(name) for name in self.key)
        if not any(column.is_nullable for column in self.columns if column.name in self.key):
            return f"alter table {self._in(schema)} add primary key ({columns})"
        if server_version >= _NULLS_NOT_DISTINCT:
            return f"create unique index on {self._in(schema)} ({columns}) nulls not distinct"
        return f"create index on {self._in(schema)} ({columns})"

    def _in(self, schema: str) -> str:
        return f"{_name(schema)}.{_name(self.table_name)}"


def tables_of(con: duckdb.DuckDBPyConnection, schemas: tuple[str, ...], grains: Mapping[str, Grain]) -> list[Table]:
    """The tables of these schemas. Raises EntrepotError for a column whose type PostgreSQL has not."""
    found: dict[tuple[str, str, str | None], list[Column]] = {}
    for schema, table, comment, name, data_type, is_nullable, text in con.execute(_COLUMNS, [list(schemas)]).fetchall():
        column = Column(name, _postgres_type(data_type, f"{schema}.{table}.{name}"), is_nullable, text)
        found.setdefault((schema, table, comment), []).append(column)
    if invented_publishers(con):
        for columns in found.values():
            columns.append(Column(COLUMN, "boolean", False, MEANING))
    return [
        Table(schema, table, comment, tuple(columns), _key(grains.get(f"{schema}.{table}"), columns))
        for (schema, table, comment), columns in found.items()
    ]


def _key(grain: Grain | None, columns: list[Column]) -> tuple[str, ...]:
    """The grain of today's model, where the release, which may be older, has all of its columns."""
    return grain.columns if grain and set(grain.columns) <= {column.name for column in columns} else ()


def _postgres_type(data_type: str, column: str) -> str:
    if decimal := _DECIMAL.fullmatch(data_type):
        return f"numeric{decimal[1]}"
    if data_type not in _TYPES:
        raise EntrepotError(f"{column} is of type {data_type}, for which the PostgreSQL copy has no type; tell it one.")
    return _TYPES[data_type]


def _copied(column: Column) -> str:
    text = f"{_name(column.name)}::varchar"
    if column.data_type == "text":
        for character, escaped in ((r"'\'", r"'\\'"), ("chr(9)", r"'\t'"), ("chr(10)", r"'\n'"), ("chr(13)", r"'\r'")):
            text = f"replace({text}, {character}, {escaped})"
    return f"coalesce({text}, '\\N')"


def _name(name: str) -> str:
    quoted = name.replace('"', '""')
    return f'"{quoted}"'


def _text(text: str) -> str:
    return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
