"""The few lines that let Great Expectations push its queries down to DuckDB.

Great Expectations has no DuckDB data source: it speaks to a database through SQLAlchemy. The gate asks finished queries
only, so the dialect knows how to connect and which tables and columns there are, and compiles standard SQL.

Great Expectations also leaves `with engine.connect()` before it fetches. SQLAlchemy then rolls back, and DuckDB drops
the pending result of its one connection. Here every cursor is a DuckDB connection of its own to the same in-process
database, so a result outlives the roll-back. The URL is `duckdb+gate://` and the file goes with the connect arguments,
where no character needs care.
"""

from __future__ import annotations

import weakref
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import Connection, text, types
from sqlalchemy.dialects import registry
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.engine.interfaces import DBAPIConnection, ReflectedColumn

from flows.contracts.relations import WORKINGS, attach_workings, quote

_RELEASE = f"(current_database(), '{WORKINGS}')"
_open: weakref.WeakSet[duckdb.DuckDBPyConnection] = weakref.WeakSet()


class DuckDBConnection:
    """A DB-API connection each of whose cursors is a DuckDB connection of its own; all of them only read."""

    def __init__(self, own: duckdb.DuckDBPyConnection, release: Path) -> None:
        self._own = own
        attach_workings(own, release)
        ((self._search_path,),) = own.execute("select current_setting('search_path')").fetchall()
        _open.add(own)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor whose result survives a roll-back of this connection."""
        own = self._own.cursor()
        if self._search_path:  # each connection has one of its own
            own.execute(f"set search_path = {quote(self._search_path)}")
        _open.add(own)
        return own

    def commit(self) -> None:
        """Nothing was written."""

    def rollback(self) -> None:
        """Nothing was written, and what was asked may still be fetched."""

    def close(self) -> None:
        """Close the connection; its cursors stay until they are closed."""
        self._own.close()


class Dialect(DefaultDialect):
    """DuckDB as the gate uses it: files opened read-only, reflection of tables and columns, finished queries."""

    name = "duckdb"
    driver = "gate"
    supports_statement_cache = False
    supports_native_boolean = True

    @classmethod
    def import_dbapi(cls) -> Any:
        """DuckDB's own module follows the DB-API."""
        return duckdb

    def connect(
        self,
        database: str,
        read_only: bool = True,
        config: dict[str, str | bool | int | float | list[str]] | None = None,
        attach: dict[str, str] | None = None,
        **_url_options: Any,
    ) -> DBAPIConnection:
        """Open the release at `database`; `attach` maps an alias to the path of another file."""
        own = duckdb.connect(database, read_only=read_only, config=config or {})
        for alias, other in (attach or {}).items():
            own.execute(f"attach if not exists {quote(other)} as {alias} (read_only)")
        return DuckDBConnection(own, Path(database))  # type: ignore[return-value] # has what SQLAlchemy calls

    def get_schema_names(self, connection: Connection, **_: Any) -> list[str]:
        """Schemas of the release, without those of other files."""
        return _names(connection, f"select schema_name from duckdb_schemas() where database_name in {_RELEASE}")

    def get_table_names(self, connection: Connection, schema: str | None = None, **_: Any) -> list[str]:
        """Tables of a schema of the release; of the default schema where none is named."""
        return _tables(connection, schema, "BASE TABLE")

    def get_view_names(self, connection: Connection, schema: str | None = None, **_: Any) -> list[str]:
        """Views of a schema of the release; of the default schema where none is named."""
        return _tables(connection, schema, "VIEW")

    def has_table(self, connection: Connection, table_name: str, schema: str | None = None, **_: Any) -> bool:
        """Whether there is a table or a view of this name."""
        return table_name in self.get_table_names(connection, schema) + self.get_view_names(connection, schema)

    def get_columns(
        self, connection: Connection, table_name: str, schema: str | None = None, **_: Any
    ) -> list[ReflectedColumn]:
        """Columns in their order; the type stays open, for a finished query needs none."""
        names = _names(
            connection,
            f"select column_name from information_schema.columns where table_catalog in {_RELEASE} "
            "and table_schema = coalesce(:schema, current_schema()) and table_name = :name order by ordinal_position",
            schema=schema,
            name=table_name,
        )
        return [{"name": name, "type": types.NullType(), "nullable": True, "default": None} for name in names]


def _tables(connection: Connection, schema: str | None, kind: str) -> list[str]:
    return _names(
        connection,
        f"select table_name from information_schema.tables where table_catalog in {_RELEASE} "
        "and table_schema = coalesce(:schema, current_schema()) and table_type = :kind order by table_name",
        schema=schema,
        kind=kind,
    )


def _names(connection: Connection, query: str, **values: str | None) -> list[str]:
    return [str(name) for (name,) in connection.execute(text(query), values)]


def close_all() -> None:
    """Close every connection opened through the dialect, so that the file is free for a writer."""
    for connection in list(_open):
        connection.close()
    _open.clear()


registry.register("duckdb.gate", __name__, "Dialect")
