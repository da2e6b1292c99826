"""The database of a new Prefect server: migrated once, copied afterwards, and none of ours to touch otherwise."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from flows.settings import ROOT, Settings

MIGRATED = (
    "import sys; from pathlib import Path; from flows.ui import prefect_database as d; d.prepare(Path(sys.argv[1]))"
)
ONLY_COPIED = f"import prefect.server.database as d; d.provide_database_interface = None; {MIGRATED}"
HAS_AUTOMATIONS = "import sys; from flows.ui import prefect_database as d; sys.exit(d.has_automations())"


def prepare(code: str, home: Path, kept: Path, **more: str) -> int:
    """Prepare the database of a server at `home` in a process of its own, as the server does."""
    environment = Settings(warehouse=home).tool_environment(PREFECT_HOME=str(home), **more)
    command = [sys.executable, "-c", code, str(kept)]
    return subprocess.run(command, env=environment, cwd=ROOT, check=False, capture_output=True).returncode


def schema(database: Path) -> set[tuple[str, str]]:
    """Name and SQL of all there is, and the number of the last migration."""
    with sqlite3.connect(database) as con:
        made = con.execute("select name, coalesce(sql, '') from sqlite_master").fetchall()
        return {*made, *(("migration", number) for (number,) in con.execute("select * from alembic_version"))}


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where one server, `first`, has made its database and kept an empty one in `kept`."""
    folder = tmp_path_factory.mktemp("prefect")
    for name in ("first", "second", "third"):
        (folder / name).mkdir()
    assert prepare(MIGRATED, folder / "first", folder / "kept") == 0
    return folder


def test_a_second_server_copies_what_the_first_has_made(homes: Path) -> None:
    assert [path.name.startswith("prefect-") for path in (homes / "kept").iterdir()] == [True]
    assert prepare(ONLY_COPIED, homes / "second", homes / "kept") == 0
    assert len(schema(homes / "first" / "prefect.db")) > 100
    assert schema(homes / "second" / "prefect.db") == schema(homes / "first" / "prefect.db")


def test_a_database_that_is_there_or_elsewhere_is_left_alone(homes: Path, tmp_path: Path) -> None:
    there = tmp_path / "prefect.db"
    there.write_bytes(b"records")
    assert prepare(ONLY_COPIED, tmp_path, homes / "kept") == 0
    assert there.read_bytes() == b"records"
    elsewhere = "postgresql+asyncpg://prefect@db/prefect"
    assert prepare(ONLY_COPIED, homes / "third", homes / "kept", PREFECT_SERVER_DATABASE_CONNECTION_URL=elsewhere) == 0
    assert list((homes / "third").iterdir()) == []


@pytest.mark.parametrize(("row", "has"), [("", 0), ("insert into automation values ('notify')", 1)])
def test_automations_are_looked_for_in_the_file(tmp_path: Path, row: str, has: int) -> None:
    with sqlite3.connect(tmp_path / "prefect.db") as con:
        con.executescript(f"create table automation (name text); {row}")
    assert prepare(HAS_AUTOMATIONS, tmp_path, tmp_path) == has


def test_where_automations_are_not_easily_told_there_may_be_some(tmp_path: Path) -> None:
    elsewhere = "postgresql+asyncpg://prefect@db/prefect"
    assert prepare(HAS_AUTOMATIONS, tmp_path, tmp_path, PREFECT_SERVER_DATABASE_CONNECTION_URL=elsewhere) == 1
    assert prepare(HAS_AUTOMATIONS, tmp_path, tmp_path) == 1  # there is no file
