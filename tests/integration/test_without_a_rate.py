"""Trade in a currency of which no rate is loaded: known, and not in dollars. It is neither zero nor missing, in the
marts, the profile and the ranks. All of it in an invented world without any exchange rate.
"""

from __future__ import annotations

import duckdb
import pytest

from tests.conftest import Home
from tests.nothing_bundled import MILLION, PARTNERS, said
from tests.opened import rows


@pytest.fixture(scope="module")
def home(nothing_bundled: Home) -> Home:
    return nothing_bundled


def test_the_run_counts_the_cells(home: Home) -> None:
    assert "15 cells have no dollars, because no rate of the period is loaded." in said(home)


def test_no_trade_is_zero_that_is_known_in_another_currency(con: duckdb.DuckDBPyConnection) -> None:
    zeros = "from marts.bilateral_year where year_number = 2018 and (exports_usd = 0 or imports_usd = 0)"
    assert rows(con, f"select reporter_code, partner_code {zeros}") == [("FIN", "SWE")]
    ranked = "from marts.partner_rank where reporter_code = 'SWE' and year_number = 2018"
    assert rows(con, f"select count(*) > 0, count(*) filter (value_state = 'implied_zero') {ranked}") == [(True, 0)]
    assert rows(con, f"select count(*) {ranked} and rank_is_certain") == [(0,)]
    mirrored = "from core.fct_trade_reconciled_pair where period_code = '2018' and exporter_code = 'SWE'"
    assert rows(con, f"select distinct exporter_state {mirrored}") == [("no_rate",)]


def test_reconciled_trade_has_the_same_state(con: duckdb.DuckDBPyConnection) -> None:
    pairs = rows(
        con,
        "select exporter_code, importer_code, exporter_state, importer_state, pair_status "
        "from core.fct_trade_reconciled_pair where period_code = '2018' and 'LVA' in (exporter_code, importer_code) "
        "and 'LTU' in (exporter_code, importer_code) order by all",
    )
    assert pairs == [("LTU", "LVA", "missing", "no_rate", "none"), ("LVA", "LTU", "no_rate", "missing", "none")]
    gap = "from marts.mirror_gap where exporter_code = 'SWE' and importer_code = 'DNK' and period_code = '2018'"
    assert rows(con, f"select exporter_state, importer_state, gap_usd {gap}") == [("no_rate", "observed", None)]


def test_it_is_a_state_of_its_own(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        con,
        "select reporter_code, partner_code, exports_state, imports_state, turnover_state, state_code "
        "from marts.bilateral_year where year_number = 2018 and reporter_code in ('SWE', 'LVA', 'FIN') order by all",
    )
    of_nobody = ("no_rate", "no_rate", "no_rate", "no_rate")
    assert found == [
        ("FIN", "EST", "observed", "no_rate", "no_rate", "one_flow_no_rate"),
        ("FIN", "SWE", "implied_zero", "missing", "missing", "one_flow_reported"),
        ("LVA", "LTU", *of_nobody),
        *(("SWE", partner, *of_nobody) for partner in sorted(PARTNERS)),
    ]
    shown = "select turnover_any_basis_usd::bigint, turnover_basis from marts.bilateral_year where year_number = 2018"
    assert rows(con, f"{shown} and reporter_code = 'SWE' and partner_code = 'NOR'") == [(22 * MILLION, "mirror")]


def test_a_month_has_the_same_state(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(con, "select period_code, turnover_state, state_code from marts.bilateral_month order by all")
    assert found == [("2019-M01", "observed", "reported"), ("2019-M02", "no_rate", "no_rate")]


def test_the_profile_says_so(home: Home) -> None:
    said = home.entrepot("profile", "LVA", "LTU").stdout
    assert "no rate: known in its own currency only: no exchange rate of the period is loaded." in said
    told = "Latvia, 2018: nothing is known in dollars; the report of Latvia is in its own currency"
    assert told in " ".join(said.split())


def test_one_flow_of_a_report_is_not_the_whole_year_without_the_partner(home: Home) -> None:
    said = " ".join(home.entrepot("profile", "SWE", "DNK").stdout.split())
    assert "Denmark, 2018: only exports or only imports are known; the report of Denmark has one flow only." in said
