"""What Prefect's server knows: blocks with their keys, schedules, automations, runs. A file, or a PostgreSQL database.

Which one is said by the server's environment, as Prefect reads it; both are copied while the server goes on.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from flows.errors import EntrepotError
from flows.machine import sync
from flows.settings import Settings

_NAMES = ("PREFECT_SERVER_DATABASE", "PREFECT_API_DATABASE")  # what Prefect's variables begin with, and did once
_ADDRESS = f"{_NAMES[0]}_CONNECTION_URL"
_FILE, _DUMP = "prefect.db", "prefect.dump"
_POSTGRES, _SQLITE = "postgresql", "sqlite"

# What an address may say in its query, by the variable that says it to PostgreSQL's own programs. The rest of a query
# is about the server's pool of connections.
_IN_QUERY = {
    "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "passfile": "PGPASSFILE",
    "ssl": "PGSSLMODE", "sslmode": "PGSSLMODE",
}  # fmt: skip


def save(settings: Settings, folder: Path) -> None:
    """Copy it to `folder`; nothing where there is none on this machine.

    Raises EntrepotError where that fails, or where the environment names a database that is not there.
    """
    address = _address(settings)
    if address is not None and address.get_backend_name() == _POSTGRES:
        folder.mkdir(parents=True)
        _run("pg_dump", "--format=custom", f"--file={folder / _DUMP}", address=address)
        return
    database = _file(settings, address)
    if database.is_file():
        folder.mkdir(parents=True)
        to = sqlite3.connect(folder / _FILE)
        with contextlib.closing(sqlite3.connect(database)) as of, contextlib.closing(to):
            of.backup(to)
            to.execute("pragma journal_mode = delete")
    elif address is not None:
        raise EntrepotError(f"Prefect's database {database} is not there; correct {_ADDRESS}, or unset it.")


def require_place(settings: Settings, folder: Path) -> None:
    """Raise EntrepotError where what was saved in `folder` could not be brought back: nothing is changed yet."""
    address = _address(settings)
    is_postgres = address is not None and address.get_backend_name() == _POSTGRES
    if (folder / _DUMP).is_file():
        if not is_postgres:
            raise EntrepotError(f"The backup has a PostgreSQL database: name an empty one by {_ADDRESS}.")
        _require_program("pg_restore")
    elif (folder / _FILE).is_file():
        if is_postgres:
            raise EntrepotError(f"The backup has a SQLite database, and {_ADDRESS} names one of PostgreSQL: unset it.")
        database = _file(settings, address)
        if database.exists() or database.is_symlink():
            raise EntrepotError(f"{database} already exists; stop the server and move it away, or set PREFECT_HOME.")


def bring_back(settings: Settings, folder: Path) -> None:
    """Make it from what was saved, whole or not at all. Raises EntrepotError as `require_place`, or where it fails."""
    require_place(settings, folder)
    address = _address(settings)
    if (folder / _DUMP).is_file() and address is not None:
        how = ("--no-owner", "--exit-on-error", "--single-transaction")
        _run("pg_restore", *how, str(folder / _DUMP), address=address)
    elif (folder / _FILE).is_file():
        database = _file(settings, address)
        database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = database.with_name(f".{database.name}.new")
        try:
            shutil.copyfile(folder / _FILE, temporary)
            temporary.chmod(0o600)
            sync(temporary)
            temporary.replace(database)
            sync(database.parent)
        finally:
            temporary.unlink(missing_ok=True)


def _address(settings: Settings) -> URL | None:
    """The address of the server's database; None where the environment names none, and it is in PREFECT_HOME.

    Raises EntrepotError where what it names is neither a PostgreSQL database nor a file.
    """
    if not (text := _variable(settings, "CONNECTION_URL")):
        return _of_parts(settings)
    try:
        address = make_url(text)
    except ArgumentError:  # not chained: it quotes the address, which may hold a password
        raise EntrepotError(f"{_ADDRESS} is no address of a database; correct it.") from None
    is_file = address.get_backend_name() == _SQLITE and address.database and not address.database.startswith("file:")
    if address.get_backend_name() != _POSTGRES and (not is_file or address.database == ":memory:"):
        raise EntrepotError(f"{_ADDRESS} names neither a PostgreSQL database nor a file; only these can be saved.")
    return address


def _of_parts(settings: Settings) -> URL | None:
    """The address where the environment gives driver, host, user and name apart, as Prefect takes them too."""
    driver, name = _variable(settings, "DRIVER"), _variable(settings, "NAME")
    if not driver.startswith(_POSTGRES):
        return URL.create(driver, database=name) if driver and name else None
    port = _variable(settings, "PORT")
    return URL.create(
        driver, _variable(settings, "USER"), _variable(settings, "PASSWORD"), _variable(settings, "HOST"),
        int(port) if port.isdecimal() else None, name,
    )  # fmt: skip


def _variable(settings: Settings, of: str) -> str:
    environment = settings.tool_environment()
    return next((environment[f"{name}_{of}"] for name in _NAMES if environment.get(f"{name}_{of}")), "")


def _file(settings: Settings, address: URL | None) -> Path:
    """The file of the server's database, whether or not it is there."""
    if address is not None:
        return Path(address.database or "")
    return Path(settings.tool_environment().get("PREFECT_HOME", str(settings.prefect_home))) / "prefect.db"


def _require_program(program: str) -> None:
    if shutil.which(program) is None:
        raise EntrepotError(f"{program} is not installed here; the package is called postgresql-client.")


def _run(program: str, *arguments: str, address: URL) -> None:
    """Run a program of PostgreSQL's; the password goes where other users do not see it."""
    _require_program(program)
    environment = Settings.alone().tool_environment(**_connection(address))
    # as a connection string, because a bare name that looks like one would be read as one
    name = str(address.database or address.username or "").replace("\\", "\\\\").replace("'", "\\'")
    done = subprocess.run(
        [program, f"--dbname=dbname='{name}'", *arguments], env=environment, capture_output=True, text=True, check=False
    )  # fmt: skip
    if done.returncode != 0:
        said = " ".join(done.stderr.split())[:300]
        where = environment.get("PGHOST", "this machine")
        raise EntrepotError(f"{program} failed for the database {address.database!r} at {where}: {said}")


def _connection(address: URL) -> dict[str, str]:
    """What an address says, decoded, in the variables PostgreSQL's programs read; what it leaves out is as they are."""
    parts = {"PGHOST": address.host, "PGPORT": address.port, "PGUSER": address.username, "PGPASSWORD": address.password}
    known = {name: str(value) for name, value in parts.items() if value}
    for name, value in address.query.items():
        if name in _IN_QUERY:
            known[_IN_QUERY[name]] = value if isinstance(value, str) else ",".join(value)
    return known
