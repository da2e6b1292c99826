"""Opening the published release: the one the link leads to, and no other while it is read."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from flows.contracts.relations import attach_workings, workings_of
from flows.errors import EntrepotError
from flows.settings import Settings

_OF_WORKINGS = re.compile(r'\bworkings\b|\b(raw|seed|intermediate)"?\s*\.', re.IGNORECASE)


def open_published(settings: Settings, query: str = "", may_write: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the published warehouse that reaches no other file than `may_write`.

    What the release was made from is attached where `query` names it, by schema or as `workings`: who looks around
    finds the published tables alone. Raises EntrepotError when nothing has been published yet.
    """
    con = _opened(settings, with_workings=_OF_WORKINGS.search(query) is not None)
    if may_write is not None:
        con.execute("set allowed_paths = ?", [[str(may_write)]])
    con.execute("set enable_external_access = false")
    con.execute("set lock_configuration = true")  # enable_profiling would print over an answer
    return con


def _opened(settings: Settings, with_workings: bool) -> duckdb.DuckDBPyConnection:
    """The release the link leads to, and its own second file with it.

    The link is followed once: between two looks at it another release may be published, and an answer would be of both.
    The release found may have been deleted before it is open; then the link leads to another one, which is opened.
    """
    while settings.published.exists():
        release = settings.published.resolve()
        try:
            con = duckdb.connect(str(release), read_only=True, config=settings.duckdb_config)
        except duckdb.IOException:
            if settings.published.resolve() == release:
                raise
            continue
        if not with_workings or _attached(con, release) or settings.published.resolve() == release:
            return con
        con.close()
    raise EntrepotError(f"Nothing is published at {settings.published} yet; `entrepot run` makes the first release.")


def _attached(con: duckdb.DuckDBPyConnection, release: Path) -> bool:
    """Attach the second file of `release`; whether it was there."""
    try:
        return attach_workings(con, release)
    except duckdb.IOException:
        if workings_of(release).is_file():
            raise
        return False
