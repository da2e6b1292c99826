"""HS revisions on the synthetic world: what was true comes back within stated bounds, and no value is lost or made.

The world's reporters change from HS 2017 to HS 2022 in different years, and two of its old codes became two new ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from standin.economy import OLDER_CODE, YEARS, classification
from standin.world import World, reported
from tests.opened import copy_release, opened
from tests.world_warehouse import INVARIANTS, violations

BOUND = 0.1
"""Reporters split a code differently; the weights are their average and may miss the world's own split by this."""


@pytest.fixture
def con(world_release: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(world_release) as connection:
        yield connection


def weights(con: duckdb.DuckDBPyConnection, code: str) -> dict[str, tuple[float, str]]:
    sql = """
        select to_code, weight, weight_method
        from core.bridge_product_revision where from_product_key = ? and to_revision = 'H6'
    """
    return {to: (weight, method) for to, weight, method in con.execute(sql, [f"H5:{code}"]).fetchall()}


def true_split(old: str) -> dict[str, float]:
    """How the world's reports of the years around the switches divide an old code."""
    sums: dict[str, int] = defaultdict(int)
    for reporter in World().reporters():
        for year in YEARS:
            if classification(reporter, year, "A") == "H6":
                for (flow, _, code), (mills, _) in reported(reporter, year).items():
                    if flow in "XM" and OLDER_CODE.get(code) == old:
                        sums[code] += sum(mills)
    return {code: value / sum(sums.values()) for code, value in sums.items()}


@pytest.mark.parametrize("old", sorted(set(OLDER_CODE.values())))
def test_estimated_weights_recover_the_worlds_split(con: duckdb.DuckDBPyConnection, old: str) -> None:
    found = weights(con, old)
    truth = true_split(old)
    assert {method for _, method in found.values()} == {"estimated"}
    assert sum(weight for weight, _ in found.values()) == pytest.approx(1, abs=1e-9)
    for code, share in truth.items():
        assert found[code][0] == pytest.approx(share, abs=BOUND), code
    assert set(found) == set(truth), "nothing goes to codes that nobody trades"


def converted_error(con: duckdb.DuckDBPyConnection, split: str) -> float:
    """Value put on the wrong HS 2022 code, as a share of the value of the split codes, over all H5 reports."""
    sql = f"""
        select reporter_code, flow_code, partner_code, period_code, to_code, sum(value_usd * weight)
        from core.fct_trade
        inner join ({split}) as split on product_key = from_product_key
        where product_key in ('H5:851712', 'H5:854140') and period_code >= '2019'
        group by all
    """
    found = {tuple(row[:5]): row[5] for row in con.execute(sql).fetchall()}
    areas = dict(con.execute("select code, area_code from seed.area_code where code_system = 'comtrade'").fetchall())
    truth: dict[tuple[str, ...], float] = {}
    for reporter in World().reporters():
        for period in World().periods("A", reporter):
            if classification(reporter, int(period), "A") == "H5" and int(period) in YEARS:
                for (flow, partner, code), (mills, _) in reported(reporter, int(period)).items():
                    if code in OLDER_CODE and flow in "XM":
                        key = (areas[str(reporter)], flow, areas[str(partner)], period, code)
                        truth[key] = sum(mills) / 1000
    cells = truth.keys() | found.keys()
    wrong = sum(abs(float(found.get(cell, 0.0)) - truth.get(cell, 0.0)) for cell in cells)
    return wrong / 2 / sum(truth.values())


def test_sending_everything_to_one_code_is_the_mistake_it_is_known_to_be(con: duckdb.DuckDBPyConnection) -> None:
    ours = converted_error(
        con, "select from_product_key, to_code, weight from core.bridge_product_revision where to_revision = 'H6'"
    )
    largest = converted_error(
        con,
        """select from_product_key, arg_max(to_code, weight) as to_code, 1 as weight
        from core.bridge_product_revision where to_revision = 'H6' group by all""",
    )
    assert largest > 0.2, "the classic conversion, at its best"
    assert ours < 0.75 * largest


def test_published_weights_come_first(con: duckdb.DuckDBPyConnection) -> None:
    sql = """
        select to_product_key, round(weight, 9), weight_method
        from core.bridge_product_revision
        where from_product_key = 'H4:293190' and to_revision in ('H3', 'H5')
        order by to_product_key
    """
    assert con.execute(sql).fetchall() == [
        ("H3:293100", 1.0, "whole"),
        ("H5:293131", 0.75, "published"),
        ("H5:293190", 0.25, "published"),
    ]


@pytest.fixture
def altered(world_release: Path, tmp_path: Path) -> Path:
    """A copy of the world, to be spoilt."""
    return copy_release(world_release, tmp_path / "trade.duckdb")


def plant(con: duckdb.DuckDBPyConnection, product_keys: list[str]) -> None:
    """Nothing but a cell of 1000 dollars, ten kilograms and four items of each product."""
    con.execute("delete from core.trade_cell")
    con.executemany(
        """insert into core.trade_cell by name
        select 's' as source_code, 'CHN' as reporter_code, 'RUS' as partner_code, 'X' as flow_code,
            ? as product_key, '2021' as period_code, 1000 as value_usd, 10 as net_weight_kg, 4 as quantity,
            'u' as quantity_unit_code, 'download' as coverage, 'observed' as cell_state, true as is_additive,
            'f' as file_id, 1 as line""",
        [[key] for key in product_keys],
    )


def test_chapters_change_only_by_the_listed_moves(altered: Path) -> None:
    sql = """
        with moved as (
            select substr(product_key, 4, 2) as chapter, value_usd as value from core.trade_in_revision('H0')
            union all
            select substr(reported_product_key, 4, 2), -value_usd from core.trade_in_revision('H0')
            union all
            select left(to_code, 2), -1000 * weight
            from core.bridge_product_revision where from_revision = 'H6' and to_revision = 'H0' and is_other_chapter
            union all
            select left(from_code, 2), 1000 * weight
            from core.bridge_product_revision where from_revision = 'H6' and to_revision = 'H0' and is_other_chapter
        )
        select max(abs(value)) from (select sum(value) as value from moved group by chapter)
    """
    with opened(altered, read_only=False) as con:
        plant(con, [key for (key,) in con.execute(CODES_OF_2022).fetchall()])
        (moved,) = con.execute(MOVED).fetchall()[0]
        (unexplained,) = con.execute(sql).fetchall()[0]
    assert moved > 10_000, "what was planted moves"
    assert unexplained < 1, "what is left is rounding to thousandths of a dollar"


MOVED = """
    select sum(value_usd)
    from core.trade_in_revision('H0') where substr(product_key, 4, 2) <> substr(reported_product_key, 4, 2)
"""
CODES_OF_2022 = "select distinct from_product_key from core.bridge_product_revision where from_revision = 'H6'"


PLANTED = {
    "H5:851712": "converted", "H5:85171200": "converted", "H6:851713": "same_revision", "H6:27": "same_revision",
    "H6:27RRR100": "same_revision", "HS:27": "not_six_digits", "TOTAL": "not_six_digits", "G:coal": "not_six_digits",
    "H5:999999": "special_code", "H0:9999AA": "special_code", "H5:27RRR100": "special_code",
    "HS:270900": "unknown_revision", "H5:123456": "unmapped", "H5:300219": "unmapped",
}  # fmt: skip


def test_every_cell_is_in_the_answer_and_says_what_became_of_it(altered: Path) -> None:
    with opened(altered, read_only=False) as con:
        plant(con, list(PLANTED))
        rows = con.execute(
            """select reported_product_key, any_value(conversion_state), sum(value_usd), sum(net_weight_kg),
                sum(quantity), any_value(quantity_unit_code), count(*), bool_or(is_converted),
                bool_and(product_key = reported_product_key)
            from core.trade_in_revision('H6') group by 1"""
        ).fetchall()
    assert {row[0]: row[1] for row in rows} == PLANTED
    for key, state, value, weight, quantity, unit, parts, is_converted, is_same in rows:
        assert (float(value), unit, is_converted, is_same) == (
            pytest.approx(1000, abs=0.001 * parts), "u", state == "converted", state != "converted",
        ), key  # fmt: skip
        assert (weight, quantity) == (pytest.approx(10), pytest.approx(4)), key
        assert (parts > 1) == (state == "converted"), key


UNKNOWN = "insert into meta.unconvertible_product values ('s', '2021', 'H5:123456', 'H6', 'unmapped', 1000, 1.0, 1)"


@pytest.mark.parametrize(
    ("spoil", "test"),
    [
        ("update core.bridge_product_revision set weight = weight * 1.01 where from_code = '851712'", "add_up"),
        ("delete from core.bridge_product_revision where to_product_key = 'H6:851714'", "add_up"),
        ("delete from core.bridge_product_revision where to_product_key = 'H6:851714'", "value"),
        (UNKNOWN, "converted"),
    ],
)
def test_the_invariants_can_fail(world_release: Path, altered: Path, spoil: str, test: str) -> None:
    name = next(name for name in INVARIANTS if name.endswith(test))
    with opened(altered, read_only=False) as con:
        assert violations(con, world_release, name) == []
        con.execute(spoil)
        assert violations(con, world_release, name) != []
