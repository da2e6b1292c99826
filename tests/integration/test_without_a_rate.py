"""Trade in a currency of which no rate is loaded: known, and not in dollars. It is neither zero nor missing, in the
marts, the profile and the ranks. All of it in an invented world without any exchange rate.
"""

from __future__ import annotations

import duckdb
import pytest

from tests.conftest import Home
from tests.opened import rows

MILLION = 1_000_000
PARTNERS = {"NOR": 10, "DNK": 20, "FIN": 30, "DEU": 40}
HEADER = "Reporter,Partner,Flow,Period,Value,Currency"


def yearly() -> list[str]:
    """Sweden to the World and four partners, in dollars but for 2018; Finland one flow of 2018 in euro; Latvia nothing
    but euro; Norway reports Sweden in dollars, Denmark its imports.
    """
    rows = []
    for flow in "XM":
        for year, currency in ((2017, "USD"), (2018, "EUR"), (2019, "USD")):
            of_year = {**PARTNERS, "WLD": sum(PARTNERS.values())}
            rows += [f"SWE,{code},{flow},{year},{value * MILLION},{currency}" for code, value in of_year.items()]
        rows.append(f"NOR,SWE,{flow},2018,{11 * MILLION},USD")
        rows.append(f"LVA,LTU,{flow},2018,{3 * MILLION},EUR")
        rows.append(f"FIN,EST,{flow},2017,{5 * MILLION},USD")
    rows.append(f"FIN,EST,X,2018,{5 * MILLION},USD")
    rows.append(f"FIN,EST,M,2018,{6 * MILLION},EUR")
    rows.append(f"DNK,SWE,M,2018,{21 * MILLION},USD")
    return rows


def monthly() -> list[str]:
    """Ireland with France: January in dollars, February in euro."""
    months = (("2019-01", "USD"), ("2019-02", "EUR"))
    return [f"IRL,FRA,{flow},{month},{10 * MILLION},{currency}" for flow in "XM" for month, currency in months]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("rate"), follows=False)
    home.settings.bundled.mkdir(parents=True)
    home.settings.inbox.mkdir(parents=True)
    for name, lines in (("yearly", [HEADER, *yearly()]), ("monthly", [HEADER.replace("Period", "Month"), *monthly()])):
        file = home.settings.inbox / f"{name}.csv"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        said = ("--publisher", "Office", "--licence", "internal", "--cumulative", "no", "--yes")
        made = home.entrepot("sources", "new", str(file), *said)
        assert made.returncode == 0, made.stdout + made.stderr
    contract = home.settings.own_contracts / "yearly.yml"
    text = contract.read_text(encoding="utf-8")
    contract.write_text(
        text.replace("        trade:\n", "        trade:\n          coverage: complete\n"), encoding="utf-8"
    )
    result = home.entrepot("run")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "15 cells have no dollars, because no rate of the period is loaded." in result.stdout
    return home


def test_no_trade_is_zero_that_is_known_in_another_currency(con: duckdb.DuckDBPyConnection) -> None:
    zeros = "from marts.bilateral_year where year_number = 2018 and (exports_usd = 0 or imports_usd = 0)"
    assert rows(con, f"select reporter_code, partner_code {zeros}") == [("FIN", "SWE")]
    ranked = "from marts.partner_rank where reporter_code = 'SWE' and year_number = 2018"
    assert rows(con, f"select count(*) > 0, count(*) filter (value_state = 'implied_zero') {ranked}") == [(True, 0)]
    assert rows(con, f"select count(*) {ranked} and rank_is_certain") == [(0,)]
    mirrored = "from core.fct_trade_reconciled_pair where period_code = '2018' and exporter_code = 'SWE'"
    assert rows(con, f"select distinct exporter_state {mirrored}") == [("missing",)]


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
