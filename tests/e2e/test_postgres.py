"""The serving copy in PostgreSQL: equal to the release in every row, and never seen half made."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from flows.contracts.grains import load_grains
from flows.contracts.relations import IS_STORAGE, RELATIONS
from flows.errors import EntrepotError
from flows.exports.postgres import SERVED_SCHEMAS, serve_copy
from flows.releases.place import release_path
from flows.settings import ROOT, Settings
from tests.conftest import Home
from tests.postgres import PASSWORD, Postgres

TYPES = {
    "VARCHAR": "text", "BIGINT": "bigint", "INTEGER": "integer", "BOOLEAN": "boolean", "DATE": "date",
    "TIMESTAMP": "timestamp without time zone", "DOUBLE": "double precision",
}  # fmt: skip
ODD_TEXT = "tab\t, line\r\n, back\\slash \\N"


@pytest.fixture(scope="module")
def copied(published: Home, postgres: Postgres) -> str:
    """The address of a copy of the bundled figures, made by the command line."""
    dsn = postgres.new_database()
    done = published.entrepot("export", "postgres", dsn)
    assert done.returncode == 0, done.stderr
    with duckdb.connect(str(published.settings.published), read_only=True) as con:
        assert f"Copied {len(tables(con))} tables of release" in done.stdout
    assert PASSWORD not in done.stdout + done.stderr
    return dsn


def tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    found = con.execute(
        f"select schema_name || '.' || table_name from {RELATIONS} "
        f"where schema_name = any(?) and not {IS_STORAGE} order by 1",
        [list(SERVED_SCHEMAS)],
    )
    return [name for (name,) in found.fetchall()]


def test_every_row_of_every_table_is_there_and_no_other(published: Home, copied: str) -> None:
    with duckdb.connect(str(published.settings.published), read_only=True) as con, psycopg.connect(copied) as server:
        served = server.execute(
            "select schemaname || '.' || tablename from pg_tables where schemaname <> all(%s) order by 1",
            [["pg_catalog", "information_schema"]],
        ).fetchall()
        assert [name for (name,) in served] == tables(con)
        nulls = 0
        for name in tables(con):
            mine, theirs = con.execute(f"from {name}").fetchall(), server.execute(f"select * from {name}").fetchall()
            assert Counter(mine) == Counter(theirs), name
            assert {type(v) for row in mine for v in row} == {type(v) for row in theirs for v in row}, name
            nulls += sum(value is None for row in mine for value in row)
        assert nulls > 10_000


def test_columns_have_the_types_and_comments_of_the_release(published: Home, copied: str) -> None:
    with duckdb.connect(str(published.settings.published), read_only=True) as con, psycopg.connect(copied) as server:
        wanted = con.execute(
            "select schema_name, table_name, column_index::int, column_name, data_type, is_nullable, comment "
            f"from duckdb_columns() where schema_name = any(?) and not {IS_STORAGE} order by 1, 2, 3",
            [list(SERVED_SCHEMAS)],
        ).fetchall()
        found = server.execute(
            "select nspname, relname, attnum, attname, format_type(atttypid, atttypmod), not attnotnull, "
            "col_description(attrelid, attnum) from pg_attribute join pg_class as c on c.oid = attrelid "
            "join pg_namespace as n on n.oid = relnamespace "
            "where nspname = any(%s) and relkind = 'r' and attnum > 0 order by 1, 2, 3",
            [list(SERVED_SCHEMAS)],
        ).fetchall()
        assert found == [(*row[:4], postgres_type(row[4]), *row[5:]) for row in wanted]
        assert sum(row[6] is not None for row in found) > 900
        described = dict(server.execute(
            "select nspname || '.' || relname, obj_description(c.oid) from pg_class as c "
            "join pg_namespace as n on n.oid = relnamespace where nspname = any(%s) and relkind = 'r'",
            [list(SERVED_SCHEMAS)],
        ).fetchall())  # fmt: skip
        comments = con.execute(
            f"select schema_name || '.' || table_name, comment from {RELATIONS} "
            f"where schema_name = any(?) and not {IS_STORAGE}",
            [list(SERVED_SCHEMAS)],
        )
        assert described == dict(comments.fetchall())


def postgres_type(data_type: str) -> str:
    return data_type.replace("DECIMAL", "numeric") if data_type.startswith("DECIMAL") else TYPES[data_type]


def test_every_grain_has_a_key(published: Home, copied: str) -> None:
    with psycopg.connect(copied) as server:
        keyed = server.execute(
            "select n.nspname || '.' || c.relname from pg_index join pg_class as c on c.oid = indrelid "
            "join pg_namespace as n on n.oid = c.relnamespace where n.nspname = any(%s) and indisunique order by 1",
            [list(SERVED_SCHEMAS)],
        ).fetchall()
    assert [name for (name,) in keyed] == list(load_grains(published.settings.dbt_project))


@pytest.fixture
def small(tmp_path: Path) -> Settings:
    """Three releases of three small tables: `one` and `two` differ everywhere, `broken` repeats a row of its grain."""
    settings = Settings(warehouse=tmp_path / "warehouse")
    for run_id, number, repeated in (("one", 1, 0), ("two", 2, 0), ("broken", 3, 1)):
        release_path(settings, run_id).parent.mkdir(parents=True)
        with duckdb.connect(str(release_path(settings, run_id))) as con:
            for name in ("core.dim_flow", "marts.partner_rank", "meta.release"):
                con.execute(f"create schema if not exists {name.split('.')[0]}")
                con.execute(f"create table {name} as select {number} as release, range as id from range(2000)")
            con.execute("create table core.dim_currency as select 'A' as currency_code")
            con.execute(f"insert into core.dim_currency select 'A' from range({repeated})")
            con.execute(
                "insert into core.dim_currency values (e'tab\\t, line\\r\\n, back\\\\slash \\\\N'), (''), (null)"
            )
    return settings


STATE = """
select
    (select array_agg(distinct release) || count(*)::int from core.dim_flow),
    (select array_agg(distinct release) || count(*)::int from marts.partner_rank),
    (select array_agg(distinct release) || count(*)::int from meta.release)
