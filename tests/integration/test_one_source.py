"""No row of any mart adds or subtracts figures of two sources, unless its subject is their difference or it says so:
asked of the bundled figures and of a warehouse into which files of all kinds were brought.
"""

from __future__ import annotations

import duckdb
import pytest

from tests import one_source
from tests.conftest import Home

FLOW = "(source_code, reporter_code, partner_code, flow_code, value_usd"
SPOILT = {
    "bilateral_year": "update spoilt set balance_usd = balance_usd + 1",
    "bilateral_month": "update spoilt set n_month_sources = n_month_sources + 1",
    "bilateral_group_year": "update spoilt set n_turnover_sources = null",
    "partner_rank": "update spoilt set value_usd = value_usd + 1",
    "commodity_mix": "update spoilt set flow_usd = flow_usd + 1",
    "target_progress": "update spoilt set latest_usd = latest_usd + 1",
    "claim_evidence": "update spoilt set found_value = found_value + 1",
    "trade_year": f"insert into spoilt {FLOW}, year_number) values ('imf_dots', 'CHN', 'RUS', 'X', 1, 2012)",
    "partner_profile": "update spoilt set exports_usd = exports_usd + 1",
    "event_window": "update spoilt set value_usd = value_usd + 1",
    "growth_contribution": f"insert into spoilt {FLOW}, period_code, component_kind, component_key) "
    "values ('imf_dots', 'CHN', 'WLD', 'X', 1, '2012', 'partner', 'RUS')",
}


@pytest.fixture(params=["published", "brought"])
def con(request: pytest.FixtureRequest) -> duckdb.DuckDBPyConnection:
    home: Home = request.getfixturevalue(request.param)
    return duckdb.connect(str(home.settings.published), read_only=True)


def test_every_mart_is_judged(published: Home) -> None:
    with duckdb.connect(str(published.settings.published), read_only=True) as con:
        marts = {name for (name,) in con.execute("select table_name from duckdb_tables() where schema_name = 'marts'"
                 " union select view_name from duckdb_views() where schema_name = 'marts'").fetchall()}  # fmt: skip
    judged = one_source.of_one_source_by_grain() | set(one_source.BY_ROW) | set(one_source.COMPARISONS)
    assert marts - judged == one_source.NO_SUMS


@pytest.mark.parametrize("mart", one_source.BY_ROW)
def test_no_row_stands_on_two_sources(con: duckdb.DuckDBPyConnection, mart: str) -> None:
    assert one_source.of_no_single_source(con, mart) == []


@pytest.mark.parametrize("mart", one_source.BY_ROW)
def test_a_row_that_does_is_found(published: Home, mart: str) -> None:
    with duckdb.connect() as con:
        con.execute(f"attach '{published.settings.published}' as release (read_only)")
        con.execute("use release")
        con.execute(f"create temp table spoilt as select * from marts.{mart}")
        assert one_source.of_no_single_source(con, mart, "temp.spoilt") == []
        con.execute(SPOILT[mart])
        assert one_source.of_no_single_source(con, mart, "temp.spoilt") != []
