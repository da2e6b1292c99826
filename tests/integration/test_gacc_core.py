"""China's customs from the stand-in into core: every cell is the printed figure, to its last unit; every row is
accounted for; growth, months and the bulletin are set beside each other."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from flows.settings import ROOT, Settings
from flows.sources.gacc.commodity import term_of
from flows.sources.gacc.division import level_of
from flows.sources.gacc.table import label_key
from standin.server import StandIn
from tests.customs import FLOWS, SOURCES, figures_of, misprint, period_of, tables_of
from tests.live import live_run
from tests.part_build import build_part

YEARS = (2023, 2024)
LOOKED_AT = ("+fct_trade", "+fct_trade_total", "+fct_trade_vintage", "+dim_area", "+unmapped_label", "+printed_growth",
             "+month_from_cumulative", "+bulletin_revision", "+bilateral_month", "+assert_no_row_lost")  # fmt: skip
Cells = dict[tuple[str, str, str, str, str], Decimal]


def seed(name: str) -> dict[str, str]:
    with (ROOT / "dbt_project" / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return {row[0]: row[1] for row in csv.reader(handle)}


AREAS, TERMS = seed("gacc_label"), seed("commodity_term")


@pytest.fixture(scope="module")
def truth() -> Iterator[dict[str, Any]]:
    """What the stand-in prints, with the warehouse built from it at `candidate`."""
    with StandIn() as standin:
        misprint(standin.office.world)
        yield {"url": standin.url, "tables": standin.office.truth("gacc")["gacc"]["tables"]}


@pytest.fixture(scope="module")
def core(truth: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """What is looked at below and all it stands on, with dbt's tests of it, from the pages of both years beside the
    bundled figures.
    """
    settings = Settings(warehouse=tmp_path_factory.mktemp("core") / "warehouse").model_copy(
        update={
            "stand_in": truth["url"],
            "live_sources": tuple(SOURCES),
            "history_from": YEARS[0],
            "history_to": YEARS[1],
        }
    )
    live_run(settings, [])
    with duckdb.connect(str(build_part(settings, *LOOKED_AT)), read_only=True) as con:
        yield con


def printed_cells(tables: dict[str, Any]) -> Cells:
    """Dollars of every printed figure by source, partner, flow, product and period. Labels of one area add up."""
    cells: Cells = defaultdict(Decimal)
    for year in YEARS:
        for table, month, section, page in tables_of(tables, year):
            factor = 1000 if table.startswith("gacc_bulletin") else 10**6
            for label, printed in page["figures"].items():
                for column, figure in figures_of(table, printed).items():
                    what, _, span = column.partition("_")
                    key = place(table, what, label, section)
                    is_twice = month.endswith("-01") and span == "cumulative"
                    if figure is not None and key and span in ("month", "cumulative") and not is_twice:
                        cells[(table.partition("__")[0], *key, period_of(month, span))] += figure * factor
    return dict(cells)


def place(table: str, what: str, label: str, section: str) -> tuple[str, str, str] | None:
    """Partner, flow and product of a figure; None where it is no value, or a total that another table has."""
    if table.endswith("commodity"):
        product = f"G:{TERMS[term_of(label)]}"
        return ("WLD", "X" if section == "5" else "M", product) if what == "value" else None
    if table.endswith("division"):
        level, code = level_of(label)
        product = {"chapter": "HS", "section": "S"}.get(level, "")
        return ("WLD", FLOWS[what], f"{product}:{code}") if product and what in FLOWS else None
    return (AREAS[label_key(label.removeprefix("of which:"))], FLOWS[what], "TOTAL") if what in FLOWS else None


def test_every_cell_of_core_is_the_printed_figure(core: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
    found = core.execute(
        "select source_code, partner_code, flow_code, product_key, period_code, value_usd from "
        "(select * from core.fct_trade union all select * from core.fct_trade_total) "
        "where source_code in ('gacc', 'gacc_bulletin') and conversion_rule = 'published'"
    ).fetchall()
    expected = printed_cells(truth["tables"])
    assert len(found) == len(expected) > 8000
    assert {tuple(row[:5]): row[5] for row in found} == expected


def test_countries_may_be_added_up_and_regions_may_not(core: duckdb.DuckDBPyConnection) -> None:
    rows = core.execute(
        "select flow_code, period_code, sum(trade.value_usd), any_value(world.value_usd) from core.fct_trade as trade "
        "inner join core.fct_trade_total as world using (source_code, flow_code, product_key, period_code) "
        "where source_code = 'gacc_bulletin' and world.partner_code = 'WLD' and trade.coverage = 'complete' "
        "group by all"
    ).fetchall()
    assert len(rows) == 2 * 2 * 23, "two flows, two years, twelve months and eleven cumulative periods"
    for flow, period, partners, world in rows:
        assert abs(partners - world) <= 20 * 500, (flow, period, "apart from rounding")
    kinds = core.execute(
        "select distinct area_kind from core.fct_trade inner join core.dim_area on partner_code = area_code "
        "where source_code in ('gacc', 'gacc_bulletin')"
    ).fetchall()
    assert {kind for (kind,) in kinds} == {"economy", "nes"}


def test_quantities_are_in_base_units_and_the_lost_unit_column_is_made_good(core: duckdb.DuckDBPyConnection) -> None:
    april = core.execute(
        "select quantity, quantity_unit_code, value_usd from core.fct_trade_total where source_code = 'gacc' "
        "and period_code = '2024-M04' and flow_code = 'X' and product_key = 'G:steel_products'"
    ).fetchone()
    assert april is not None
    assert april[1] == "kg", "the page in yuan has the unit the page in dollars lost"
    assert 0.2 < float(april[2]) / april[0] < 2, "dollars a kilogram of steel"
    unmapped = core.execute("select label_kind, label, currency_code from meta.unmapped_label order by all").fetchall()
    assert unmapped == [("quantity_unit", "none printed", "USD")]
    pairs = "select count(quantity) from core.fct_trade_total where product_key = 'G:footwear'"
    assert core.execute(pairs).fetchone() == (0,), "customs prints pairs in a wrong unit"


def test_growth_as_printed_rests_on_a_base_revised_by_what_the_stand_in_says(core: duckdb.DuckDBPyConnection) -> None:
    rows = core.execute(
        "select growth_state, base_value_printed is not null, median(base_revision_pct), count(*) "
        "from marts.printed_growth where source_code in ('gacc', 'gacc_bulletin') and left(period_code, 4) = '2024' "
        "and level_value > 1e9 group by all"
    ).fetchall()
    assert {state for state, *_ in rows} <= {"revised_base", "agrees"}
    assert {is_printed for _, is_printed, *_ in rows} == {True, False}
    for _, _, revision, _ in rows:
        assert abs(float(revision) - 0.4) < 0.1, "last year's figures are 0.4 % up"


def test_months_are_the_difference_of_cumulative_figures(core: duckdb.DuckDBPyConnection) -> None:
    rows = core.execute(
        "select source_code, currency_code, month_state, count(*) from marts.month_from_cumulative "
        "where source_code in ('gacc', 'gacc_bulletin') group by all"
    ).fetchall()
    assert {state for _, _, state, _ in rows} == {"agrees"}
    assert {(source, currency) for source, currency, *_ in rows} == {
        ("gacc", "CNY"), ("gacc", "USD"), ("gacc_bulletin", "USD"),
    }  # fmt: skip


def test_the_bulletin_revises_and_is_chosen(core: duckdb.DuckDBPyConnection) -> None:
    india = core.execute(
        "select revision_pct, chosen_source_code, choice_rule from marts.bulletin_revision "
        "where partner_code = 'IND' and flow_code = 'X' and period_code = '2024-M05'"
    ).fetchone()
    assert india is not None
    assert abs(float(india[0]) - 0.402) < 0.01
    assert india[1:] == ("gacc_bulletin", "bulletin_before_preliminary")
    month = core.execute(
        "select source_code from marts.bilateral_month where partner_code = 'IND' and period_code = '2024-M05' "
        "and reporter_code = 'CHN'"
    ).fetchone()
    assert month == ("gacc_bulletin",)
    bloc = core.execute(
        "select chosen_source_code, choice_rule from marts.bulletin_revision where partner_code = 'RCEP' limit 1"
    ).fetchone()
    assert bloc == ("gacc", "only_preliminary")
