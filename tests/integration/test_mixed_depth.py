"""A report need not go equally deep everywhere: chapters beside one subheading, in one file and revision or in two.

Nothing is lost and nothing counted twice; what is not used is told with its value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import duckdb
import pytest

from tests.conftest import Home
from tests.nothing_bundled import MILLION, WHOLE, said
from tests.opened import opened


@pytest.fixture(scope="module")
def con(nothing_bundled: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(nothing_bundled.settings.published) as connection:
        yield connection


def test_four_records_are_not_used(nothing_bundled: Home) -> None:
    assert "are used; the other 4 are listed with their reason" in said(nothing_bundled)


def test_what_may_be_added_up_is_the_whole_flow(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute(
        "select reporter_code, sum(value_usd)::bigint from core.fct_trade where partner_code = 'USA' and "
        "flow_code = 'X' group by all order by all"
    ).fetchall()
    assert found == [(reporter, WHOLE) for reporter in ("BRA", "CHL", "COL", "PER")]
    shown = con.execute(
        "select distinct reporter_code, exports_usd::bigint, exports_state from marts.bilateral_year "
        "where partner_code = 'USA' and reporter_code in ('BRA', 'CHL', 'COL', 'PER') order by all"
    ).fetchall()
    assert shown == [(reporter, WHOLE, "observed") for reporter in ("BRA", "CHL", "COL", "PER")]


@pytest.mark.parametrize("reporter", ["BRA", "CHL"])
def test_a_part_of_a_chapter_stands_beside_the_rest_of_it(con: duckdb.DuckDBPyConnection, reporter: str) -> None:
    cells = con.execute(
        "select product_key, value_usd::bigint, cell_state from core.fct_trade where partner_code = 'USA' "
        f"and flow_code = 'X' and reporter_code = '{reporter}' and (product_key like 'H5:27%' or product_key = "
        "'UNALLOCATED') order by all"
    ).fetchall()
    assert cells == [("H5:27-", 5 * MILLION, "suppressed"), ("H5:270900", 5 * MILLION, "observed")]
    published = con.execute(
        "select value_usd::bigint from core.fct_trade_total where partner_code = 'USA' and flow_code = 'X' "
        f"and reporter_code = '{reporter}' and product_key = 'H5:27'"
    ).fetchall()
    assert published == [(10 * MILLION,)]


@pytest.mark.parametrize("reporter", ["BRA", "CHL"])
def test_commodities_keep_their_value(con: duckdb.DuckDBPyConnection, reporter: str) -> None:
    found = dict(
        con.execute(
            "select commodity_group_code, value_usd::bigint from marts.commodity_mix where partner_code = 'USA' "
            f"and flow_code = 'X' and reporter_code = '{reporter}'"
        ).fetchall()
    )
    assert (found["crude_oil"], found["energy"]) == (5 * MILLION, 10 * MILLION)
    shares = con.execute(
        "select share_of_flow_pct from marts.commodity_mix where partner_code = 'USA' and flow_code = 'X' "
        f"and reporter_code = '{reporter}' and commodity_group_code = 'energy'"
    ).fetchall()
    assert [round(float(share), 2) for (share,) in shares] == [3.33]


def test_a_revision_that_is_not_used_is_told_with_its_value(con: duckdb.DuckDBPyConnection) -> None:
    """Two flows of Peru and Colombia each: chapters of HS 2012 reach more than one code of HS 2017."""
    told = con.execute("select reason, n_rows, value_usd::bigint from meta.excluded_row").fetchall()
    assert told == [("other_revision", 4, 20 * MILLION)]
    used = con.execute(
        "select distinct left(product_key, 3) from core.fct_trade where reporter_code in ('COL', 'PER') "
        "and product_key <> 'TOTAL'"
    ).fetchall()
    assert used == [("H4:",)]


def test_a_heading_without_finer_codes_counts_and_a_broken_down_one_keeps_its_rest(
    con: duckdb.DuckDBPyConnection,
) -> None:
    cells = con.execute(
        "select product_key, (value_usd / 1e6)::integer from core.fct_trade where reporter_code = 'ARG' "
        "and flow_code = 'X' order by all"
    ).fetchall()
    assert cells == [("H5:100199", 5), ("H5:8543", 7), ("H5:8703-", 3), ("H5:870323", 4), ("H5:870324", 3)]
    placed = con.execute(
        "select product_name, product_level, parent_product_key from core.dim_product where product_key = 'H5:8703-'"
    ).fetchall()
    assert placed == [("HS 8703, not specified further", "residual", "H5:8703")]


def test_what_is_left_of_a_code_and_would_exceed_the_total_is_told_with_its_value(
    con: duckdb.DuckDBPyConnection,
) -> None:
    cells = con.execute(
        "select product_key, (value_usd / 1e6)::integer from core.fct_trade where reporter_code = 'MEX' "
        "and flow_code = 'X' and (product_key like 'H5:27%' or product_key = 'UNALLOCATED') order by all"
    ).fetchall()
    assert cells == [("H5:270900", 5), ("UNALLOCATED", 2)]
    (told,) = con.execute(
        "select passed, failing_rows, sample_json from meta.check_result where check_name = 'total_code_is_broken_down'"
    ).fetchall()
    assert told[:2] == (False, 2)
    assert [float(row["left_over_usd"]) for row in json.loads(told[2])] == [5 * MILLION, 5 * MILLION]


def test_an_economy_is_compared_at_the_level_it_is_known_at(con: duckdb.DuckDBPyConnection) -> None:
    """Brazil's report is by chapter but for a little, so its products are its chapters, all of them."""
    found = con.execute(
        "select product_level, count(*), sum(value_usd)::bigint from intermediate.yearly_product "
        "where reporter_code = 'BRA' and flow_code = 'X' group by all"
    ).fetchall()
    assert found == [("chapter", 30, 2 * WHOLE)]
