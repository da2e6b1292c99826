"""What CEPII BACI and the US Census Bureau publish arrives in core to the row and to the last unit."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest

from tests.worlds import Shown


@pytest.fixture(scope="module")
def con(shown: Shown) -> Iterator[duckdb.DuckDBPyConnection]:
    """The first release of the demo, before any revision."""
    with duckdb.connect(str(shown.releases[0]), read_only=True) as connection:
        yield connection


def test_baci_is_its_newest_release_year_by_year(con: duckdb.DuckDBPyConnection, shown: Shown) -> None:
    truth = shown.before.truth("baci")["baci"]
    found = con.execute(
        "select period_code, count(*), sum(value_usd), count(*) - count(net_weight_kg) from core.fct_trade "
        "where source_code = 'baci' group by period_code order by period_code"
    ).fetchall()
    assert [year for year, *_ in found] == ["2023", "2024"]
    for year, rows, usd, without_quantity in found:
        known = truth[f"V202601|{year}"]
        assert rows == known["rows"]
        assert usd == Decimal(known["value_kusd"]) * 1000
        assert without_quantity == known["without_quantity"]


def test_texts_of_products_are_those_of_the_release(con: duckdb.DuckDBPyConnection) -> None:
    row = con.execute("select product_name from core.dim_product where product_key = 'H0:9999AA'").fetchone()
    assert row == ("Commodities not specified according to kind",)


def test_census_months_between_areas_are_the_truth(con: duckdb.DuckDBPyConnection, shown: Shown) -> None:
    truth = shown.before.truth("census")["census"]
    found = con.execute(
        "select flow_code, replace(period_code, '-M', ''), count(*), sum(value_usd), min(valuation_code), "
        "max(valuation_code) from core.fct_trade where source_code = 'census' and period_code like '%-M__' group by all"
    ).fetchall()
    assert len(found) == 48
    for flow, month, rows, usd, *valuation in found:
        known = truth[f"{'exports' if flow == 'X' else 'imports'}|{month}"]
        assert (rows, usd) == (known["rows_hs2"], known["usd"])
        assert set(valuation) == {"FAS" if flow == "X" else "customs"}


def test_census_years_are_the_sums_of_their_months(con: duckdb.DuckDBPyConnection) -> None:
    differences = con.execute(
        "select flow_code, left(period_code, 4), "
        "sum(case when length(period_code) = 4 then value_usd else -value_usd end) "
        "from core.fct_trade where source_code = 'census' and (length(period_code) = 4 or period_code like '%-M__') "
        "group by all"
    ).fetchall()
    assert len(differences) == 4
    assert {difference for *_, difference in differences} == {0}


def test_census_world_and_groups_stay_out_of_what_may_be_added_up(con: duckdb.DuckDBPyConnection) -> None:
    query = "select distinct partner_code from core.{} where source_code = 'census' and partner_code in ('WLD', 'EUU')"
    assert con.execute(query.format("fct_trade")).fetchall() == []
    assert len(con.execute(query.format("fct_trade_total")).fetchall()) == 2
