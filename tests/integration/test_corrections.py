"""Corrections in a warehouse: applied in every table that holds the figure, dated, explained, refused when stale."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import duckdb
import pytest

from flows.settings import ROOT, Settings
from flows.steps.building import corrections
from tests.conftest import Home
from tests.opened import opened, rows
from tests.part_build import build_part

FIXTURES = ROOT / "tests" / "fixtures"
OF_2017 = "reporter_code = 'CHN' and partner_code = 'RUS' and flow_code = 'T' and period_code = '2017'"
SHIPPED = ("exports_june_2023", "imports_june_2023", "total_2017")


def correct(settings: Settings, *changes: dict[str, str]) -> None:
    """Write corrections.csv: each a change of a correction of China's exports to Russia in 2024 by IMF IMTS."""
    base = {
        "source_code": "imf_imts", "publication_id": "", "reporter_code": "CHN", "partner_code": "RUS",
        "flow_code": "X", "product_key": "TOTAL", "period_code": "2024", "measure_code": "value_usd",
        "reason": "A test.", "evidence": "None.", "corrected_by": "tests",
        "corrected_at": datetime.now(UTC).replace(tzinfo=None).isoformat(),
    }  # fmt: skip
    with settings.own_corrections.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, corrections.COLUMNS)
        writer.writeheader()
        writer.writerows({**base, "correction_code": f"own_{n}", **change} for n, change in enumerate(changes))


