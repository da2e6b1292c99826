"""A serving copy in PostgreSQL, for tools that speak nothing else: core, marts and meta of a release.

The copy is made and put in place in one transaction: its tables are filled under other schema names, which nobody else
sees, then the old tables are locked and dropped and the new schemas take their names. A transaction that has read the
old copy keeps it to its end, since the lock waits for it; one that comes later gets the new one whole. Whatever fails
before the end leaves the old copy as it was, and nothing beside it.

Schemas keep their names, so that a query reads alike in both (`select * from marts.partner_rank`); with a prefix they
become `trade_core`, `trade_marts`, `trade_meta`. Table macros have no counterpart and are not copied.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

from flows.contracts.grains import load_grains
from flows.errors import EntrepotError
from flows.exports.postgres_address import password_of, what_to_do
from flows.exports.postgres_roles import grants_of, renew_grants
from flows.exports.postgres_table import Table, tables_of
from flows.redaction import BLANK, SHORTEST_SECRET
from flows.releases.place import release_path
from flows.settings import Settings

log = logging.getLogger("entrepot")

SERVED_SCHEMAS = ("core", "marts", "meta")
_MARK = "Entrepôt release "  # begins the comment of a schema made here; others are never dropped
_LINES_AT_ONCE = 10_000
_LOCK_TRY = "500ms"  # shorter than PostgreSQL's deadlock_timeout: a reader in our way is never the one to be ended
_LOCK_PATIENCE_SECONDS = 60.0


def refresh_serving_copy(settings: Settings, run_id: str) -> None:
    """Make the copy of the settings, if one is set up, follow the release of `run_id`."""
    if settings.postgres is not None:
        serve_copy(settings, run_id, settings.postgres.get_secret_value(), settings.postgres_schema)


def serve_copy(
    settings: Settings, run_id: str, dsn: str, prefix: str | None = None, patience: float = _LOCK_PATIENCE_SECONDS
) -> int:
    """Copy a release into the database at `dsn` and return the number of tables.

    `patience` is how many seconds transactions that read the old copy may keep the new one waiting. Raises
    EntrepotError in words that never hold the password: no connection, another copy under way, a schema of somebody
    else under the name, something of the user's own that stands on the old tables, readers that do not end.
    """
    grains = load_grains(settings.dbt_project)
    release = release_path(settings, run_id)
    if not release.is_file():
        raise EntrepotError(f"There is no release {run_id!r}; `entrepot status` lists the releases.")
    with (
        duckdb.connect(str(release), read_only=True, config=settings.duckdb_config) as con,
        _connected(dsn) as server,
        server.transaction(),
    ):
        tables = tables_of(con, SERVED_SCHEMAS, grains)
        names = {schema: f"{prefix}_{schema}" if prefix else schema for schema in SERVED_SCHEMAS}
        old = _begin(server, names, run_id)
        for place, table in enumerate(tables, start=1):
            message = f"postgres: {table.schema_name}.{table.table_name}"
            log.debug(message, extra={"progress": (place, len(tables))})
            _fill(con, server, table, f"{names[table.schema_name]}_new")
        _swap(server, names, old, patience)
    log.info("postgres: %d tables of release %s", len(tables), run_id)
    return len(tables)


@contextmanager
def _connected(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection whose errors come out as one sentence without a secret."""
    password = password_of(dsn)
    try:
        with psycopg.connect(dsn, application_name="entrepot", autocommit=True) as server:
            yield server
    except psycopg.Error as error:
        said = " ".join(str(error).replace(dsn, BLANK).split())
        said = said.replace(password, BLANK) if password and len(password) >= SHORTEST_SECRET else said
        raise EntrepotError(f"PostgreSQL: {said}; the copy there, if any, is as it was.{what_to_do(said)}") from None


