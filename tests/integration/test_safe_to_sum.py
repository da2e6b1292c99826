"""Safe to sum: core.fct_trade and marts.trade_year added up in every tempting way give the totals, or a stated rest."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest

from tests import one_source
from tests.opened import rows
from tests.worlds import Shown

# Sources that publish a World figure, and how far their partners may be from it: what has no named partner is no
# partner of the IMF, Comext's euros are rounded one by one, China's thousands too; gacc lists the largest only.
REST = {
    "comtrade_api": Decimal(0),
    "comtrade_bulk": Decimal(0),
    "census": Decimal(0),
    "comext": Decimal("1e-9"),
    "gacc_bulletin": Decimal("1e-6"),
    "imf_imts": Decimal("1e-3"),
}
SELECTED = {"gacc"}


@pytest.fixture
def con(shown: Shown) -> Iterator[duckdb.DuckDBPyConnection]:
    """The first release of the demo."""
    with duckdb.connect(str(shown.releases[0]), read_only=True) as connection:
        yield connection


def test_over_partners_and_products_it_is_the_world(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        con,
        """
        select added_up.source_code, added_up.partners_usd, total.value_usd
        from (
            select source_code, reporter_code, flow_code, period_code, sum(value_usd) as partners_usd
            from core.fct_trade group by all
        ) as added_up
        join core.fct_trade_total as total using (source_code, reporter_code, flow_code, period_code)
        where total.partner_code = 'WLD' and total.product_key = 'TOTAL'
        """,
    )
    assert {source for source, *_ in found} == set(REST) | SELECTED
    for source, partners, world in found:
        if source in SELECTED:
            assert partners < world, "a list of the largest partners is less than all"
        else:
            assert abs(partners - world) <= REST[source] * world, source


def test_over_products_it_is_the_total_of_the_partner(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        con,
        """
        select count(*), count(*) filter (where added_up.products_usd <> total.value_usd)
        from (
            select source_code, reporter_code, partner_code, flow_code, period_code, sum(value_usd) as products_usd
            from core.fct_trade where product_key <> 'TOTAL' group by all
        ) as added_up
        join core.fct_trade_total as total using (source_code, reporter_code, partner_code, flow_code, period_code)
        where total.product_key = 'TOTAL' and added_up.source_code like 'comtrade%'
        """,
    )
    assert found[0][0] > 1000
    assert found[0][1] == 0


def test_what_the_sum_lacks_of_the_published_total_is_said(con: duckdb.DuckDBPyConnection) -> None:
    """For each source, reporter, flow and period: sum and shortfall are the World, whatever detail is loaded."""
    found = rows(
        con,
        """
        select
            total.source_code, availability.partner_scope, total.value_usd,
            added_up.partners_usd + availability.partner_shortfall_usd
        from (
            select source_code, reporter_code, flow_code, period_code, sum(value_usd) as partners_usd
            from core.fct_trade group by all
        ) as added_up
        join core.fct_trade_total as total using (source_code, reporter_code, flow_code, period_code)
        left join core.fct_availability as availability using (source_code, reporter_code, flow_code, period_code)
        where total.partner_code = 'WLD' and total.product_key = 'TOTAL' and availability.classification_code = 'TOTAL'
        """,
    )
    assert {source for source, *_ in found} == set(REST) | SELECTED
    assert {scope for source, scope, *_ in found if source in SELECTED} == {"selected"}
    assert all(said is not None and abs(world - said) <= Decimal("1e-9") * world for _, _, world, said in found)


def test_no_product_level_revision_group_or_part_of_a_flow_is_in_it_twice(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(con, "select distinct flow_code from core.fct_trade order by 1") == [("M",), ("X",)]
    assert rows(con, "select count(*) > 0 from core.fct_trade_total where flow_code = 'RM'") == [(True,)]
    assert rows(
        con,
        "select count(*) from core.fct_trade join core.dim_area on partner_code = area_code "
        "where area_kind in ('world', 'group')",
    ) == [(0,)]
    assert rows(con, "select count(*) > 0 from core.fct_trade_total where partner_code = 'EUU'") == [(True,)]
    assert not rows(
        con,
        """
        select source_code from core.fct_trade
        group by source_code, reporter_code, partner_code, flow_code, period_code
        having count(distinct length(product_key)) > 1 and count(distinct left(product_key, 2)) > 1
        """,
    )


@pytest.mark.parametrize("source", ["comtrade_bulk", "census", "comext"])
def test_months_are_the_year_and_never_beside_it(con: duckdb.DuckDBPyConnection, source: str) -> None:
    by = "select reporter_code, flow_code, left(period_code, 4), sum(value_usd) from core.trade_of('{}', '{}')"
    by += " group by all"
    years = {row[:3]: row[3] for row in rows(con, by.format(source, "A"))}
    months = {row[:3]: row[3] for row in rows(con, by.format(source, "M"))}
    assert years
    assert years.keys() <= months.keys(), "a year may come later than its months: then it is missing, not their sum"
    for key, year in years.items():
        # a month in euro is turned into dollars at its own rate
        assert abs(months[key] / year - 1) <= (Decimal("0.01") if source == "comext" else 0), key
    whole = rows(con, f"select sum(value_usd) from core.fct_trade where source_code = '{source}'")[0][0]
    assert whole > Decimal("1.9") * sum(years.values()), "what adding up without the filter would give"


def test_cumulative_spans_and_sources_are_kept_apart(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(con, "select count(*) from core.trade_of('census', 'YTD')") == [(0,)]
    assert rows(con, "select count(distinct source_code) from core.trade_of('census', 'M')") == [(1,)]


def test_trade_year_is_safe_along_every_column(con: duckdb.DuckDBPyConnection) -> None:
    assert not rows(
        con,
        "select reporter_code from marts.trade_year group by reporter_code, flow_code, year_number "
        "having count(distinct source_code) > 1",
    ), "one source a reporter, flow and year"
    worlds = rows(
        con,
        """
        select year.reporter_code, year.flow_code, year.year_number, year.value_usd, total.value_usd
        from (
            select reporter_code, flow_code, year_number, any_value(source_code) as source_code,
                sum(value_usd) as value_usd
            from marts.trade_year group by reporter_code, flow_code, year_number
        ) as year
        join core.fct_trade_total as total
            on total.source_code = year.source_code and total.reporter_code = year.reporter_code
            and total.flow_code = year.flow_code and total.period_code = year.year_number::varchar
            and total.partner_code = 'WLD' and total.product_key = 'TOTAL'
        """,
    )
    assert {reporter for reporter, *_ in worlds} == {"CHN", "KAZ", "USA", "DEU"}, "Russia stopped: not there, not zero"
    for *_, partners, world in worlds:
        assert abs(partners - world) <= Decimal("1e-3") * world
    everything = rows(con, "select sum(value_usd) from marts.trade_year")[0][0]
    for column in ("reporter_code", "partner_code", "flow_code", "year_number", "source_code"):
        parts = rows(con, f"select sum(value_usd) from marts.trade_year group by {column}")
        assert sum(part for (part,) in parts) == everything
    assert abs(everything - sum(world for *_, world in worlds)) <= Decimal("1e-3") * everything


@pytest.mark.parametrize("mart", one_source.BY_ROW)
def test_no_row_stands_on_two_sources(con: duckdb.DuckDBPyConnection, mart: str) -> None:
    assert one_source.of_no_single_source(con, mart) == []
