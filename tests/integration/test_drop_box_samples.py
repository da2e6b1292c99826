"""Real third-party files through the drop box, to the last row and unit. Skipped where the samples are not there."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.brought import AGAIN, BACI, LEGACY, PLUS, SAID
from tests.conftest import SAMPLES, Home

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not beside the project")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def total(path: Path, column: str, scale: int = 1) -> Decimal:
    return sum((Decimal(row[column]) for row in rows(path)), Decimal(0)) * scale


@pytest.fixture(scope="module")
def home(brought: Home) -> Home:
    return brought


@pytest.fixture(scope="module")
def con(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home.settings.published), read_only=True) as connection:
        yield connection


def one(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[object, ...]:
    row = con.execute(sql).fetchone()
    assert row is not None
    return row


def test_the_file_nobody_knows_is_named_and_the_rest_is_published(home: Home) -> None:
    said = " ".join((home.folder / SAID).read_text(encoding="utf-8").split())
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
    for table in ("meta.excluded_row", "meta.rejected_row"):
        assert one(con, f"select count(*) from {table} where source_code in ('baci', 'comtrade_csv')") == (0,)


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
    said = (home.folder / AGAIN).read_text(encoding="utf-8")
    assert "nothing to do" in said.lower()
    assert "country_codes_V202201.csv" in said
