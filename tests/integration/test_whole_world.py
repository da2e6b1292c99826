"""From nothing all sources land and reach core, and hold the truth of the synthetic world to the last unit; after a
revision the new truth is current, and the old one stays as a vintage.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from statistics import fmean
from typing import Any

import duckdb
import pytest

from flows.cli.demo import REVISIONS, live_sources
from flows.ledger import Ledger, Run
from flows.settings import Settings
from flows.steps import fetch
from tests.world_totals import (
    LANDED,
    euro_rates,
    indicators,
    is_aggregate,
    is_economy,
    observations,
    rouble_rates,
    trade_of_datasets,
)
from tests.worlds import Shown

CONTRADICTS_ITSELF = "gacc/preliminary_country/2024-06-USD"
# What only says what there is: lists, availability, update dates, and totals by which a revision is known.
TELLS = re.compile(
    r"/getDa/|/bulk/v1/get/|/dataflow/|/statics/report/|bdd_modele_item|/indicator/|/intltrade/|WORLD\+EXT_EU27_2020"
)
REVISED = sorted({name for revision in REVISIONS for name in revision.sources})


def test_every_live_source_has_its_totals() -> None:
    assert set(LANDED) == set(live_sources(Settings()))


@pytest.fixture(scope="module")
def runs(shown: Shown) -> list[Run]:
    return Ledger(shown.settings).runs()


@pytest.fixture
def landed(shown: Shown) -> Iterator[duckdb.DuckDBPyConnection]:
    """For one test only: an open reader keeps this process from opening the file to write."""
    with duckdb.connect(str(shown.settings.landed), read_only=True) as con:
        yield con


def choose(con: duckdb.DuckDBPyConnection, file_ids: Iterable[str]) -> None:
    con.execute("create or replace temp table files as select unnest(?::varchar[]) as file_id", [list(file_ids)])


@pytest.mark.parametrize("source", LANDED)
def test_from_nothing_the_landed_rows_are_the_world(
    shown: Shown, runs: list[Run], landed: duckdb.DuckDBPyConnection, source: str
) -> None:
    choose(landed, (o.file_id for o in runs[0].outcomes if o.source == source and o.outcome == "new"))
    found, true = LANDED[source](landed, shown.settings, shown.before)
    assert found
    assert found == true


@pytest.mark.parametrize("source", LANDED)
def test_after_the_revisions_the_current_rows_are_the_new_world(
    shown: Shown, landed: duckdb.DuckDBPyConnection, source: str
) -> None:
    current = landed.execute("select file_id from raw.file where is_current and source_code = ?", [source]).fetchall()
    choose(landed, (file_id for (file_id,) in current))
    found, true = LANDED[source](landed, shown.settings, shown.after)
    assert found == true
    was = LANDED[source](landed, shown.settings, shown.before)[1]
    assert (true != was) is (source in REVISED), "only what was revised is another"


def stop_the_clock(monkeypatch: pytest.MonkeyPatch, at: datetime | None) -> None:
    """On another day there may be news, and lists are looked at once a day: a test may begin before midnight."""
    asking = [
        module for name, module in sys.modules.items() if name.startswith("flows.") and hasattr(module, "utc_now")
    ]
    for module in asking:
        monkeypatch.setattr(module, "utc_now", lambda: at)


def test_where_nothing_changed_no_publisher_is_asked_for_data(
    shown: Shown, runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_the_clock(monkeypatch, runs[-1].finished_at)
    settings = shown.settings.model_copy(update={"stand_in": shown.after.url})
    log = shown.after.office.control.log
    log.clear()
    plan = fetch.plan(settings, Ledger(settings), live_sources(settings))
    asked = {str(partition) for partition in plan.fetch}
    assert asked <= {CONTRADICTS_ITSELF}, "refused once; where it comes twice the same, once a day"
    assert {outcome.source for outcome in plan.kept} == set(live_sources(settings))
    assert log
    assert not [line["path"] for line in log if line["method"] != "HEAD" and not TELLS.search(line["path"])]
    totals = [line["query"] for line in log if "/intltrade/" in line["path"]]
    assert all(query["cty_code"] == "-" for query in totals), "the Census is asked for its totals only"


@pytest.mark.parametrize("source", REVISED)
def test_status_says_what_a_revision_changed(runs: list[Run], source: str) -> None:
    told = [outcome for outcome in runs[2].changed if outcome.source == source and outcome.difference]
    assert any(change.values and change.before != change.after for o in told for change in o.difference.changes)  # type: ignore[union-attr]


def core(path: Path, sql: str) -> dict[Any, tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as con:
        return {tuple(row[:3]): tuple(row[3:]) for row in con.execute(sql).fetchall()}


def trade(path: Path, source: str, value: str = "value_usd") -> dict[Any, tuple[Any, ...]]:
    """Cells and value of core.fct_trade by reporter, period and flow."""
    return core(
        path,
        f"select reporter_code, period_code, flow_code, count(*), sum({value}) from core.fct_trade "
        f"where source_code = '{source}' group by all",
    )


@pytest.mark.parametrize(("source", "width"), [("comtrade_api", 2), ("comtrade_bulk", 6)])
@pytest.mark.parametrize(("release", "state"), [(0, "before"), (-1, "after")])
def test_un_comtrade_reaches_core_to_the_last_unit(
    shown: Shown, source: str, width: int, release: int, state: str
) -> None:
    true = trade_of_datasets(shown.settings, getattr(shown, state), width)
    assert trade(shown.releases[release], source) == true


@pytest.mark.parametrize(("release", "state"), [(0, "before"), (-1, "after")])
def test_baci_reaches_core_to_the_last_unit(shown: Shown, release: int, state: str) -> None:
    publisher = next(one for one in getattr(shown, state).office.publishers.values() if one.name == "baci")
    newest = max(publisher.releases())
    found: dict[str, list[Any]] = defaultdict(lambda: [0, Decimal(0)])
    for (_, period, flow), (count, value) in trade(shown.releases[release], "baci").items():
        if flow == "X":
            found[period][0] += count
            found[period][1] += value
    true = {
        str(year): [len(rows), Decimal(sum(row.usd for row in rows.values()))]
        for year, rows in publisher.tables(newest).items()
        if year in shown.settings.years(date(2026, 1, 1))
    }
    assert dict(found) == true


def test_the_imf_reaches_core_to_the_last_unit(shown: Shown) -> None:
    true: dict[str, int] = defaultdict(int)
    for key, (_, value) in observations(shown.settings, shown.before).items():
        frequency, country, indicator, counterpart = key.split("|")
        if is_economy(counterpart) and indicator in ("XG_FOB_USD", "MG_CIF_USD"):
            true[f"{frequency}{country}{indicator[0]}"] += value
    found: dict[str, Decimal] = defaultdict(Decimal)
    for (reporter, period, flow), (_, value) in trade(shown.releases[0], "imf_imts").items():
        found[f"{'M' if '-M' in period else 'A'}{reporter}{flow}"] += value
    assert found == true


def test_rates_reach_core_as_the_averages_of_the_published_days(shown: Shown) -> None:
    with duckdb.connect(str(shown.releases[0]), read_only=True) as con:
        rows = con.execute(
            "select base_currency_code, quote_currency_code, period_code, rate from core.fct_exchange_rate "
            "where period_code in ('2023', '2024') and rate_basis = 'period_average' "
            "and publication_id = case when base_currency_code = 'EUR' then 'ecb_exr' else 'cbr_daily' end"
        ).fetchall()
    found = {(base, quote, period): float(rate) for base, quote, period, rate in rows}
    for year in ("2023", "2024"):
        one = shown.settings.model_copy(update={"history_from": int(year), "history_to": int(year)})
        for currency, rates in euro_rates(one, shown.before).items():
            mean = fmean(float(rate) for rate in rates if rate is not None)
            assert found["EUR", currency, year] == pytest.approx(mean, abs=1e-7)
        for currency in ("USD", "CNY"):
            days = rouble_rates(one, shown.before, currency).values()
            mean = fmean(float(rub) / units for units, rub in days)
            assert found[currency, "RUB", year] == pytest.approx(mean, abs=1e-7)


@pytest.mark.parametrize(("release", "state"), [(0, "before"), (-1, "after")])
def test_indicators_reach_core_to_the_last_unit(shown: Shown, release: int, state: str) -> None:
    true = {
        key: value
        for key, (_, value) in indicators(shown.settings, getattr(shown, state)).items()
        if value is not None and not is_aggregate(key.split("|")[1])
    }
    with duckdb.connect(str(shown.releases[release]), read_only=True) as con:
        rows = con.execute(
            "select area_code, period_code, indicator_code, coalesce(value_usd, value_persons) from core.fct_macro "
            "where coalesce(value_usd, value_persons) is not null"
        ).fetchall()
    names = {"population_persons": "SP.POP.TOTL"}
    found = {f"{names.get(indicator, 'NY.GDP.MKTP.CD')}|{area}|{year}": value for area, year, indicator, value in rows}
    assert found == true