@pytest.fixture
def con(published: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(published.settings.published) as connection:
        yield connection


def test_what_ships_is_applied(con: duckdb.DuckDBPyConnection) -> None:
    states = "select correction_code, correction_state, declared_in from meta.correction_outcome order by all"
    assert rows(con, states) == [(code, "applied", "project") for code in SHIPPED]


def test_a_misprint_is_put_right_in_its_report_and_stays_to_be_seen(con: duckdb.DuckDBPyConnection) -> None:
    reports = rows(
        con,
        "select distinct value_usd, uncorrected_value_usd, is_corrected from core.fct_trade_report "
        f"where {OF_2017} and publication_id = 'ri180112' and source_code = 'gacc_quoted'",
    )
    assert reports == [(Decimal("84070000000.000"), Decimal("80070000000.000"), True)]
    landed = (
        "select distinct turnover_usd_bn from raw.stg_gacc_quoted__partner_trade where publication_id = 'ri180112' "
        "and reporter_code = 'CHN' and partner_code = 'RUS' and period_start = '2017-01-01'"
    )
    assert rows(con, landed) == [(Decimal("80.070000"),)]
    bounds = "select value_usd, value_usd_min from core.fct_trade_total where source_code = 'gacc_quoted' and "
    assert rows(con, f"{bounds}{OF_2017}") == [(Decimal("84070000000.000"), Decimal("84070000000.000"))]


def test_swapped_labels_are_put_right_in_every_table_that_holds_the_figures(con: duckdb.DuckDBPyConnection) -> None:
    june = "reporter_code = 'CHN' and partner_code = 'RUS' and product_key = 'TOTAL' and period_code = '2023-M06'"
    expected = [("M", Decimal("11280000000.000")), ("X", Decimal("9551000000.000"))]
    for table in ("core.fct_trade", "core.trade_asof(now()::timestamp)", "core.fct_trade_vintage"):
        of = f"from {table} where source_code = 'gacc_quoted' and {june} and flow_code in ('X', 'M')"
        assert rows(con, f"select distinct flow_code, value_usd {of} order by all") == expected
    month = "select exports_usd, imports_usd from marts.bilateral_month where reporter_code = 'CHN' "
    month += "and partner_code = 'RUS' and period_code = '2023-M06'"
    assert rows(con, month) == [(expected[1][1], expected[0][1])]


def test_no_figure_is_flagged_that_no_correction_is_of(con: duckdb.DuckDBPyConnection) -> None:
    flagged = rows(
        con,
        "select distinct source_code, publication_id, reporter_code, partner_code, flow_code, product_key, period_code "
        "from core.fct_trade_report where is_corrected or uncorrected_value_usd is not null "
        "except select source_code, publication_id, reporter_code, partner_code, flow_code, product_key, period_code "
        "from meta.correction_outcome",
    )
    assert flagged == []
    known = "is_corrected <> (uncorrected_value_usd is not null) or uncorrected_value_usd = value_usd"
    assert rows(con, f"select count(*) from core.fct_trade_report where {known}") == [(0,)]


def test_explain_finds_the_misprint_and_says_who_put_it_right_and_why(published: Home) -> None:
    asked = ("explain", "80.07", "--reporter", "CHN", "--partner", "RUS", "--period", "2017")
    found, *others = json.loads(published.entrepot(*asked, "--json").stdout)
    assert all("report" not in other for other in others), "what else holds the figure is a statement"
    assert float(found["report"]["value_usd"]) == 84.07e9
    assert ",80.07," in found["raw_line"]
    (correction,) = found["corrections"]
    assert correction["correction_code"] == "total_2017"
    said = published.entrepot(*asked).stdout
    assert "corrected: printed 80.07 bn USD, corrected to 84.07 bn USD (total_2017, by " in said
    assert correction["reason"] in said
    assert correction["evidence"] in said


CELLS = ("+fct_trade", "+fct_trade_vintage", "+correction_outcome", "+assert_no_row_lost")
"""What a correction reaches: the cells with their vintages, what became of the corrections, what was left out."""


@pytest.fixture(scope="module")
def home(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The bundled figures, and five of the IMF through the inbox."""
    home = published.copy_without_exports(tmp_path_factory.mktemp("corrections") / "home")
    home.settings.inbox.mkdir(parents=True, exist_ok=True)
    shutil.copy(FIXTURES / "imf_imts" / "partner_trade.csv", home.settings.inbox / "imf.csv")
    done = home.entrepot("ingest")
    assert done.returncode == 0, done.stdout + done.stderr
    return home


def test_a_correction_of_ones_own_counts_from_when_it_was_made(home: Home) -> None:
    settings = home.settings
    before = datetime.now(UTC).replace(tzinfo=None)
    press = {
        "source_code": "gacc_quoted", "publication_id": "rt448783", "flow_code": "T", "period_code": "2018",
        "expected_value": "107060000000", "new_value": "107065000000",
    }  # fmt: skip
    correct(settings, {"expected_value": "111222333444", "new_value": "111333222444"}, press)
    with opened(build_part(settings, *CELLS)) as con:
        assert rows(con, "select count(*) from meta.correction_outcome where correction_state = 'applied'") == [(5,)]
        cell = "reporter_code = 'CHN' and partner_code = 'RUS' and product_key = 'TOTAL' and "
        imf = cell + "source_code = 'imf_imts' and flow_code = 'X' and period_code = '2024'"
        gacc = cell + "source_code = 'gacc_quoted' and flow_code = 'T' and period_code = '2018'"
        fact = "value_usd, value_usd_min, value_usd_max, value_original, uncorrected_value_usd, is_corrected"
        new, old = Decimal("111333222444.000"), Decimal("111222333444.000")
        assert rows(con, f"select {fact} from core.fct_trade where {imf}") == [(new, new, new, new, old, True)]
        known = "select value_usd, is_corrected, known_from <= ?, known_to is null from core.fct_trade_vintage where "
        for which, values in ((imf, (old, new)), (gacc, (Decimal("107060000000.000"), Decimal("107065000000.000")))):
            vintages = con.execute(f"{known}{which} order by vintage_number", [before]).fetchall()
            assert vintages == [(values[0], False, True, False), (values[1], True, False, True)]


def test_a_correction_that_no_longer_matches_stops_the_build_and_says_what_to_do(home: Home) -> None:
    settings = home.settings
    correct(
        settings,
        {"correction_code": "changed", "expected_value": "7", "new_value": "8"},
        {"correction_code": "mended", "period_code": "2017", "source_code": "gacc_quoted", "flow_code": "T",
         "publication_id": "rt448783", "expected_value": "80070000000", "new_value": "84070000000"},
        {"correction_code": "gone", "period_code": "1066", "expected_value": "7", "new_value": "8"},
        {"correction_code": "unnamed", "period_code": "2017", "source_code": "gacc_quoted", "flow_code": "T",
         "expected_value": "84070000000", "new_value": "7"},
    )  # fmt: skip
    released = settings.published.resolve()
    done = home.entrepot("run")
    assert done.returncode == 1
    said = " ".join((done.stdout + done.stderr).split())
    place = f"in {settings.own_corrections}."
    for sentence in (
        "The correction 'changed' expects value_usd 7 for exports of CHN with RUS, TOTAL, 2024, but imf_imts now says "
        f"111,222,333,444; look at it again and correct or delete the line {place}",
        "The correction 'gone' expects value_usd 7 for exports of CHN with RUS, TOTAL, 1066, but imf_imts has no such "
        f"figure; correct the codes or delete the line {place}",
        "The correction 'mended' expects value_usd 80,070,000,000 for turnover of CHN with RUS, TOTAL, 2017, but "
        f"gacc_quoted (rt448783) now says 84,070,000,000 itself; delete the line {place}",
        "The correction 'unnamed' expects value_usd 84,070,000,000 for turnover of CHN with RUS, TOTAL, 2017, but "
        f"gacc_quoted has no such figure; correct the codes or delete the line {place}",
    ):
        assert sentence in said
    assert settings.published.resolve() == released
