"""Indices of the demo's releases beside a second computation from the truth of the synthetic world.

BACI's years are the true flows, so its indices are those of the truth. UN Comtrade's are what one economy reported, so
they are those of its report to the last unit; a report is a few percent off the truth, and so are its indices.
"""

from __future__ import annotations

import csv

import duckdb
import pandas as pd
import pytest

from flows.settings import ROOT
from standin.baci import is_unknown
from standin.economy import CONFIDENTIAL, CONFIDENTIAL_CODE, ECONOMIES, HS92_CODE
from standin.server import StandIn
from standin.truth import true_trade
from standin.world import Amount, flows
from tests.trade_indices import Indices, Trade, Universe, concentration, constant_shares, fisher, indices, margins
from tests.worlds import Shown

COLUMNS = ["reporter", "flow", "partner", "product", "usd", "kg"]
PROVISIONAL = 0.97
"""Part of the truth in the newest year of a release."""
Row = tuple[str, str, str, str, float, float]


def gdp_usd(standin: StandIn, year: int) -> dict[str, float]:
    """Gross domestic product by economy, as the World Bank knows it."""
    bank = next(one for one in standin.office.publishers.values() if one.name == "wdi")
    known = {home.iso3: bank.value("NY.GDP.MKTP.CD", code, year) for code, home in ECONOMIES.items() if code != 490}
    return {iso3: value for iso3, value in known.items() if value is not None}


def universe(year: int, hs_revision: str) -> Universe:
    """Economies of the year, and codes of the correlation tables, counted in the files themselves."""
    with (ROOT / "dbt_project/seeds/area.csv").open(encoding="utf-8") as file:
        areas = [row for row in csv.DictReader(file) if row["area_kind"] == "economy"]
    there = [area for area in areas if (area["valid_from"] or "0")[:4] <= str(year) <= (area["valid_to"] or "9999")[:4]]
    with (ROOT / "warehouse/bundled/hs_correlation/pair.csv").open(encoding="utf-8") as file:
        codes = {
            row[f"{side}_code"]
            for row in csv.DictReader(file)
            for side in ("from", "to")
            if row[f"{side}_revision"] == hs_revision and row[f"{side}_code"][:2] not in ("98", "99")
        }
    return Universe(len(there), len(codes))


def told(rows: list[Row]) -> Trade:
    trade = pd.DataFrame(rows, columns=COLUMNS)
    names = {home.iso3 for home in ECONOMIES.values()}
    return trade.assign(
        is_economy=trade["partner"].isin(names) & (trade["partner"] != trade["reporter"]),
        is_product=trade["product"] != CONFIDENTIAL_CODE,
    )


def true_products(year: int) -> dict[tuple[str, str, str], Amount]:
    """Per exporter, importer and HS 2022 product of a year: FOB value in thousandths of USD, and kg."""
    return {
        (ECONOMIES[exporter].iso3, ECONOMIES[importer].iso3, code): Amount(sum(flow.mills), sum(flow.kg))
        for (exporter, importer, code), flow in flows(year).items()
    }


def truth(year: int, part: float = 1) -> Trade:
    """The true flows in HS 1992, from both sides; what Germany hides is no product. Weights as far as BACI has them."""
    codes = {home.iso3: code for code, home in ECONOMIES.items()}
    rows: list[Row] = []
    for (exporter, importer, code), true in true_products(year).items():
        hidden = (exporter, code[:2]) == (ECONOMIES[CONFIDENTIAL[0]].iso3, CONFIDENTIAL[1])
        product = CONFIDENTIAL_CODE if hidden else HS92_CODE.get(code, code)
        kg = float("nan") if is_unknown(codes[exporter], codes[importer], product) else true.kg
        usd = true.mills * part / 1000
        rows += [(exporter, "X", importer, product, usd, kg), (importer, "M", exporter, product, usd, kg)]
    return told(rows)


def reports(standin: StandIn, reporters: tuple[str, ...], year: int) -> Trade:
    """What economies reported to UN Comtrade of a year; those without a report are not in it."""
    rows: list[Row] = []
    for code, home in ECONOMIES.items():
        dataset = standin.office.world.dataset("A", code, str(year)) if home.iso3 in reporters else None
        for (flow, partner, product), amount in dataset.cells.items() if dataset else ():
            name = ECONOMIES[partner].iso3 if partner in ECONOMIES else str(partner)
            if flow in ("X", "M"):
                rows.append((home.iso3, flow, name, product, amount.mills / 1000, amount.kg))
    return told(rows)


def published(shown: Shown, release: int, source: str, year: int) -> Indices:
    """All values of marts.indicator of a source and year."""
    with duckdb.connect(str(shown.releases[release]), read_only=True) as con:
        rows = con.execute(
            "select indicator_code, reporter_code, partner_code, flow_code, product_key, value from marts.indicator "
            "where source_code = ? and period_code = ? and value is not null",
            [source, str(year)],
        ).fetchall()
    return {row[:5]: row[5] for row in rows}


def assert_alike(found: Indices, true: Indices, tolerance: float) -> None:
    assert found.keys() == true.keys(), sorted(found.keys() ^ true.keys())[:10]
    off = {key: (found[key], true[key]) for key in true if found[key] != pytest.approx(true[key], tolerance, tolerance)}
    assert off == {}


