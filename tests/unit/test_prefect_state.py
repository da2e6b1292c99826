"""The database of Prefect's server is the one its environment names, with all that the address says."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from flows.backup import prefect_state
from flows.errors import EntrepotError
from flows.settings import Settings
from tests.postgres import PASSWORD, Postgres

URL = "PREFECT_SERVER_DATABASE_CONNECTION_URL"


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(URL, raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "home"))


def database(path: Path, name: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as con:
        con.execute(f"create table {name} (n int)")
    return path


def tables(path: Path) -> list[tuple[str]]:
    with sqlite3.connect(path) as con:
        return con.execute("select name from sqlite_master").fetchall()


def test_a_file_the_address_names_is_saved_and_brought_back_and_not_the_one_of_the_home(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = database(tmp_path / "home" / "prefect.db", "of_the_home")
    named = database(tmp_path / "elsewhere" / "x.db", "of_the_server")
    monkeypatch.setenv(URL, f"sqlite+aiosqlite:///{named}")
    prefect_state.save(settings, tmp_path / "saved")
    assert tables(tmp_path / "saved" / "prefect.db") == [("of_the_server",)]
    with pytest.raises(EntrepotError, match=r"x.db already exists"):
        prefect_state.require_place(settings, tmp_path / "saved")
    named.unlink()
    prefect_state.bring_back(settings, tmp_path / "saved")
    assert (tables(named), tables(home)) == ([("of_the_server",)], [("of_the_home",)])
    named.unlink()
    with pytest.raises(EntrepotError, match=r"x.db is not there; correct PREFECT_SERVER"):
        prefect_state.save(settings, tmp_path / "again")


def test_a_file_named_in_parts_is_the_one(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database(tmp_path / "home" / "prefect.db", "of_the_home")
    monkeypatch.setenv("PREFECT_SERVER_DATABASE_DRIVER", "sqlite+aiosqlite")
    monkeypatch.setenv("PREFECT_SERVER_DATABASE_NAME", str(database(tmp_path / "x.db", "of_the_server")))
    prefect_state.save(settings, tmp_path / "saved")
    assert tables(tmp_path / "saved" / "prefect.db") == [("of_the_server",)]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("sqlite+aiosqlite:///file::memory:?cache=shared&uri=true", "neither a PostgreSQL database nor a file"),
        ("sqlite+aiosqlite:///:memory:", "neither a PostgreSQL database nor a file"),
        ("mysql://u:secret@h/d", "neither a PostgreSQL database nor a file"),
        ("secret, and no address", "is no address of a database"),
    ],
)
def test_what_cannot_be_saved_is_refused(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, said: str
) -> None:
    monkeypatch.setenv(URL, address)
    with pytest.raises(EntrepotError, match=said) as refused:
        prefect_state.save(settings, tmp_path / "saved")
    assert "secret" not in str(refused.value)


def test_all_that_an_address_says_reaches_the_programs(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URL, "postgresql+asyncpg://a%40b:p%2Fw%25@db.example:5433/prefect?ssl=require&pool_size=3")
    address = prefect_state._address(settings)
    assert address is not None
    assert prefect_state._connection(address) == {
        "PGHOST": "db.example", "PGPORT": "5433", "PGUSER": "a@b", "PGPASSWORD": "p/w%", "PGSSLMODE": "require",
    }  # fmt: skip
    monkeypatch.setenv(URL, "postgresql+asyncpg://u@/prefect?host=/run/postgresql")
    address = prefect_state._address(settings)
    assert address is not None
    assert prefect_state._connection(address) == {"PGHOST": "/run/postgresql", "PGUSER": "u"}


@pytest.mark.e2e  # it needs a PostgreSQL server
def test_a_postgresql_database_whose_name_and_password_are_odd_comes_back(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres: Postgres
) -> None:
    with psycopg.connect(postgres.dsn(), autocommit=True) as con:
        con.execute("create role \"a@b\" login superuser password 'p/w %'")
        for name in ("it's = here", "fresh"):
            con.execute(f'create database "{name}"')
    address = f"postgresql+asyncpg://a%40b:p%2Fw%20%25@127.0.0.1:{postgres.port}/"
    with psycopg.connect(postgres.dsn(quote("it's = here")), autocommit=True) as con:
        con.execute("create table block (n int)")
    monkeypatch.setenv(URL, f"{address}it's = here?ssl=prefer")
    prefect_state.save(settings, tmp_path / "saved")
    monkeypatch.setenv(URL, f"{address}fresh")
    prefect_state.bring_back(settings, tmp_path / "saved")
    with psycopg.connect(postgres.dsn("fresh")) as con:
        assert con.execute("select count(*) from block").fetchone() == (0,)
    with pytest.raises(EntrepotError, match=r"pg_restore failed for the database 'fresh' at 127\.0") as refused:
        prefect_state.bring_back(settings, tmp_path / "saved")
    assert PASSWORD not in str(refused.value)
