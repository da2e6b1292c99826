"""A reporter that stops, as Russia did after 2021: no zero stands for its reports in a table of core or marts, others'
figures stand beside, ranks are intervals, and every table that shows the gap says so in words.

Looked at in what ships (press quotes of Russia go on for a while) and in the synthetic world, where Russia stops for
good while its partners, the IMF's estimates and BACI go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from flows.read.wording.pair import month_state, rank_state, trade_state
from tests.conftest import Home
from tests.opened import rows
from tests.worlds import Shown

REPORTER, NAME, LAST = "RUS", "Russia", 2021

# Numbers that count something else than trade: nought of them is no statement about it.
COUNTS = ("count", "years", "periods", "digits", "months", "days", "calendar year", "line of the raw file", "bytes")
# Zeros that say something else than "no trade".
OTHER_ZEROS = {
    ("core", "fct_availability", "product_excess_usd"): "no product of a pair exceeds the pair's total",
    ("core", "fct_trade_reconciled", "weight_exporter"): "a report that is not there has no weight",
    ("core", "fct_trade_reconciled", "weight_importer"): "the same",
    ("core", "fct_trade_reconciled_pair", "weight_exporter"): "the same",
    ("core", "fct_trade_reconciled_pair", "weight_importer"): "the same",
    ("core", "fct_trade_report", "quantity_yoy_pct"): "growth of nought, printed in a publication",
    ("marts", "claim_evidence", "found_low"): "years in the first place, for sure",
    ("marts", "coverage", "nes_share_pct"): "every part of an estimate has a partner's name",
    ("marts", "partner_rank", "low_usd"): "the least a trade nobody reports can be; high_usd says the most",
    ("marts", "reporter_asymmetry", "far_apart_pct"): "no partner whose report lies far from the estimate",
    ("marts", "revision", "rules_difference_usd"): "the rules changed nothing",
    ("marts", "revision", "report_difference_usd"): "the reports changed nothing",
}
# The tables a dashboard shows a pair, a rank or an index from, with their words on what is missing.
WORDS = {
    "bilateral_year": "state_code",
    "bilateral_month": "state_code",
    "bilateral_group_year": "state_code",
    "partner_rank": "state_code",
    "indicator": "null_reason",
    "growth_contribution": "null_reason",
    "trade_margin": "null_reason",
    "unit_value_index": "null_reason",
    "partner_profile": "exports_state",
}
SENTENCES = {"bilateral_year": trade_state, "bilateral_month": month_state, "partner_rank": rank_state}


@pytest.fixture
def shipped(published: Home) -> Path:
    return published.settings.published.resolve()


@pytest.fixture
def synthetic(shown: Shown) -> Path:
    return shown.releases[-1]


@pytest.fixture(params=["shipped", pytest.param("synthetic", marks=pytest.mark.e2e)])
def con(request: pytest.FixtureRequest) -> Iterator[duckdb.DuckDBPyConnection]:
    """Both releases, one after the other."""
    with duckdb.connect(str(request.getfixturevalue(request.param)), read_only=True) as connection:
        yield connection


def year_of(columns: list[str]) -> str | None:
    """The year of a row, as SQL; None where a table has no time."""
    if "year_number" in columns:
        return "year_number"
    return "try_cast(left(period_code, 4) as integer)" if "period_code" in columns else None


def after(columns: list[str]) -> str:
    """The rows of after it stopped, as SQL, but those of BACI: what others reported of it, made one whole dataset."""
    reconciled = " and source_code <> 'baci'" if "source_code" in columns else ""
    return f"{year_of(columns)} > {LAST}{reconciled}"


def tables(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list[str]]:
    """The columns of every table of core and marts that has a time and someone who reports."""
    found = rows(
        con,
        "select schema_name, table_name, list(column_name order by column_index) from duckdb_columns() "
        "where schema_name in ('core', 'marts') group by all order by all",
    )
    who = {"reporter_code", "exporter_code", "importer_code"}
    return {(schema, name): columns for schema, name, columns in found if who & set(columns) and year_of(columns)}


def zeros(con: duckdb.DuckDBPyConnection, schema: str, table: str, side: str, where: str) -> Iterator[str]:
    """Columns of `table` that hold a zero of the trade of who stands in `side`, in the rows `where` says."""
    numbers = rows(
        con,
        "select column_name, unit from meta.dictionary join (select column_name as number from duckdb_columns() "
        f"where schema_name = '{schema}' and table_name = '{table}' and (data_type like 'DECIMAL%' or data_type in "
        "('DOUBLE', 'BIGINT', 'INTEGER'))) on column_name = number "
        f"where schema_name = '{schema}' and table_name = '{table}'",
    )
    for name, unit in numbers:
        if unit in COUNTS or (schema, table, name) in OTHER_ZEROS:
            continue
        if side != "reporter_code" and f"value_{side.removesuffix('_code')}" not in name:
            continue  # the other side's report, or how both compare
        if rows(con, f"select 1 from {schema}.{table} where {where} and {name} = 0 limit 1"):
            yield name


def test_it_stopped(con: duckdb.DuckDBPyConnection) -> None:
    reported = f"from marts.bilateral_year where reporter_code = '{REPORTER}' and turnover_state = 'observed'"
    (last,) = rows(con, f"select max(year_number) {reported}")[0]
    # the demo asks for the years after it stopped only
    assert last in (LAST, None)
    assert rows(con, f"select 1 from marts.bilateral_year where partner_code = '{REPORTER}' and year_number > {LAST}")


def test_no_table_holds_a_zero_of_it(con: duckdb.DuckDBPyConnection) -> None:
    found = {}
    looked_at = 0
    for (schema, table), columns in tables(con).items():
        for side in {"reporter_code", "exporter_code", "importer_code"} & set(columns):
            where = f"{side} = '{REPORTER}' and {after(columns)}"
            looked_at += rows(con, f"select count(*) from {schema}.{table} where {where}")[0][0]
            for column in zeros(con, schema, table, side, where):
                found[f"{schema}.{table}.{column}"] = side
    assert looked_at > 100
    assert found == {}


def test_it_is_there_only_by_estimates_and_what_was_printed_of_it(con: duckdb.DuckDBPyConnection) -> None:
    observed = rows(
        con,
        "select distinct source_code from (from core.fct_trade union all by name from core.fct_trade_total) "
        f"where reporter_code = '{REPORTER}' and left(period_code, 4)::integer > {LAST} and cell_state = 'observed'",
    )
    assert observed in ([("fcs_quoted",)], [])
    assert (
        rows(con, f"select 1 from marts.trade_year where reporter_code = '{REPORTER}' and year_number > {LAST}") == []
    )


def test_its_own_figure_is_null_and_its_partners_stand_beside(con: duckdb.DuckDBPyConnection) -> None:
    years = rows(
        con,
        "select turnover_any_basis_usd is not null, turnover_basis, turnover_usd, exports_state, imports_state, "
        "turnover_state, partner_reported_turnover_usd is not null from marts.bilateral_year "
        f"where reporter_code = '{REPORTER}' and partner_code = 'CHN' and year_number > {LAST} + 1",
    )
    assert len(years) >= 2
    for known, basis, reported, exports, imports, turnover, by_partner in years:
        assert (known, reported, exports, imports, turnover) == (True, None, "missing", "missing", "missing")
        assert basis in ("mirror", "derived")
        assert by_partner
    own = "turnover_usd is not null or turnover_basis = 'own' or turnover_state <> 'missing'"
    of = f"reporter_code = '{REPORTER}' and year_number > {LAST}"
    assert rows(con, f"select 1 from marts.bilateral_year where {of} and ({own})") == []


def test_ranks_among_its_partners_are_by_their_figures_and_nobody_unknown_is_last(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """Its own value is none; a place by its partners' figures is one only where no interval meets the partner's."""
    of = f"from marts.partner_rank where reporter_code = '{REPORTER}' and year_number > {LAST}"
    assert rows(con, f"select count(*) > 0 {of}") == [(True,)]
    assert rows(con, f"select 1 {of} and (value_usd is not null or rank_naive is not null)") == []
    assert rows(con, f"select distinct rank_basis {of}") == [("mirror",)]
    assert rows(con, f"select 1 {of} and value_state = 'missing' and (rank_best is not null or high_usd = 0)") == []
    assert rows(con, f"select 1 {of} and value_state = 'mirror_only' and low_usd >= high_usd") == []
    # whom nobody reports may be above, as far as the total of Russia goes, carried on from its last report
    assert (
        rows(
            con, f"select 1 {of} and rank is not null and rest_usd > low_usd and n_missing > 0 and n_seen < n_universe"
        )
        == []
    )


def test_the_tables_say_so_in_words(con: duckdb.DuckDBPyConnection) -> None:
    columns = {table: names for (schema, table), names in tables(con).items() if schema == "marts"}
    silent = {}
    for table, words in WORDS.items():
        side = "reporter_code" if "reporter_code" in columns[table] else "exporter_code"
        of = f"from marts.{table} where {side} = '{REPORTER}' and {after(columns[table])}"
        if rows(con, f"select 1 {of} and coalesce({words}, '') in ('', 'observed', 'implied_zero', 'whole')"):
            silent[table] = rows(con, f"select distinct {words} {of}")
    assert silent == {}
    for table, say in SENTENCES.items():
        found = con.execute(f"from marts.{table} where reporter_code = '{REPORTER}' and year_number > {LAST}")
        columns = [column[0] for column in found.description]
        said = {say(dict(zip(columns, row, strict=True)), NAME, "the partner") for row in found.fetchall()}
        assert said
        for text in said:
            assert text.startswith((f"No report of {NAME} ", f"No rank: no report of {NAME} or "))
            assert "zero" not in text.lower().replace("missing, not zero", "")


def test_an_index_of_it_is_null_with_a_reason(con: duckdb.DuckDBPyConnection) -> None:
    for table, value in (("indicator", "value"), ("product_indicator", "rca")):
        of = f"from marts.{table} where reporter_code = '{REPORTER}' and left(period_code, 4)::integer > {LAST}"
        of += " and source_code <> 'baci'"
        assert rows(con, f"select 1 {of} and ({value} is not null or null_reason is null)") == []


def test_a_target_it_may_have_reached_since_is_unknown_by_its_statistic(shipped: Path) -> None:
    with duckdb.connect(str(shipped), read_only=True) as con:
        of = f"from marts.target_progress where reporter_code = '{REPORTER}' and year_reached is null"
        assert rows(con, f"select count(*) > 0 {of}") == [(True,)]
        assert rows(con, f"select 1 {of} and is_reached is not null") == []
        assert rows(con, f"select 1 {of} and is_reached_by_due is not null and due_year > {LAST}") == []
        unknown = f"outcome_code in ('unknown', 'unknown_since') and first_missing_year > {LAST}"
        assert rows(con, f"select 1 {of} and ({unknown} and last_missing_year = 2025) is not true") == []
        by_partner = "target_low_usd = 200e9 and partner_year_reached is distinct from 2023"
        assert rows(con, f"select 1 {of} and {by_partner}") == []