def test_the_truth_by_product_is_the_truth_by_pair() -> None:
    for name, entry in true_trade().items():
        exporter, importer, year = name.split("|")
        if year == "2023":
            pair = (ECONOMIES[int(exporter)].iso3, ECONOMIES[int(importer)].iso3)
            assert entry["fob_mills"] == sum(true.mills for key, true in true_products(2023).items() if key[:2] == pair)


def test_indices_of_a_reconciled_year_are_those_of_the_truth(shown: Shown) -> None:
    """All of them, for twelve economies; a figure is a whole dollar, the smallest are some thousands."""
    true = indices(truth(2023), gdp_usd(shown.before, 2023), universe(2023, "H0"))
    assert len({code for code, *_ in true}) == 23
    assert_alike(published(shown, 0, "baci", 2023), true, 1e-6)


@pytest.mark.parametrize(("release", "state", "year"), [(0, "before", 2023), (0, "before", 2024), (-1, "after", 2024)])
def test_indices_of_a_report_are_those_of_what_was_reported(shown: Shown, release: int, state: str, year: int) -> None:
    """China's, and Kazakhstan's where it has reported; Russia has not, and has none."""
    standin: StandIn = getattr(shown, state)
    trade = reports(standin, ("CHN", "KAZ", "RUS"), year)
    late = year == 2024 and state == "before"
    assert set(trade["reporter"]) == ({"CHN"} if late else {"CHN", "KAZ"})
    true = indices(trade, gdp_usd(standin, year), universe(year, "H6"))
    assert_alike(published(shown, release, "comtrade_bulk", year), true, 1e-9)


def test_a_report_is_near_the_truth(shown: Shown) -> None:
    """Kazakhstan's exports are valued FOB as the truth is, and none of them goes through the hub."""
    true = concentration(truth(2023), universe(2023, "H0"))
    found = published(shown, 0, "comtrade_bulk", 2023)
    for code in ("hhi_partners", "hhi_equivalent_partners", "theil_intensive_partners"):
        key = (code, "KAZ", "WLD", "X", "TOTAL")
        assert found[key] == pytest.approx(true[key], rel=0.02)
        assert found[key] != pytest.approx(true[key], rel=1e-9), "it is the report, not the truth"


def test_growth_of_a_report_is_divided_as_it_was_reported(shown: Shown) -> None:
    """China's trade of 2024 on 2023, by partner and by chapter: difference over the total of 2023."""
    before, now = (reports(shown.before, ("CHN",), year) for year in (2023, 2024))
    with duckdb.connect(str(shown.releases[0]), read_only=True) as con:
        rows = con.execute(
            "select component_kind, flow_code, component_key, contribution_pct from marts.growth_contribution "
            "where source_code = 'comtrade_bulk' and reporter_code = 'CHN' and period_code = '2024' "
            "and partner_code = 'WLD' and component_key <> 'residual'"
        ).fetchall()
    assert {kind for kind, *_ in rows} == {"partner", "product"}
    for kind, flow, key, contribution in rows:
        sums = []
        for trade in (before, now):
            side = trade[trade["flow"] == flow]
            part = side["product"].str[:2] == key[3:] if kind == "product" else side["partner"] == key
            if key == "X899":
                part = side["partner"] == "899"
            sums.append((side.loc[part, "usd"].sum(), side["usd"].sum()))
        (was, total), (is_now, _) = sums
        assert contribution == pytest.approx(100 * (is_now - was) / total, rel=1e-9), key


def test_changes_of_a_reconciled_year_are_those_of_the_truth(shown: Shown) -> None:
    """Margins of 2023, and effects and prices of 2024, of which three in a hundred dollars are not in yet."""
    before, now = truth(2023), truth(2024, PROVISIONAL)
    with duckdb.connect(str(shown.releases[0]), read_only=True) as con:
        breadth = con.execute(
            "select reporter_code, flow_code, product_breadth, product_depth from marts.trade_margin "
            "where source_code = 'baci' and period_code = '2023'"
        ).fetchall()
        effects = con.execute(
            "select reporter_code, world_effect_usd, products_effect_usd, markets_effect_usd, "
            "competitiveness_effect_usd from marts.constant_market_share "
            "where source_code = 'baci' and period_code = '2024'"
        ).fetchall()
        prices = con.execute(
            "select reporter_code, unit_value_laspeyres, unit_value_paasche, unit_value_fisher "
            "from marts.unit_value_index where source_code = 'baci' and period_code = '2024' "
            "and flow_code = 'X' and partner_code = 'WLD'"
        ).fetchall()
    true_margins, true_effects, true_prices = margins(before), constant_shares(before, now), fisher(before, now)
    assert {(row[0], row[1]) for row in breadth} == true_margins.keys()
    assert {row[0] for row in effects} == set(true_effects.index) == true_prices.keys() == {row[0] for row in prices}
    for reporter, flow, *found in breadth:
        assert found == pytest.approx(true_margins[reporter, flow], rel=1e-6)
    for reporter, *found in effects:
        assert [float(value) for value in found] == pytest.approx(list(true_effects.loc[reporter]), abs=1e4)
    for reporter, *found in prices:
        assert found == pytest.approx(true_prices[reporter], rel=1e-6)
