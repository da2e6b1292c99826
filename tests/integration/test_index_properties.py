"""What must hold for indices of any trade: more tariff lines, another source, another revision or another order of the
same trade change nothing; a report that is not there is missing from what it was a part of, and from nothing else.
"""

from __future__ import annotations

from random import Random

import duckdb
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.integration import test_trade_change as change
from tests.integration.test_indicator import AREAS, reported, values
from tests.marts import Cell, Compiled

few = settings(max_examples=3, deadline=None, derandomize=True, phases=[Phase.generate])
OF_THE_WORLD = ("rca", "rsca", "eci", "diversity", "trade_intensity")
CHANGES = {
    "growth_contribution": "reporter_code, partner_code, flow_code, component_kind, component_key, contribution_pct",
    "trade_margin": "reporter_code, flow_code, kept_products_usd / change_usd, product_breadth, product_depth",
    "constant_market_share": "reporter_code, world_effect_usd / change_usd, products_effect_usd / change_usd, "
    "markets_effect_usd / change_usd, competitiveness_effect_usd / change_usd",
    "unit_value_index": "reporter_code, partner_code, flow_code, unit_value_laspeyres, unit_value_paasche, "
    "volume_fisher",
}
Table = dict[tuple[str, ...], list[float]]
Indices = dict[tuple[str, ...], float | None]


def changes(con: duckdb.DuckDBPyConnection, mart: str) -> Table:
    """What a mart says of 2021 that does not depend on the unit of value, by the words of its row."""
    rows = con.execute(
        f"select {CHANGES[mart]} from marts.{mart} where period_code = '2021' and null_reason is null"
    ).fetchall()
    assert rows
    return {
        tuple(cell for cell in row if isinstance(cell, str)): [
            np.nan if cell is None else float(cell) for cell in row if not isinstance(cell, str)
        ]
        for row in rows
    }


def assert_alike(one: Indices, other: Indices) -> None:
    """The same indices, unknown where they are unknown."""
    assert one.keys() == other.keys()
    off = {key: (value, other[key]) for key, value in one.items() if not is_near(value, other[key])}
    assert off == {}


