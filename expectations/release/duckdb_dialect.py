"""The few lines that let Great Expectations push its queries down to DuckDB.

Great Expectations has no DuckDB data source and leaves `with engine.connect()` before it fetches. SQLAlchemy then
rolls back, and DuckDB drops the pending result of its one connection. Here every cursor is a DuckDB connection of
its own to the same in-process database, so a result outlives the roll-back. Only public hooks of SQLAlchemy are
used; the URL is `duckdb+gate://` and the file goes with the connect arguments, where no character needs care.
"""

from __future__ import annotations

import weakref
from typing import Any

import duckdb
import duckdb_engine
from sqlalchemy.dialects import registry

from expectations.landing import quote

_open: weakref.WeakSet[duckdb.DuckDBPyConnection] = weakref.WeakSet()


class Cursor(duckdb_engine.CursorWrapper):  # type: ignore[misc]
    """A cursor that owns its DuckDB connection and gives it back once the result is exhausted."""

    def __init__(self, own: duckdb.DuckDBPyConnection, connection: Connection) -> None:
        super().__init__(own, connection)
        self._own = own

    def close(self) -> None:
        """Close the cursor's own connection."""
        self._own.close()


class Connection(duckdb_engine.ConnectionWrapper):  # type: ignore[misc]
    """A connection each of whose cursors is a connection of its own."""

    def __init__(self, own: duckdb.DuckDBPyConnection) -> None:
        super().__init__(own)
        self._own = own

    def cursor(self) -> Cursor:
        """A cursor whose result survives a roll-back of this connection."""
        own = self._own.cursor()
        _open.add(own)
        return Cursor(own, self)


class Dialect(duckdb_engine.Dialect):  # type: ignore[misc]
    """The dialect of duckdb-engine with such cursors, and with other files attached read-only."""

    supports_statement_cache = False

    def connect(
        self,
        database: str,
        read_only: bool = True,
        config: dict[str, str | bool | int | float | list[str]] | None = None,
        attach: dict[str, str] | None = None,
        **_url_options: Any,
    ) -> Connection:
        """Open `database`; `attach` maps an alias to the path of another file."""
        own = duckdb.connect(database, read_only=read_only, config=config or {})
        _open.add(own)
        for alias, other in (attach or {}).items():
            own.execute(f"attach if not exists {quote(other)} as {alias} (read_only)")
        return Connection(own)


def close_all() -> None:
    """Close every connection opened through the dialect, so that the file is free for a writer."""
    for connection in list(_open):
        connection.close()
    _open.clear()


registry.register("duckdb.gate", __name__, "Dialect")
