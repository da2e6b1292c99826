"""A release is two files: readers meet the published one, which needs nothing else; who doubts attaches the other."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from flows import verbs
from flows.contracts.relations import workings_of
from flows.ledger import Ledger
from flows.machine import file_sha256
from tests.conftest import Home
from tests.worlds import Shown

MOST_TABLES = 90
CALLS = {
    "profile": "marts.profile('RUS', 'CHN')",
    "trade_in_revision": "core.trade_in_revision('H4')",
    "trade_asof": "core.trade_asof(now()::timestamp)",
    "trade_of": "core.trade_of('imf_dots', 'A')",
}


@pytest.fixture(params=["bundled figures", pytest.param("invented world", marks=pytest.mark.e2e)])
def release(request: pytest.FixtureRequest) -> Path:
    """The bundled figures, and the invented world with a file of nearly every source landed."""
    if request.param == "bundled figures":
        home: Home = request.getfixturevalue("published")
        return home.settings.published.resolve()
    shown: Shown = request.getfixturevalue("shown")
    return shown.releases[-1]


def test_a_reader_meets_few_tables_and_needs_no_other_file(release: Path, tmp_path: Path) -> None:
    alone = shutil.copyfile(release, tmp_path / "trade.duckdb")
    with duckdb.connect(str(alone), read_only=True) as con:
        con.execute("set enable_external_access = false")
        met = con.execute("show all tables").fetchall()
        assert 60 < len(met) <= MOST_TABLES
        assert {row[1] for row in met} == {"core", "marts", "meta"}
        for _, schema, table, *_ in met:
            con.execute(f"from {schema}.{table} limit 1").fetchall()
        made = con.execute(
            "select function_name from duckdb_functions() where function_type = 'table_macro' and not internal"
        ).fetchall()
        assert {name for (name,) in made} == set(CALLS)
        for call in CALLS.values():
            con.execute(f"from {call} limit 1").fetchall()


def test_what_it_was_made_from_stands_beside_it(release: Path) -> None:
    with duckdb.connect(str(workings_of(release)), read_only=True) as con:
        found = con.execute("select distinct schema_name from duckdb_tables()").fetchall()
        assert {schema for (schema,) in found} == {"raw", "seed", "intermediate"}
        assert con.execute("select count(*) > 0 from raw.stg_landed__file").fetchone() == (True,)
        assert not workings_of(release).with_name("workings.duckdb.wal").exists()


@pytest.mark.parametrize(
    "table", ["raw.stg_press_record__statement", "workings.raw.stg_press_record__statement", "seed.flow",
              "intermediate.trade_pair_sum"],
)  # fmt: skip
def test_sql_finds_the_tables_of_both_files(published: Home, table: str) -> None:
    answer = published.entrepot("sql", f"select count(*) as n from {table}", "--json")
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)[0]["n"] > 0


def test_sql_shows_who_looks_around_the_published_tables_alone(published: Home) -> None:
    shown = json.loads(published.entrepot("sql", "show all tables", "--json").stdout)
    assert {table["database"] for table in shown} == {"trade"}
    whole = published.entrepot("sql", "from duckdb_tables() where database_name = 'workings'", "--json")
    assert len(json.loads(whole.stdout)) > 100


def test_a_release_of_one_file_is_still_read_and_rolled_back_to(published: Home, tmp_path: Path) -> None:
    """As older versions made it: without the second file, and with a dictionary that names none."""
    home = published.copy_without_exports(tmp_path / "home")
    settings = home.settings.model_copy(update={"followers": ()})
    newest, older = home.settings.published.resolve(), "20200101T000000000-abcd"
    record = (settings.runs / f"{newest.parent.name}.json").read_text(encoding="utf-8")
    release = settings.releases / older / "trade.duckdb"
    release.parent.mkdir()
    shutil.copyfile(newest, release)
    with duckdb.connect(str(release)) as con:
        con.execute("alter table meta.dictionary drop column database_name")
    told = json.loads(record.replace(newest.parent.name, older))
    told |= {"published_sha256": file_sha256(release), "workings_sha256": ""}
    (settings.runs / f"{older}.json").write_text(json.dumps(told), encoding="utf-8")
    ledger = Ledger(settings)
    assert verbs.roll_back(ledger, None)[1] == []
    assert settings.published.resolve() == release
    assert not settings.workings.is_symlink()
    for asked in (("explain", "146.88"), ("profile", "RUS", "CHN"), ("sql", "from core.dim_flow"), ("sources",)):
        told = home.entrepot(*asked)
        assert told.returncode == 0, told.stderr
    verbs.publish(ledger, newest.parent.name)
    assert settings.published.resolve() == newest
    assert settings.workings.resolve() == workings_of(newest)