def _begin(server: psycopg.Connection[Any], names: dict[str, str], run_id: str) -> list[str]:
    """Make the new schemas, unseen by others; returns the schemas of the copy that they will replace."""
    name_of_lock = ".".join(names.values())
    if not _value(server, SQL("select pg_try_advisory_xact_lock(hashtext({}))").format(Literal(name_of_lock))):
        raise EntrepotError("Another copy into these schemas is under way; try again when it has ended.")
    found = server.execute(
        "select nspname, obj_description(oid, 'pg_namespace') from pg_namespace where nspname = any(%s)",
        [list(names.values())],
    ).fetchall()
    if foreign := [name for name, comment in found if not str(comment).startswith(_MARK)]:
        raise EntrepotError(
            f"PostgreSQL has a schema {foreign[0]} that Entrepôt did not make; "
            "choose other names with --schema, such as --schema trade for trade_core."
        )
    for schema in names.values():
        server.execute(SQL("create schema {}").format(Identifier(f"{schema}_new")))
        server.execute(
            SQL("comment on schema {} is {}").format(Identifier(f"{schema}_new"), Literal(f"{_MARK}{run_id}"))
        )
    return [name for name, _ in found]


def _fill(con: duckdb.DuckDBPyConnection, server: psycopg.Connection[Any], table: Table, schema: str) -> None:
    """Create one table, stream its rows, then add key and comments."""
    server.execute(SQL(table.create(schema)))
    rows = con.execute(table.select_copy_lines())
    with server.cursor().copy(SQL(table.copy(schema))) as copy:
        while lines := rows.fetchmany(_LINES_AT_ONCE):
            copy.write("".join(line for (line,) in lines))
    for statement in table.finish(schema, server.info.server_version):
        server.execute(SQL(statement))


def _swap(server: psycopg.Connection[Any], names: dict[str, str], old: list[str], patience: float) -> None:
    """Drop the old copy and give the new one its names and its readers, once no transaction reads the old one."""
    grants = grants_of(server, old)
    old_tables = [
        SQL(".").join([Identifier(schema), Identifier(table)])
        for schema, table in server.execute(
            "select schemaname, tablename from pg_tables where schemaname = any(%s) order by 1, 2", [old]
        ).fetchall()
    ]
    if old_tables:
        _lock(server, SQL(", ").join(old_tables), patience)
        try:
            server.execute(SQL("drop table {}").format(SQL(", ").join(old_tables)))
            for schema in old:
                server.execute(SQL("drop schema {}").format(Identifier(schema)))
        except psycopg.errors.DependentObjectsStillExist as error:
            detail = ", ".join((error.diag.message_detail or "").splitlines()[:5])
            raise EntrepotError(
                f"Views or tables you made depend on the served tables and would be lost: {detail}. Keep views over "
                "them out of the database, or drop them before a copy and make them again after it; the old copy "
                "stays."
            ) from None
    for schema in names.values():
        server.execute(SQL("alter schema {} rename to {}").format(Identifier(f"{schema}_new"), Identifier(schema)))
    renew_grants(server, grants)


def _lock(server: psycopg.Connection[Any], tables: Composed, patience: float) -> None:
    """Lock all the old tables at once, trying briefly and often, so that new readers are never held up for long."""
    deadline = time.monotonic() + patience
    while True:
        try:
            with server.transaction():  # a savepoint
                server.execute(SQL("set local statement_timeout = {}").format(Literal(_LOCK_TRY)))
                server.execute(SQL("lock table {} in access exclusive mode").format(tables))
                server.execute("set local statement_timeout = default")
                return
        except psycopg.errors.QueryCanceled:
            if time.monotonic() > deadline:
                raise EntrepotError(
                    f"Transactions that read the old copy did not end within {patience:.0f} seconds; it stays. "
                    "Look for sessions `idle in transaction` in pg_stat_activity and copy again."
                ) from None
            time.sleep(min(0.5, patience))


def _value(server: psycopg.Connection[Any], query: Composed) -> Any:
    row = server.execute(query).fetchone()
    return row[0] if row else None