def is_near(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return bool(np.isclose(one, other, rtol=1e-9, atol=1e-9))


def assert_same(one: Table, other: Table, tolerance: float = 1e-9) -> None:
    assert one.keys() == other.keys()
    for key in one:
        np.testing.assert_allclose(other[key], one[key], rtol=tolerance, atol=tolerance, err_msg=str(key))


def tariff_lines(cells: list[Cell]) -> list[Cell]:
    """Each cell as two lines of eight digits."""
    return [
        cell._replace(product=f"{cell.product}{line}", value=part, kg=cell.kg and cell.kg * part / cell.value)
        for cell in cells
        for line, part in (("10", cell.value // 3), ("90", cell.value - cell.value // 3))
    ]


@few
@given(st.integers(0, 1000))
def test_more_tariff_lines_and_another_source_change_nothing(compiled: Compiled, seed: int) -> None:
    cells = change.world(seed)
    con = compiled.run(cells)
    split = tariff_lines(cells) + [cell._replace(source="reprint") for cell in cells]
    again = compiled.run(split)
    known = values(con)
    assert len(known) > 1000
    assert_alike(known, values(again, "source_code = 's'"))
    assert_alike(known, values(again, "source_code = 'reprint'"))
    for mart in CHANGES:
        again.execute(f"delete from marts.{mart} where source_code <> 's'")
        assert_same(changes(con, mart), changes(again, mart))


@few
@given(st.integers(0, 1000), st.sampled_from([100.0, 10.0]))
def test_neither_scale_nor_order_matters_to_what_changed(compiled: Compiled, seed: int, scale: float) -> None:
    """Values are whole dollars before and after, so that rounding is not scaled with them."""
    cells = change.world(seed)
    other = [cell._replace(value=cell.value * scale) for cell in cells]
    Random(seed).shuffle(other)
    con, again = compiled.run(cells), compiled.run(other)
    for mart in CHANGES:
        assert_same(changes(con, mart), changes(again, mart), 1e-6)


def test_goods_that_come_back_are_in_no_index_over_partners_or_of_pairs(compiled: Compiled) -> None:
    cells = reported()
    back = [cell._replace(partner=cell.reporter, value=5 * cell.value) for cell in cells if cell.reporter in AREAS[2:6]]
    con, again = compiled.run(cells), compiled.run(cells + list({cell[:4] + cell[5:]: cell for cell in back}.values()))
    pairs = "(indicator_code = 'trade_intensity' or indicator_code like '%\\_partners' escape '\\')"
    before, after = (values(one, pairs) for one in (con, again))
    assert len([value for value in before.values() if value is not None]) > 200
    assert_alike(before, after)
    assert values(con, "indicator_code = 'rca'") != values(again, "indicator_code = 'rca'"), "they are in its products"


@pytest.mark.parametrize("dropped", AREAS[3:5])
def test_a_dropped_report_is_missing_from_the_world_and_from_nothing_else(compiled: Compiled, dropped: str) -> None:
    cells = reported()
    con = compiled.run(cells)
    less = compiled.run([cell for cell in cells if not (cell.reporter == dropped and cell.year == 2021)])
    where = f"period_code = '2021' and '{dropped}' not in (reporter_code, partner_code)"
    world = f"indicator_code in {OF_THE_WORLD}"
    before, after = (values(one, f"{where} and not {world}") for one in (con, less))
    assert len([value for value in before.values() if value is not None]) > 200
    assert_alike(before, after)
    count = f"select indicator_code, max(n_missing) from marts.indicator where {where} and {world} group by 1"
    was, now = (dict(one.execute(count).fetchall()) for one in (con, less))
    assert now == {code: missing + 1 for code, missing in was.items()}
    assert set(now) == set(OF_THE_WORLD)
    own = less.execute(
        f"select distinct value, null_reason from marts.indicator where reporter_code = '{dropped}' "
        "and period_code = '2021'"
    ).fetchall()
    assert own == [(None, "not_reported")], "nothing of its own is known, and nothing is zero"
    weighted = less.execute(
        """
        select max(abs(weighted - 1)) from (
            select product_key, sum(rca * total_usd) / any_value(world_usd) as weighted
            from marts.product_indicator
            join (select reporter_code, sum(exports_usd) as total_usd from marts.product_indicator
                where period_code = '2021' group by 1) using (reporter_code)
            cross join (select sum(exports_usd) as world_usd from marts.product_indicator where period_code = '2021')
            where period_code = '2021' group by product_key)
        """
    ).fetchone()
    assert weighted == (pytest.approx(0, abs=1e-9),), "the world is that of the reports there are"


def test_a_revision_of_the_same_codes_changes_nothing(compiled: Compiled) -> None:
    """From 2021 on half of the reporters use the next revision, in which every code has one successor."""
    cells = reported()
    later = [
        cell._replace(product=cell.product.replace("H5:", "H6:"))
        if cell.year == 2021 and cell.reporter in AREAS[::2]
        else cell
        for cell in cells
    ]
    bridge = {product.replace("H5:", "H6:"): product for product in {cell.product for cell in cells}}
    con, switched = compiled.run(cells), compiled.run(later, bridge=bridge)
    assert_alike(values(con), values(switched))
    for mart in ("growth_contribution", "trade_margin", "constant_market_share"):
        assert_same(changes(con, mart), changes(switched, mart))
    converted = "select count(*) from marts.product_indicator where is_converted"
    assert con.execute(converted).fetchone() == (0,)
    assert switched.execute(converted).fetchone() != (0,)


def test_a_report_that_is_announced_twice_counts_once(compiled: Compiled) -> None:
    """A report that is published in two classifications is one report."""
    cells = reported()
    con = compiled.run(cells)
    twice = compiled.run(cells, announced_twice=True)
    assert_alike(values(con), values(twice))
