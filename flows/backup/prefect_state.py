"""What Prefect's server knows: blocks with their keys, schedules, automations, runs. A file, or a PostgreSQL database.

Which one is said by the server's environment; both are copied while the server goes on.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from flows.errors import EntrepotError
from flows.settings import Settings

_VARIABLES = ("PREFECT_SERVER_DATABASE_CONNECTION_URL", "PREFECT_API_DATABASE_CONNECTION_URL")
_FILE, _DUMP = "prefect.db", "prefect.dump"


def save(settings: Settings, folder: Path) -> None:
    """Copy it to `folder`; nothing where there is none on this machine. Raises EntrepotError where that fails."""
    if url := _postgres(settings):
        folder.mkdir(parents=True)
        _run("pg_dump", "--format=custom", f"--file={folder / _DUMP}", url=url)
    elif (database := _file(settings)).is_file():
        folder.mkdir(parents=True)
        to = sqlite3.connect(folder / _FILE)
        with contextlib.closing(sqlite3.connect(database)) as of, contextlib.closing(to):
            of.backup(to)
            to.execute("pragma journal_mode = delete")


def bring_back(settings: Settings, folder: Path) -> None:
    """Make it from what was saved, where nothing is yet. Raises EntrepotError where something is, or it fails."""
    if (folder / _DUMP).is_file():
        if (url := _postgres(settings)) is None:
            raise EntrepotError(f"The backup has a PostgreSQL database: name an empty one by {_VARIABLES[0]}.")
        _run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(folder / _DUMP), url=url)
    elif (folder / _FILE).is_file():
        database = _file(settings)
        if database.exists():
            raise EntrepotError(f"{database} already exists; stop the server and move it away, or set PREFECT_HOME.")
        database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(folder / _FILE, database)
        database.chmod(0o600)


def _file(settings: Settings) -> Path:
    return Path(settings.tool_environment().get("PREFECT_HOME", str(settings.prefect_home))) / "prefect.db"


def _postgres(settings: Settings) -> str | None:
    """The address of the server's PostgreSQL database, as PostgreSQL's own programs read it; None where it has none."""
    environment = settings.tool_environment()
    found = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    return urlunsplit(urlsplit(found)._replace(scheme="postgresql")) if found.startswith("postgresql") else None


def _run(program: str, *arguments: str, url: str) -> None:
    """Run a program of PostgreSQL's; the password goes where other users do not see it."""
    if shutil.which(program) is None:
        raise EntrepotError(f"{program} is not installed here; the package is called postgresql-client.")
    parts = urlsplit(url)
    host = (parts.hostname or "localhost", parts.port or 5432, parts.username or "", parts.password or "")
    known = dict(zip(("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD"), map(str, host), strict=True))
    name = parts.path.lstrip("/")
    asked = ["--dbname", name] if program == "pg_restore" else [name]
    environment = Settings.alone().tool_environment(**{key: value for key, value in known.items() if value})
    done = subprocess.run(
        [program, *asked, *arguments], env=environment, capture_output=True, text=True, check=False
    )  # fmt: skip
    if done.returncode != 0:
        said = " ".join(done.stderr.split())[:300]
        raise EntrepotError(f"{program} failed for the database {name!r} at {host[0]}: {said}")
