"""An empty database for a new Prefect server: Prefect's migrations run once in an environment, not in every warehouse.

They take more CPU than the server's start. What they make of nothing is the same for one version of Prefect, so it is
kept beside the installed packages and copied from there. It holds tables and no rows but the number of the last
migration, and may be deleted at any time; Prefect looks at every start whether migrations are missing.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from pathlib import Path

import prefect
from prefect.server.database import provide_database_interface
from prefect.settings import get_current_settings

from flows.machine import KEPT, keep

_DRIVER = "sqlite+aiosqlite:///"


def prepare(kept: Path = KEPT) -> None:
    """Make the database of the settings where it is a file that is not there yet; any other is Prefect's to make."""
    database = _file()
    if database is None or database.exists():
        return
    empty = kept / f"prefect-{prefect.__version__}.db"
    keep(database, lambda new: shutil.copyfile(empty, new))
    if not database.exists():
        asyncio.run(provide_database_interface().create_db())
        _keep(database, empty)


def has_automations() -> bool:
    """Whether something is to be done when a flow ends, such as to notify somebody; True where that is hard to tell."""
    database = _file()
    if database is None:
        return True
    try:
        with contextlib.closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as con:
            return con.execute("select 1 from automation limit 1").fetchone() is not None
    except sqlite3.Error:
        return True


def _file() -> Path | None:
    """The file of the settings' database; None where it is none."""
    address = get_current_settings().server.database.connection_url
    text = address.get_secret_value() if address else ""
    is_file = text.startswith(_DRIVER) and ":memory:" not in text and "?" not in text
    return Path(text.removeprefix(_DRIVER)) if is_file else None


def _keep(database: Path, empty: Path) -> None:
    """Keep a copy with what stands in the log of `database`, whole or not at all, as one file without a log."""

    def back_up(new: Path) -> None:
        with contextlib.closing(sqlite3.connect(database)) as of, contextlib.closing(sqlite3.connect(new)) as to:
            of.backup(to)
            to.execute("pragma journal_mode = delete")

    with contextlib.suppress(sqlite3.Error):
        keep(empty, back_up)
