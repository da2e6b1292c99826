"""Original currencies in the warehouse: Eurostat's euro cell by cell as published, their dollars by the average of the
daily rates that landed, and what becomes of periods without a rate. The publishers are the stand-in.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest

from flows.ledger import Ledger
from flows.settings import ROOT, Settings
from flows.steps import fetch, land
from flows.transport.http import Http
from standin.server import StandIn
from standin.wdi import INDICATORS, OPENNESS
from tests.live import landing
from tests.opened import opened, rows
from tests.part_build import build_part

BULK = ("202404", "202405")
MODELS = ("fct_trade", "fct_trade_total", "fct_exchange_rate", "fct_macro", "excluded_row", "coverage")


@pytest.fixture(scope="module")
def standin() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


def ingest(settings: Settings, *sources: str) -> None:
    outcomes = landing(settings, sources, wanted=lambda partition: partition.table != "bulk" or partition.key in BULK)
    assert "failed" not in {outcome.outcome for outcome in outcomes}, outcomes


@pytest.fixture(scope="module")
def warehouse(
    standin: StandIn, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Settings, duckdb.DuckDBPyConnection]]:
    """Germany in 2023 and 2024, two months with every product; daily rates of 2024 only, and bundled yearly ones."""
    settings = Settings(
        warehouse=tmp_path_factory.mktemp("conversion"),
        bundled=ROOT / "warehouse" / "bundled",
    ).model_copy(
        update={
            "stand_in": standin.url, "reporters": ("DEU",), "history_from": 2023, "history_to": 2024,
            "http_backoff_seconds": 0.0,
        }
    )  # fmt: skip
    ingest(settings, "comext", "macro_extract")
    ingest(settings.model_copy(update={"history_from": 2024}), "ecb", "cbr")
    ingest(settings.model_copy(update={"history_from": 2010, "indicators": tuple(INDICATORS)}), "world_bank")
    ingest(settings.model_copy(update={"history_from": 2024, "comext_mode": "bulk"}), "comext")
    with opened(build_part(settings, *(f"+{model}" for model in MODELS))) as con:
        yield settings, con


def test_euro_and_cells_are_those_of_the_publisher_to_the_last_unit(
    warehouse: tuple[Settings, duckdb.DuckDBPyConnection], standin: StandIn
) -> None:
    _, con = warehouse
    truth = standin.office.truth("comext")["comext"]
    found = rows(
        con,
        """
        select replace(period_code, '-M', ''), count(*), sum(value_original) filter (where flow_code = 'X'),
            sum(value_original) filter (where flow_code = 'M'), sum(net_weight_kg) filter (where flow_code = 'X')
        from (select * from core.fct_trade union all by name
              select * from core.fct_trade_total where conversion_rule = 'no_rate' and product_key like 'H%'
                  and length(product_key) = 5 and partner_code not in ('WLD', 'EU27', 'XEU27'))
        where source_code = 'comext' and reporter_code = 'DEU' and period_code like '%-M%'
        group by all
        """,
    )
    names = ("X_eur", "M_eur", "X_kg")
    expected = {
        key[3:]: (entry["cells" if key[3:] in BULK else "chapters"], *(entry[name] for name in names))
        for key, entry in truth.items()
        if key.startswith("DE|") and key[3:7] in ("2023", "2024")
    }
    assert {period: tuple(map(int, values)) for period, *values in found} == expected


def test_dollars_are_the_euro_times_the_mean_of_the_daily_rates(
    warehouse: tuple[Settings, duckdb.DuckDBPyConnection],
) -> None:
    settings, con = warehouse
    with land.landed(settings, read_only=True) as raw:
        daily = rows(raw, "select time_period, obs_value from raw.ecb__reference_rate where currency = 'USD'")
    months: dict[str, list[Decimal]] = {}
    for day, rate in daily:
        if rate is not None:
            months.setdefault(f"{day:%Y-M%m}", []).append(rate)
            months.setdefault(f"{day:%Y}", []).append(rate)
    mean = {
        period: (sum(rates) / len(rates)).quantize(Decimal("1e-8"), ROUND_HALF_UP) for period, rates in months.items()
    }
    cells = rows(
        con,
        """
        select period_code, value_original, value_usd, conversion_rule, rate_publication_id
        from (from core.fct_trade union all by name from core.fct_trade_total)
        where source_code = 'comext' and period_code like '2024%'
        """,
    )
    assert len(cells) > 1000
    for period, euro, dollars, rule, publication in cells:
        assert (rule, publication) == ("average_rate", "ecb_exr")
        assert dollars == (euro * mean[period]).quantize(Decimal("0.001"), ROUND_HALF_UP), period


def test_without_a_rate_of_the_period_dollars_are_unknown_and_the_cells_are_counted(
    warehouse: tuple[Settings, duckdb.DuckDBPyConnection],
) -> None:
    _, con = warehouse
    by_rule = rows(
        con,
        """
        select length(period_code) = 4, conversion_rule, min(rate_publication_id), count(value_usd) = count(*),
            count(value_usd)
        from (from core.fct_trade union all by name from core.fct_trade_total)
        where source_code = 'comext' and period_code like '2023%'
        group by all order by 1
        """,
    )
    assert [row[:4] for row in by_rule] == [(False, "no_rate", None, False), (True, "average_rate", "ecb", True)]
    assert by_rule[0][4] == 0
    counted = rows(
        con,
        "select freq_code, n_rows = n_without_rate, n_rows = n_converted from meta.coverage "
        "where source_code = 'comext' and year_number = 2023 order by 1",
    )
    assert counted == [("A", False, True), ("M", True, False)]
    assert rows(con, "select count(*) from core.fct_trade where value_usd is null") == [(0,)]


def test_overlapping_partners_and_products_never_add_up(
    warehouse: tuple[Settings, duckdb.DuckDBPyConnection],
) -> None:
    _, con = warehouse
    in_total = rows(
        con,
        "select distinct partner_code from core.fct_trade_total where source_code = 'comext' "
        "and partner_code in ('WLD', 'EU27', 'XEU27') order by 1",
    )
    assert in_total == [("EU27",), ("WLD",), ("XEU27",)]
    levels = rows(
        con,
        "select period_code, list(distinct length(product_key) order by length(product_key)) from core.fct_trade "
        "where source_code = 'comext' and period_code in ('2024-M03', '2024-M04') group by all order by 1",
    )
    assert levels == [("2024-M03", [5]), ("2024-M04", [11])], "chapters, and CN codes where there are any"
    assert rows(
        con, "select count(*) > 0 from core.fct_trade where source_code = 'comext' and product_key = 'H6:99RRR100'"
    ) == [(True,)]


def test_each_bank_is_asked_for_the_pairs_it_knows_best(
    warehouse: tuple[Settings, duckdb.DuckDBPyConnection],
) -> None:
    _, con = warehouse
    chosen = rows(
        con,
        "select base_currency_code || '/' || quote_currency_code, list(distinct publication_id) "
        "from core.fct_exchange_rate "
        "where period_code like '2024%' and is_chosen and rate_basis = 'period_average' group by all order by 1",
    )
    assert dict(chosen) == {
        "CNY/RUB": ["cbr_daily"], "EUR/CNY": ["ecb_exr"], "EUR/RUB": ["cbr_daily"], "EUR/USD": ["ecb_exr"],
        "USD/CNY": ["ecb_exr"], "USD/RUB": ["cbr_daily"],
    }  # fmt: skip
    spans = rows(
        con,
        "select distinct period_code from core.fct_exchange_rate where publication_id = 'cbr_daily' "
        "and base_currency_code = 'EUR' and quote_currency_code = 'USD' and period_code like '2024%'",
    )
    assert {"2024", "2024-M02", "2024-Q2", "2024-YTD02", "2024-YTD11"} <= {span for (span,) in spans}
    (apart,) = rows(
        con,
        "select max(abs(one.rate / other.rate - 1)) from core.fct_exchange_rate as one "
        "join core.fct_exchange_rate as other using (base_currency_code, quote_currency_code, period_code, rate_basis) "
        "where one.publication_id = 'cbr_daily' and other.publication_id = 'ecb_exr' "
        "and rate_basis = 'period_average' and period_code like '2024%'",
    )
    assert apart[0] < 0.002, "two ways to a rate lead to the same one"


def test_every_indicator_of_the_settings_reaches_the_warehouse(
    warehouse: tuple[Settings, duckdb.DuckDBPyConnection], standin: StandIn
) -> None:
    _, con = warehouse
    found = rows(
        con,
        "select indicator_code, count(*), sum(coalesce(value_usd, value_persons, value_in_own_unit)) "
        "from core.fct_macro where publication_id = 'wdi' and period_code <= '2024' group by all",
    )
    names = {"NY.GDP.MKTP.CD": "gdp_usd", "SP.POP.TOTL": "population_persons"}
    truth = standin.office.truth("wdi")["wdi"]
    assert {name: (count, total) for name, count, total in found} == {
        names.get(code, code): (entry["values"], Decimal(entry["sum"])) for code, entry in truth.items()
    }
    (unit,) = rows(con, f"select distinct indicator_name from core.fct_macro where indicator_code = '{OPENNESS}'")
    assert unit == ("Trade (% of GDP)",)
    reasons = dict(
        rows(con, "select reason, sum(n_rows) from meta.excluded_row where source_code = 'world_bank' group by 1")
    )
    assert set(reasons) == {"no_value", "group_of_areas"}


@pytest.mark.parametrize(
    ("source", "currency", "year", "sentence"),
    [
        ("ecb", "RUB", 2023, "The ECB has no rate of RUB in 2023."),
        ("cbr", "VND", 2018, "The Bank of Russia has no rate of VND in 2018."),
    ],
)
def test_a_year_without_a_rate_of_a_currency_is_absent_and_no_failure(
    settings: Settings, standin: StandIn, source: str, currency: str, year: int, sentence: str
) -> None:
    asked = settings.model_copy(
        update={"stand_in": standin.url, "currencies": (currency,), "history_from": year, "history_to": year}
    )
    ledger = Ledger(asked)
    http = Http(asked, ledger, sleep=lambda seconds: None)
    parts = fetch.plan(asked, ledger, [source], http=http).fetch
    outcomes = [fetch.fetch_partition(asked, ledger, partition, http) for partition in parts]
    assert {outcome.outcome for outcome in outcomes} == {"absent"}
    assert sentence in {outcome.reason for outcome in outcomes}