"""


def state(server: psycopg.Connection[Any]) -> Any:
    return server.execute(STATE).fetchone()


def whole(number: int) -> tuple[list[int], ...]:
    return ([number, 2000],) * 3


def test_a_reader_sees_whole_states_only_over_many_swaps(small: Settings, postgres: Postgres) -> None:
    dsn, stop = postgres.new_database(), threading.Event()
    serve_copy(small, "one", dsn)
    seen: list[Any] = []

    def read() -> None:
        with psycopg.connect(dsn, autocommit=True) as server:
            while not stop.is_set():
                seen.append(state(server))
                with server.transaction():
                    first, second = state(server), state(server)
                    assert first == second, "a transaction keeps to the copy it began with"

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        try:
            for run_id in ("two", "one") * 8:
                serve_copy(small, run_id, dsn)
        finally:
            stop.set()
        for reader in readers:
            reader.result()
    assert len(seen) > 16
    assert {str(row) for row in seen} == {str(whole(1)), str(whole(2))}


def test_a_transaction_older_than_the_swap_finds_the_new_copy_whole(small: Settings, postgres: Postgres) -> None:
    dsn = postgres.new_database()
    serve_copy(small, "one", dsn)
    with psycopg.connect(dsn) as server:
        server.execute("set transaction isolation level repeatable read")
        assert server.execute("select 1").fetchone() == (1,)  # it sees what there is now, and has read no table
        serve_copy(small, "two", dsn)
        assert state(server) == whole(2)


def test_text_of_any_kind_comes_over(small: Settings, postgres: Postgres) -> None:
    dsn = postgres.new_database()
    serve_copy(small, "one", dsn, "trade")
    with psycopg.connect(dsn) as server:
        found = server.execute("select currency_code from trade_core.dim_currency").fetchall()
    assert set(found) == {("A",), (ODD_TEXT,), ("",), (None,)}


def test_a_failed_copy_leaves_the_old_one_and_nothing_beside_it(small: Settings, postgres: Postgres) -> None:
    dsn = postgres.new_database()
    serve_copy(small, "one", dsn)
    with pytest.raises(EntrepotError, match="could not create unique index") as caught:
        serve_copy(small, "broken", dsn)
    assert PASSWORD not in str(caught.value)
    assert caught.value.__cause__ is None
    with psycopg.connect(dsn) as server:
        assert state(server) == whole(1)
        assert server.execute("select count(*) from pg_namespace where nspname like '%\\_new'").fetchone() == (0,)
    serve_copy(small, "two", dsn)
    with psycopg.connect(dsn) as server:
        assert state(server) == whole(2)


def test_a_transaction_that_reads_the_old_copy_is_waited_for_and_never_ended(
    small: Settings, postgres: Postgres
) -> None:
    dsn = postgres.new_database()
    serve_copy(small, "one", dsn)
    with psycopg.connect(dsn) as server:  # a transaction begins with the first statement
        assert state(server) == whole(1)
        with pytest.raises(EntrepotError, match="did not end within 1 seconds; it stays"):
            serve_copy(small, "two", dsn, patience=1)
        assert state(server) == whole(1)
    serve_copy(small, "two", dsn)


def test_what_is_not_the_copys_own_is_left_alone(small: Settings, postgres: Postgres) -> None:
    dsn = postgres.new_database()
    with psycopg.connect(dsn, autocommit=True) as server:
        server.execute("create schema core; create table core.mine (id int)")
        with pytest.raises(EntrepotError, match="has a schema core that Entrepôt did not make"):
            serve_copy(small, "one", dsn)
        serve_copy(small, "one", dsn, "trade")
        server.execute("create view public.on_it as select count(*) from trade_marts.partner_rank")
        with pytest.raises(EntrepotError, match=r"view on_it depends on table trade_marts\.partner_rank"):
            serve_copy(small, "two", dsn, "trade")
        assert server.execute("select * from public.on_it").fetchone() == (2000,)


@pytest.fixture
def reader(postgres: Postgres) -> Iterator[str]:
    with psycopg.connect(postgres.dsn(), autocommit=True) as server:
        server.execute("create role \"BI reader\" login password 'look-only'")
        yield "BI reader"


def test_what_a_reader_was_granted_holds_over_the_swap(small: Settings, postgres: Postgres, reader: str) -> None:
    dsn = postgres.new_database()
    serve_copy(small, "one", dsn)
    with psycopg.connect(dsn, autocommit=True) as server:
        for schema in ("core", "marts"):
            server.execute(f'grant usage on schema {schema} to "{reader}"')
            server.execute(f'grant select on all tables in schema {schema} to "{reader}"')
        server.execute("grant usage on schema meta to public; grant select on meta.release to public")
        server.execute(f'alter default privileges in schema core grant select on tables to "{reader}"')
        with duckdb.connect(str(release_path(small, "two"))) as con:
            con.execute("create table marts.added as select 1 as id; create table meta.added as select 1 as id")
            con.execute("create table core.added as select 1 as id; drop table core.dim_currency")
        for run_id in ("two", "one", "two"):
            serve_copy(small, run_id, dsn)
        with psycopg.connect(dsn.replace(f"entrepot:{PASSWORD}", "BI%20reader:look-only")) as theirs:
            assert state(theirs) == whole(2)
            assert theirs.execute("select * from core.added, marts.added, meta.added").fetchone() == (1, 1, 1)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                theirs.execute("delete from core.dim_flow")


@pytest.mark.parametrize(
    ("dsn", "said"),
    [
        ("postgresql://entrepot:wrong-{secret}@127.0.0.1:{port}/postgres", "password authentication failed"),
        ("host=127.0.0.1 password={secret} rubbish", "cannot be read; write postgresql://"),
        ("postgresql://entrepot:{secret}@127.0.0.1:{port}/nowhere", 'database "nowhere" does not exist'),
    ],
)
def test_an_address_that_does_not_work_is_one_sentence_without_the_password(
    published: Home, postgres: Postgres, dsn: str, said: str
) -> None:
    done = published.entrepot("export", "postgres", dsn.format(secret=PASSWORD, port=postgres.port))
    assert done.returncode == 1
    assert said in " ".join(done.stderr.split())
    assert PASSWORD not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_publishing_refreshes_the_copy_and_its_failure_leaves_the_release(
    published: Home, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(published.folder, home.folder, symlinks=True)
    run_id = home.settings.published.resolve().parent.name
    dsn = postgres.new_database()
    monkeypatch.setenv("ENTREPOT_POSTGRES", dsn)
    monkeypatch.setenv("ENTREPOT_POSTGRES_SCHEMA", "trade")
    done = home.entrepot("publish", run_id)
    assert done.returncode == 0, done.stderr
    with psycopg.connect(dsn) as server:
        comment = server.execute("select obj_description('trade_marts'::regnamespace, 'pg_namespace')").fetchone()
        assert comment == (f"Entrepôt release {run_id}",)
    monkeypatch.setenv("ENTREPOT_POSTGRES", dsn.replace(PASSWORD, f"wrong-{PASSWORD}"))
    done = home.entrepot("publish", run_id)
    assert done.returncode == 3
    assert "The PostgreSQL copy failed; what is there is of an earlier release" in " ".join(done.stderr.split())
    assert PASSWORD not in done.stdout + done.stderr


def r_lacks() -> str | None:
    """What the snippet in R of docs/how-to/sql-clients.md needs and is not here."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return "R is not installed (Debian: apt-get install r-base-core r-cran-dbi r-cran-rpostgresql)"
    lacks = subprocess.run(
        [rscript, "-e", "library(DBI); library(RPostgreSQL)"], capture_output=True, check=False
    ).returncode
    return "R lacks a package (Debian: apt-get install r-cran-dbi r-cran-rpostgresql)" if lacks else None


R_LACKS = r_lacks()


@pytest.mark.skipif(R_LACKS is not None, reason=str(R_LACKS))
def test_the_snippet_in_r_answers(published: Home, copied: str) -> None:
    page = (ROOT / "docs" / "how-to" / "sql-clients.md").read_text(encoding="utf-8")
    snippet = next(one for one in re.findall(r"```r\n(.*?)```", page, flags=re.DOTALL) if "RPostgreSQL" in one)
    names = {"host": "PGHOST", "port": "PGPORT", "dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD"}
    address = {names[key]: str(value) for key, value in conninfo_to_dict(copied).items()}
    done = subprocess.run(
        ["Rscript", "-e", snippet],
        env=published.environment | address,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["1", "1999", "5.720", "NA"] in lines, done.stdout
    assert ["2", "2020", "107.760", "-6.6"] in lines, done.stdout
    assert ["3", "2021", "146.887", "NA"] in lines, done.stdout
