"""Changes of trade on invented worlds: contributions, constant shares, margins, prices; what must always hold."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.integration.test_indicator import AREAS, PRODUCTS
from tests.marts import Cell, Compiled
from tests.opened import rows
from tests.trade_indices import hummels_klenow

few = settings(max_examples=4, deadline=None, derandomize=True, phases=[Phase.generate])


def world(seed: int, scale: float = 1.0) -> list[Cell]:
    """Exports of two years: some products and partners are new, some are lost, some quantities are nonsense."""
    rng = Random(seed)
    cells = []
    for i in AREAS:
        for j in [*AREAS, "NES"]:
            for product in PRODUCTS:
                if i == j or rng.random() > 0.3:
                    continue
                price, kg = rng.lognormvariate(1, 0.3), rng.lognormvariate(8, 1)
                for year in (2020, 2021):
                    if rng.random() < 0.85:
                        price *= rng.uniform(0.9, 1.3)
                        kg *= rng.uniform(0.7, 1.4)
                        quantity = kg * rng.choice([1] * 30 + [1000])
                        cells.append(Cell(i, j, "X", product, round(scale * price * kg), year, quantity))
    return cells


@few
@given(st.integers(0, 1000))
def test_whatever_is_divided_adds_up_again(compiled: Compiled, seed: int) -> None:
    con = compiled.run(world(seed))
    parts = rows(
        con,
        "select sum(contribution_pct), max(growth_pct), sum(value_usd), max(total_usd) from marts.growth_contribution "
        "where growth_pct is not null group by reporter_code, partner_code, component_kind",
    )
    assert len(parts) > 100
    for contributions, growth, value, total in parts:
        assert contributions == pytest.approx(growth, rel=1e-9, abs=1e-9)
        assert value == total
    effects = rows(
        con,
        "select change_usd, world_effect_usd + products_effect_usd + markets_effect_usd + competitiveness_effect_usd "
        "+ unallocated_effect_usd, world_effect_usd, competitiveness_effect_usd from marts.constant_market_share "
        "where null_reason is null",
    )
    assert len(effects) == len(AREAS)
    for change, total, _, _ in effects:
        assert float(change) == pytest.approx(float(total), abs=0.01)
    assert float(sum(gain for *_, gain in effects)) == pytest.approx(0, abs=0.1), "what one gains another loses"
    margins = rows(
        con,
        "select change_usd, kept_products_usd + new_products_usd + lost_products_usd, product_breadth, "
        "product_depth, value_usd / sum(value_usd) over () from marts.trade_margin where period_code = '2021'",
    )
    assert len(margins) == len(AREAS)
    for change, total, extensive, intensive, share in margins:
        assert change == total
        assert 0 < extensive <= 1
        assert 0 < intensive <= 1
        assert extensive * intensive == pytest.approx(float(share))


def test_margins_by_market_are_those_of_hummels_and_klenow(compiled: Compiled) -> None:
    """Computed a second time from the cells, market by market; sparse, so that products and markets are missing."""
    cells = [cell for cell in world(11) if cell.year == 2021 and Random(repr(cell[:4])).random() < 0.5]
    con = compiled.run(cells)
    trade = con.execute(
        "select reporter_code as reporter, flow_code as flow, partner_code as partner, product_key as product, "
        "value_usd::double as usd, partner_code <> 'NES' as is_economy, true as is_product from core.fct_trade"
    ).df()
    true = hummels_klenow(trade)
    found = rows(
        con,
        "select reporter_code, hummels_klenow_extensive, hummels_klenow_intensive, n_markets, markets_coverage_pct "
        "from marts.trade_margin where flow_code = 'X' and null_reason = 'no_year_before'",
    )
    assert {row[0] for row in found} == true.keys() == set(AREAS)
    for reporter, extensive, intensive, n_markets, coverage in found:
        assert (extensive, intensive) == pytest.approx(true[str(reporter)], rel=1e-9), reporter
        assert 0 < extensive < 1
        assert 0 < n_markets <= len(AREAS) - 1
        assert 0 < coverage <= 100


@few
@given(st.integers(0, 1000))
def test_fisher_lies_between_and_prices_do_not_depend_on_scale(compiled: Compiled, seed: int) -> None:
    price = (
        "select reporter_code, partner_code, unit_value_laspeyres, unit_value_fisher, unit_value_paasche, "
        "volume_fisher, value_usd / before_usd, n_matched from marts.unit_value_index "
        "where null_reason is null order by 1, 2"
    )
    con = compiled.run(world(seed))
    found = rows(con, price)
    assert len(found) > 50
    for _, _, laspeyres, fisher, paasche, volume, ratio, _ in found:
        assert min(laspeyres, paasche) * (1 - 1e-12) <= fisher <= max(laspeyres, paasche) * (1 + 1e-12)
        assert fisher * volume == pytest.approx(ratio)
    (flagged,) = rows(con, "select count(*) from marts.unit_value_flag where is_outlier and robust_z > 3.5")
    assert flagged[0] > 20, "a quantity a thousand times too large is an outlier"
    everyone = [row for row in found if row[1] == "WLD"]
    assert everyone
    assert all(0.9 < row[3] < 1.3 for row in everyone), "prices rise by a tenth; the nonsense is left out"
    scaled = {row[:2]: row for row in rows(compiled.run(world(seed, 1000)), price)}
    for row in found:
        assert scaled[row[0], row[1]][3] == pytest.approx(row[3], rel=1e-2), "up to rounded values"


def test_without_whole_reports_nothing_is_divided_and_nothing_is_zero(compiled: Compiled) -> None:
    con = compiled.run(world(5), absent=[("A00", "X", 2020)])
    assert rows(
        con,
        "select distinct component_key, value_usd, contribution_pct, null_reason from marts.growth_contribution "
        "where reporter_code = 'A00'",
    ) == [("unknown", None, None, "no_whole_reports")]
    assert rows(
        con,
        "select value_usd, change_usd, null_reason, n_reporters from marts.constant_market_share "
        "where reporter_code = 'A00' and period_code = '2021'",
    ) == [(None, None, "no_whole_reports", len(AREAS) - 1)]
    assert rows(
        con, "select distinct unit_value_fisher, null_reason from marts.unit_value_index where reporter_code = 'A00'"
    ) == [(None, "no_whole_reports")]
