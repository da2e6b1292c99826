"""Real third-party files through the drop box, to the last row and unit. Skipped where the samples are not there."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.conftest import SAMPLES, Home

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not beside the project")

BACI = SAMPLES / "baci" / "BACI_HS92_Y2021_afg_zaf.csv"
LEGACY = SAMPLES / "comtrade-csv" / "legacy_indonesia_hs6.csv"
PLUS = SAMPLES / "comtrade-csv" / "comtrade_plus_excerpt.csv"
STRANGER = SAMPLES / "baci" / "country_codes_V202201.csv"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def total(path: Path, column: str, scale: int = 1) -> Decimal:
    return sum((Decimal(row[column]) for row in rows(path)), Decimal(0)) * scale


@pytest.fixture(scope="module")
def home(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = published.copy(tmp_path_factory.mktemp("samples") / "home")
    home.settings.inbox.mkdir(parents=True, exist_ok=True)
    for path in (BACI, LEGACY, PLUS, STRANGER):
        shutil.copy(path, home.settings.inbox)
    result = home.entrepot("run")
    assert result.returncode == 3, result.stdout + result.stderr
    (home.folder / "run.txt").write_text(result.stdout, encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def con(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home.settings.published), read_only=True) as connection:
        yield connection


def one(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[object, ...]:
    row = con.execute(sql).fetchone()
    assert row is not None
    return row


def test_the_file_nobody_knows_is_named_and_the_rest_is_published(home: Home) -> None:
    said = " ".join((home.folder / "run.txt").read_text(encoding="utf-8").split())
    assert "country_codes_V202201.csv fits no contract; closest is baci.country_code" in said
    assert "published: Published release" in said


@pytest.mark.parametrize(
    ("source", "path", "column", "scale"),
    [
        ("baci", BACI, "v", 1000),
        ("comtrade_csv", LEGACY, "Trade Value (US$)", 1),
        ("comtrade_csv", PLUS, "primaryValue", 1),
    ],
)
def test_rows_and_values_arrive_exactly(
    con: duckdb.DuckDBPyConnection, source: str, path: Path, column: str, scale: int
) -> None:
    sql = f"""
        select count(*), sum(value_usd) from (
            select source_code, value_usd, file_id from core.fct_trade
            union all
            select source_code, value_usd, file_id from core.fct_trade_total
        ) as cell
        inner join core.dim_raw_file as release using (file_id)
        where cell.source_code = '{source}' and release.url like '%{path.name}'
    """
    assert one(con, sql) == (len(rows(path)), total(path, column, scale))


def test_nothing_was_excluded_or_rejected(con: duckdb.DuckDBPyConnection) -> None:
    assert one(con, "select count(*) from meta.excluded_row") == (0,)
    assert one(con, "select count(*) from meta.rejected_row") == (0,)


def test_leading_zeros_are_restored_and_codes_mapped(con: duckdb.DuckDBPyConnection) -> None:
    short = {row["k"].zfill(6) for row in rows(BACI) if len(row["k"]) < 6}
    found = {
        row[0]
        for row in con.execute("select distinct product_key from core.fct_trade where source_code = 'baci'").fetchall()
    }
    assert short
    assert {f"H0:{code}" for code in short} <= found
    unmapped = """
        select count(*) from core.fct_trade as trade
        left join core.dim_area as partner on trade.partner_code = partner.area_code
        where partner.area_code is null
    """
    assert one(con, unmapped) == (0,)


def test_na_quantities_are_missing_not_zero(con: duckdb.DuckDBPyConnection) -> None:
    unknown = sum(row["q"].strip() == "NA" for row in rows(BACI))
    sql = "select count(*) filter (where net_weight_kg is null) from core.fct_trade where source_code = 'baci'"
    assert one(con, sql) == (unknown,)


def test_the_same_files_again_are_nothing_to_do_but_the_stranger_is_still_named(home: Home) -> None:
    result = home.entrepot("run")
    assert result.returncode == 3
    assert "nothing to do" in result.stdout.lower()
    assert "country_codes_V202201.csv" in result.stdout
