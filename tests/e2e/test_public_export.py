"""What may not be passed on never reaches a public place: not by name, and not in what was computed from it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest

from flows.settings import ROOT
from tests.conftest import Home
from tests.pair_files import unpacked
from tests.warm_entrepot import ENTREPOT

RESTRICTED = "comtrade_extract"
# They hold times of the run; the figures do not, but for when they were known.
_RUN_STAMPED = ("dim_source", "dim_raw_file", "dim_release")
_TIMES = {"fct_trade_vintage": " exclude (known_from, known_to)"}


def with_settings(home: Home, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**home.environment, **{f"ENTREPOT_{name.upper()}": value for name, value in settings.items()}}
    return subprocess.run(
        [ENTREPOT, *arguments], env=environment, capture_output=True, text=True, timeout=600, check=False
    )


@pytest.fixture(scope="module")
def home(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    return published.copy(tmp_path_factory.mktemp("licence") / "home")


@pytest.fixture(scope="module")
def exported(home: Home) -> Path:
    """The public export of that warehouse, built without what may not be passed on."""
    link = home.settings.published.resolve()
    result = home.entrepot("export", "--public", str(home.folder / "public"), "--only-redistributable")
    assert result.returncode == 0, result.stderr
    assert "the published warehouse is unchanged" in " ".join(result.stdout.split())
    assert home.settings.published.resolve() == link
    return home.folder / "public"


@pytest.fixture(scope="module")
def never_landed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A warehouse that never saw the restricted figures, published with a public export from the start."""
    home = Home(tmp_path_factory.mktemp("never"))
    shutil.copytree(ROOT / "warehouse" / "bundled", home.folder / "bundled")
    shutil.rmtree(home.folder / "bundled" / RESTRICTED)
    result = with_settings(home, "run", public_export=str(home.folder / "public"))
    assert result.returncode == 0, result.stdout + result.stderr
    return home


def parquet(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.glob("*/*.parquet"))}


def count(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = con.execute(sql).fetchone()
    assert row is not None
    return int(row[0])


def test_a_release_with_restricted_rows_is_refused_with_tables_and_counts(home: Home) -> None:
    result = home.entrepot("export", "--public", str(home.folder / "refused"))
    assert result.returncode == 2
    said = " ".join(result.stderr.split())
    with duckdb.connect(str(home.settings.published), read_only=True) as con:
        for table in ("core.fct_trade", "core.fct_trade_report"):
            rows = count(con, f"select count(*) from {table} where source_code = '{RESTRICTED}'")
            assert rows > 0
            assert f"{rows:,} rows of {table}" in said
        landed = count(con, f"select sum(row_count) from core.dim_raw_file where source_code = '{RESTRICTED}'")
    assert f"{RESTRICTED} (UN Comtrade terms" in said
    assert f"{landed:,} landed rows" in said
    computed = said.partition("computed from it: ")[2].partition(" and ")[0].split(", ")
    assert "marts.mirror_gap" in computed, "the first of them are named"
    assert not list(home.folder.glob("refused*"))


def test_ones_own_export_holds_everything(home: Home) -> None:
    result = home.entrepot("export")
    assert result.returncode == 0, result.stderr
    own = parquet(home.settings.export / "parquet")
    with duckdb.connect() as con:
        assert count(con, f"select count(*) from '{own['fct_trade']}' where source_code = '{RESTRICTED}'") > 0


@pytest.mark.parametrize("verb", ["publish", "rollback"])
def test_no_release_with_restricted_rows_is_published_while_a_public_export_is_set_up(home: Home, verb: str) -> None:
    release = home.settings.published.resolve()
    target = home.folder / "open_to_all"
    result = with_settings(home, verb, release.parent.name, public_export=str(target))
    assert result.returncode == 2
    assert "figures that are not redistributable" in " ".join(result.stderr.split())
    assert home.settings.published.resolve() == release
    assert not list(home.folder.glob("open_to_all*"))


def test_the_public_export_names_the_restricted_source_in_no_cell(exported: Path) -> None:
    with duckdb.connect() as con:
        for table, path in parquet(exported).items():
            texts = [
                f"coalesce({name}, '')"
                for name, data_type, *_ in con.execute(f"describe from '{path}'").fetchall()
                if data_type == "VARCHAR"
            ]
            said = " || ' ' || ".join(texts)
            assert count(con, f"select count(*) from '{path}' where {said} like '%{RESTRICTED}%'") == 0, table
    assert RESTRICTED not in (exported / "SOURCES.md").read_text(encoding="utf-8")
    assert "World Bank" in (exported / "SOURCES.md").read_text(encoding="utf-8")


def test_the_public_page_names_the_restricted_source_nowhere_and_ones_own_says_it_is_private(
    exported: Path, home: Home
) -> None:
    files = [path for path in (exported / "site").rglob("*") if path.is_file()]
    assert len(files) > 20
    assert [path for path in files if RESTRICTED in path.read_text(encoding="utf-8")] == []
    packed = ("pairs", "sources", "charts", "more")
    pairs = sorted(path for folder in packed for path in (exported / "site" / folder).glob("*.js"))
    assert len(pairs) > 20
    assert [path for path in pairs if RESTRICTED in json.dumps(unpacked(path), ensure_ascii=False)] == []
    own_pairs = (home.settings.export / "site" / "pairs").glob("*.js")
    assert any(RESTRICTED in json.dumps(unpacked(path), ensure_ascii=False) for path in own_pairs)
    index = (exported / "site" / "index.html").read_text(encoding="utf-8")
    assert "Redistributable" in index
    assert "Redistributable figures only, built " in index
    assert "This page leaves out sources that are not redistributable" in index
    assert "No figure differs" not in index
    own = (home.settings.export / "site" / "index.html").read_text(encoding="utf-8")
    assert "For your own use." in own
    assert RESTRICTED in own


def test_every_table_equals_that_of_a_warehouse_where_the_restricted_figures_never_landed(
    exported: Path, never_landed: Home
) -> None:
    mine, oracle = parquet(exported), parquet(never_landed.folder / "public")
    assert mine.keys() == oracle.keys()
    with duckdb.connect() as con:
        for table, path in mine.items():
            if table in _RUN_STAMPED:
                continue
            columns = f"select *{_TIMES.get(table, '')}"
            both = f"({columns} from '{path}' except all {columns} from '{oracle[table]}')"
            back = f"({columns} from '{oracle[table]}' except all {columns} from '{path}')"
            assert count(con, f"select count(*) from ({both} union all {back})") == 0, table


def test_filtering_afterwards_would_have_passed_on_other_figures(exported: Path, home: Home) -> None:
    """The proof that the build without the source was needed: ranks that name no source differ."""
    own, public = parquet(home.settings.export / "parquet"), parquet(exported)
    key = "reporter_code, partner_code, perimeter_code, year_number"
    with duckdb.connect() as con:
        changed = count(
            con,
            f"select count(*) from '{own['partner_rank']}' as own join '{public['partner_rank']}' as public "
            f"using ({key}) where own.n_partners_observed is distinct from public.n_partners_observed",
        )
    assert changed > 0


def test_the_export_is_no_candidate_that_publish_would_pick(exported: Path, home: Home) -> None:
    result = home.entrepot("publish")
    assert result.returncode == 1
    assert "no built candidate" in result.stderr
