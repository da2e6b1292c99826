"""A PostgreSQL server of the tests' own: on loopback, with a password, gone when they end.

Used through the fixture `postgres` of tests/conftest.py. It runs as the user `postgres` where the tests run as root,
since PostgreSQL refuses root.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

PASSWORD = "open-sesame-7"


@dataclass(frozen=True)
class Postgres:
    """A running server; its one user is `entrepot`."""

    port: int
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def dsn(self, database: str = "postgres") -> str:
        """The address of a database."""
        return f"postgresql://entrepot:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The address of a database made now."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self.dsn(), autocommit=True) as con:
            con.execute(SQL("create database {}").format(Identifier(name)))
        return self.dsn(name)


def programs() -> Path | None:
    """Folder of initdb and pg_ctl, on the path or where Debian puts them; None if PostgreSQL is not installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), default=None)


@contextmanager
def running_postgres(programs: Path, *more: str) -> Iterator[Postgres]:
    """A fresh server on a free port, with `more` settings such as `max_connections=300`."""
    as_root = os.geteuid() == 0
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # short, for the socket, and open to the user postgres
    secret = folder / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    if as_root:
        owner = pwd.getpwnam("postgres")
        for path in (folder, secret):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(folder / "data"), *arguments]
        done = subprocess.run(
            [*(("runuser", "-u", "postgres", "--") if as_root else ()), *command],
            cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    try:
        run("initdb", "-U", "entrepot", "-A", "scram-sha-256", "--pwfile", str(secret), "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
        options += "".join(f" -c {setting}" for setting in more)
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield Postgres(port)
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)
