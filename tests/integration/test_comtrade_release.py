"""UN Comtrade from empty to a published warehouse: API, bulk files, lists and a download equal the truth in core."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from flows.contracts import load_contracts
from flows.settings import Settings
from standin.server import StandIn
from tests.conftest import Home
from tests.warm_entrepot import ENTREPOT

pytestmark = pytest.mark.e2e  # four sources, from the first request to the release: a minute and more

KEY = "a-key-of-the-release-test"
SOURCES = ("comtrade_api", "comtrade_bulk", "comtrade_csv", "comtrade_reference")
UNKNOWN = "991"
REPORTERS = {398: "KAZ", 842: "USA"}


def download(home: Home) -> None:
    """A Comtrade Plus CSV in the inbox: a thousand million with Russia, and a little with a partner nobody knows."""
    table = load_contracts(Settings().contracts)["comtrade_csv"].table("plus_trade")
    known = {
        "typeCode": "C", "freqCode": "A", "refYear": "2021", "refMonth": "52", "period": "2021", "reporterCode": "156",
        "flowCode": "X", "partner2Code": "0", "classificationCode": "H5", "cmdCode": "TOTAL", "aggrLevel": "0",
        "customsCode": "C00", "mosCode": "0", "motCode": "0", "qtyUnitCode": "-1",
    }  # fmt: skip
    home.settings.inbox.mkdir(parents=True)
    with (home.settings.inbox / "download.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, [*(column.header for column in table.columns), *table.ignored], restval="")
        writer.writeheader()
        writer.writerow({**known, "partnerCode": "643", "primaryValue": "1000000000", "fobvalue": "1000000000"})
        writer.writerow({**known, "partnerCode": UNKNOWN, "primaryValue": "500000.5", "fobvalue": "500000.5"})


@pytest.fixture(scope="module")
def standin() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture(scope="module")
def home(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("comtrade"), follows=False)
    download(home)
    asked = {
        "BASE_URL": standin.url, "COMTRADE_KEY": KEY, "REPORTERS": ",".join(REPORTERS.values()), "FREQUENCIES": "A,M",
        "HISTORY_FROM": "2022", "HISTORY_TO": "2022", "COMTRADE_PRODUCTS": "TOTAL,AG2,AG6",
    }  # fmt: skip
    environment = home.environment | {f"ENTREPOT_{name}": value for name, value in asked.items()}
    command = [ENTREPOT, "run", *(word for name in SOURCES for word in ("-s", name))]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return home


@pytest.fixture(scope="module")
def con(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home.settings.published), read_only=True) as connection:
        connection.execute(
            "create temp view cell as select *, true as is_base from core.fct_trade "
            "union all select *, false from core.fct_trade_total"
        )
        yield connection


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return con.execute(sql).fetchall()


def truth(standin: StandIn) -> dict[tuple[str, str], dict[str, Any]]:
    """By reporter and period code: what was published of 2022."""
    found = {}
    for key, entry in standin.truth("comtrade")["comtrade"].items():
        _, reporter, period = key.split("|")
        if int(reporter) in REPORTERS and period.startswith("2022"):
            found[REPORTERS[int(reporter)], f"2022-M{period[4:]}" if period[4:] else period] = entry
    assert len(found) == 26
    return found


@pytest.mark.parametrize(
    ("source", "levels"),
    [("comtrade_api", ("rows_total", "rows_ag2", "rows_ag6")), ("comtrade_bulk", ("rows",))],
)
def test_core_holds_every_row_of_the_truth(
    con: duckdb.DuckDBPyConnection, standin: StandIn, source: str, levels: tuple[str, ...]
) -> None:
    counted = rows(
        con, f"select reporter_code, period_code, count(*) from cell where source_code = '{source}' group by all"
    )
    expected = {key: sum(entry[level] for level in levels) for key, entry in truth(standin).items()}
    assert {(reporter, period): n for reporter, period, n in counted} == expected


@pytest.mark.parametrize("source", ["comtrade_api", "comtrade_bulk"])
def test_core_holds_every_dollar_of_the_truth(con: duckdb.DuckDBPyConnection, standin: StandIn, source: str) -> None:
    expected = {
        (reporter, period, flow): Decimal(entry[f"{flow}_usd"])
        for (reporter, period), entry in truth(standin).items()
        for flow in "XM"
    }
    added_up = rows(
        con,
        f"select reporter_code, period_code, flow_code, sum(value_usd) from core.fct_trade "
        f"where source_code = '{source}' group by all",
    )
    assert {(reporter, period, flow): usd for reporter, period, flow, usd in added_up} == expected, "products add up"
    world = rows(
        con,
        "select reporter_code, period_code, flow_code, value_usd from core.fct_trade_total where partner_code = 'WLD' "
        f"and product_key = 'TOTAL' and flow_code in ('X', 'M') and source_code = '{source}'",
    )
    assert {(reporter, period, flow): usd for reporter, period, flow, usd in world} == expected, "so does World"


def test_the_same_figure_by_api_and_bulk_is_one_cell_per_source(con: duckdb.DuckDBPyConnection) -> None:
    key = "reporter_code, partner_code, flow_code, product_key, period_code"
    api, bulk = (
        rows(con, f"select {key}, value_usd, valuation_code, n_reports from cell where source_code = 'comtrade_{name}' "
                  "and length(split_part(product_key, ':', 2)) <> 4 order by all")
        for name in ("api", "bulk")
    )  # fmt: skip
    assert api == bulk
    assert {n_reports for *_, n_reports in api} == {1}
    chosen = rows(con, "select distinct turnover_source_code from marts.bilateral_year where reporter_code = 'KAZ'")
    assert chosen == [("comtrade_api",)], "asked before the bulk files, by priority"


def test_valuation_is_that_of_the_records_or_of_the_note(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        con,
        "select distinct source_code, reporter_code, flow_code, valuation_code from cell "
        "where source_code in ('comtrade_api', 'comtrade_bulk') and flow_code in ('X', 'M') order by all",
    )
    expected = [("KAZ", "M", "FOB"), ("KAZ", "X", "FOB"), ("USA", "M", "CIF"), ("USA", "X", "FOB")]
    assert found == [(source, *row) for source in ("comtrade_api", "comtrade_bulk") for row in expected]


def test_products_without_a_text_take_that_of_the_list(con: duckdb.DuckDBPyConnection) -> None:
    names = dict(rows(con, "select product_key, product_name from core.dim_product"))
    assert names["H6:270900"] == "Crude oils"
    assert names["H6:2709"] == "Group 2709"
    assert names["H6:27"] != "Mineral fuels, oils and products of their distillation", "chapters have a text of ours"
    assert rows(con, "select count(*) from core.dim_product where product_name = 'HS ' || product_code") == [(0,)]
    may_pass_on = rows(con, "select is_redistributable from core.dim_source where source_code = 'comtrade_reference'")
    assert may_pass_on == [(False,)]
    behind = rows(con, "select source_code from meta.table_source where table_name = 'dim_product'")
    assert ("comtrade_reference",) in behind, "so that a public export stops at its texts"


def test_parts_of_totals_and_unknown_partners_are_counted(con: duckdb.DuckDBPyConnection) -> None:
    excluded = rows(
        con, "select source_code, reason, sum(n_rows)::integer from meta.excluded_row group by all order by all"
    )
    (parts, unknown) = excluded
    assert parts[:2] == ("comtrade_bulk", "detail_of_a_total")
    landed = rows(con, "select sum(row_count)::integer from core.dim_raw_file where source_code = 'comtrade_bulk'")
    cells = rows(con, "select count(*) from cell where source_code = 'comtrade_bulk'")
    assert parts[2] + cells[0][0] == landed[0][0]
    assert unknown == ("comtrade_csv", "unknown_area", 1)
    shown = rows(con, "select code, source_code, n_rows, value_usd, round(share_pct, 3) from meta.unmapped_area_code")
    assert shown == [(UNKNOWN, "comtrade_csv", 1, Decimal("500000.500"), 0.05)]
    broken = rows(
        con, "select check_name from meta.check_result where not passed and check_name like '%code%' order by all"
    )
    assert broken == [("listed_codes_known",), ("unmapped_codes_none",)], "named, and too little to stop the release"


def test_coverage_counts_each_source(con: duckdb.DuckDBPyConnection, standin: StandIn) -> None:
    found = rows(
        con,
        "select reporter_code, freq_code, n_rows from meta.coverage where source_code = 'comtrade_bulk' order by all",
    )
    every = truth(standin)
    assert found == [
        (
            reporter,
            freq,
            sum(e["rows"] for (of, p), e in every.items() if of == reporter and ("M" in p) == (freq == "M")),
        )
        for reporter in ("KAZ", "USA")
        for freq in ("A", "M")
    ]


def test_the_key_is_nowhere_in_the_warehouse(home: Home) -> None:
    holding = [path for path in home.folder.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert holding == []
