"""Tables of one's own, a CSV and a workbook, in the star schema; saved answers beside them (tests/brought.py)."""

from __future__ import annotations

import json
from decimal import Decimal

import duckdb
import pytest

from flows.ledger import Ledger
from flows.steps import build
from tests.brought import AGAIN, DAY, PARTNERS
from tests.conftest import Home
from tests.opened import rows
from tests.periods import code_of


@pytest.fixture(scope="module")
def home(brought: Home) -> Home:
    return brought


def test_the_workbook_stands_in_the_star_schema_to_the_cent(con: duckdb.DuckDBPyConnection) -> None:
    cells = "reporter_code, partner_code, flow_code, product_key, period_code, value_usd, valuation_code"
    assert rows(con, f"select {cells} from core.fct_trade where source_code = 'sales'") == [
        ("FIN", "NOR", "X", "TOTAL", "2021-M03", Decimal("100.750"), "FOB")
    ]
    assert rows(con, f"select {cells} from core.fct_trade_total where source_code = 'sales'") == [
        ("FIN", "WLD", "M", "TOTAL", "2021-M03", Decimal("900.000"), "CIF")
    ]


def test_the_csv_keeps_its_currency_and_gets_dollars_by_the_rate_of_the_year(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        con,
        """
        select partner_code, flow_code, product_key, value_original, original_currency_code, net_weight_kg,
            trade.choice_rule, value_usd, rate
        from core.fct_trade as trade
        left join core.fct_exchange_rate as rate on rate.base_currency_code = 'EUR' and rate.is_chosen
            and rate.quote_currency_code = 'USD' and rate.period_code = trade.period_code
            and rate.rate_basis = 'period_average'
        where trade.source_code = 'port'
        order by all
        """,
    )
    assert [row[:7] for row in found] == [
        ("KOR", "X", "H5:010130", Decimal("10000.000"), "EUR", None, "only_report"),
        ("SWE", "M", "H5:270900", Decimal("200000.000"), "EUR", 1001.0, "latest_file"),
        ("SWE", "X", "H5:270900", Decimal("1600000.000"), "EUR", 1001.0, "latest_file"),
    ]
    for row in found:
        assert abs(float(row[7]) - float(row[3]) * float(row[8])) < 0.001 * float(row[7])


def test_a_period_in_any_layout_and_a_month_by_its_name_come_into_core(con: duckdb.DuckDBPyConnection) -> None:
    cells = "select {}, period_code from core.fct_trade where source_code = '{}' order by 1"
    assert rows(con, cells.format("partner_code", "calendar")) == [
        (partner, code_of(layout, DAY)) for layout, partner in PARTNERS.items()
    ]
    months = rows(con, cells.format("value_usd::int", "months"))
    assert months == [(number, f"2019-M{number:02}") for number in range(1, 13)]
    assert rows(con, "select * from meta.excluded_row where source_code in ('calendar', 'months')") == []


def test_what_is_no_cell_is_counted_by_reason_and_its_words_can_be_looked_up(con: duckdb.DuckDBPyConnection) -> None:
    counted = (
        "select source_code, reason, sum(n_rows)::int from meta.excluded_row where source_code in ({}) group by all"
    )
    assert sorted(rows(con, counted.format("'port', 'sales'"))) == [
        ("port", "no_value", 1),
        ("port", "superseded_by_later_file", 2),
        ("port", "unmapped_area", 2),
        ("port", "unmapped_period", 2),
        ("sales", "added_to_cell", 1),
    ]
    words = "select distinct partner_term from intermediate.int_own_record_classified where excluded_reason = {}"
    assert rows(con, words.format("'unmapped_area'")) == [("Atlantis",)]


def test_it_is_listed_described_and_covered_like_any_source(home: Home, con: duckdb.DuckDBPyConnection) -> None:
    listed = {source["source"]: source for source in json.loads(home.entrepot("sources", "--json").stdout)}
    assert listed["port"]["publisher"] == "Harbour Office"
    assert (listed["port"]["redistributable"], listed["port"]["raw_files"]) == (False, 2)
    described = rows(
        con,
        "select column_name, column_description from meta.dictionary "
        "where schema_name = 'raw' and table_name = 'stg_port__trade' order by column_position limit 1",
    )
    assert described == [("partner_country", "Partner country as delivered.")]
    assert rows(con, "select count(*) from raw.stg_port__trade") == [(5,)]
    assert rows(con, "select year_number, n_partners::int from meta.coverage where source_code = 'port'") == [(2019, 2)]
    assert rows(con, "select count(*) > 5 from meta.table_source where source_code = 'port'") == [(True,)]


def test_saved_answers_of_live_sources_lie_in_core_and_no_server_was_asked(
    home: Home, con: duckdb.DuckDBPyConnection
) -> None:
    files = (
        "select source_code, url from core.dim_raw_file where source_code in ('imf_imts', 'comtrade_api') order by all"
    )
    assert rows(con, files) == [
        ("comtrade_api", "inbox/comtrade.json"),
        ("imf_imts", "inbox/from the IMF.csv"),
    ]
    for source in ("imf_imts", "comtrade_api"):
        cells = "select count(*) > 0 from (from core.fct_trade union all from core.fct_trade_total)"
        assert rows(con, f"{cells} where source_code = '{source}'") == [(True,)]
    assert not (home.folder / "state" / "entrepot" / "quotas").exists(), "no publisher was asked"


def test_nothing_changed_nothing_to_do_but_a_changed_contract_is_built_anew(home: Home) -> None:
    assert "nothing to do" in (home.folder / AGAIN).read_text(encoding="utf-8").lower()
    settings, ledger = home.settings, Ledger(home.settings)
    assert build.is_up_to_date(settings, ledger, [])
    contract = settings.own_contracts / "port.yml"
    text = contract.read_text(encoding="utf-8")
    contract.write_text(text.replace("Harbour Office", "Port Authority"))
    try:
        assert not build.is_up_to_date(settings, ledger, [])
    finally:
        contract.write_text(text)


def test_a_contract_edited_wrongly_stops_nothing(home: Home) -> None:
    contract = home.settings.own_contracts / "port.yml"
    text, published = contract.read_text(encoding="utf-8"), home.settings.published.resolve()
    contract.write_text(text.replace("trade:", "trades:"), encoding="utf-8")
    try:
        result = home.entrepot("run")
        listed = home.entrepot("sources")
    finally:
        contract.write_text(text, encoding="utf-8")
    assert result.returncode == 3, result.stdout + result.stderr
    assert home.settings.published.resolve() == published, "it is as the last build had it"
    for said in (result, listed):
        told = " ".join((said.stdout + said.stderr).split())
        assert "Contract port.yml is not well formed" in told
        assert "until then it is used as it was at the last build" in told
