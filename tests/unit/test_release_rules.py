"""Every rule of the release gate can fail, is alone in failing, and names the row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from release_breaks import ALSO_EMPTY, BREAKS, RELEASE, Break, judge

from expectations.release import RULES
from expectations.release.rule import Rule
from expectations.release.volume import FED_BY
from expectations.shipped import COLUMNS, shipped

TABLE_NAME = re.compile(r"\b(?:core|intermediate|marts|meta)\.\w+")


@pytest.fixture(scope="module")
def release() -> Iterator[duckdb.DuckDBPyConnection]:
    """The release in miniature, with an equal one before it, both in memory."""
    with duckdb.connect(config={"threads": 1}) as con:
        con.execute("attach ':memory:' as previous; use previous;" + RELEASE + "use memory;" + RELEASE)
        yield con


def readers(sql: str) -> list[Rule]:
    """The rules that read a table `sql` names; no other rule can judge differently after it."""
    tables = set(TABLE_NAME.findall(sql))
    return [rule for rule in RULES if tables & {rule.check.table, *TABLE_NAME.findall(rule.query)}]


def spoilt(con: duckdb.DuckDBPyConnection, sql: str) -> dict[str, list[dict[str, Any]]]:
    con.execute("begin")
    try:
        con.execute(sql)
        return judge(con, readers(sql))
    finally:
        con.execute("rollback")


def test_a_release_in_order_passes(release: duckdb.DuckDBPyConnection) -> None:
    assert judge(release) == {}


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: "+".join(sorted(broken.names)))
def test_a_break_is_noticed_by_its_rules_alone_and_named(release: duckdb.DuckDBPyConnection, broken: Break) -> None:
    found = spoilt(release, broken.sql)
    assert set(found) == broken.names
    rules = {rule.check.name: rule for rule in RULES}
    for name, rows in found.items():
        assert set(rules[name].key_columns) <= set(rows[0]), "a row is called by columns it shows"
        shared = {key: value for key, value in broken.row.items() if key in rows[0] or len(broken.names) == 1}
        assert {key: rows[0].get(key) for key in shared} == shared


@pytest.mark.parametrize("table", FED_BY)
def test_an_empty_table_is_noticed(release: duckdb.DuckDBPyConnection, table: str) -> None:
    name = table.split(".")[1]
    found = spoilt(release, f"delete from {table}")
    assert set(found) == {f"{name}_filled", f"{name}_not_shrunk"} | ALSO_EMPTY.get(table, set())


def test_a_table_no_landed_source_feeds_may_be_empty(release: duckdb.DuckDBPyConnection) -> None:
    sql = "delete from core.fct_event; delete from core.dim_raw_file where source_code = 'press_record'"
    assert "fct_event_filled" not in spoilt(release, sql)


def test_a_source_taken_out_on_purpose_is_not_missed(release: duckdb.DuckDBPyConnection) -> None:
    sql = "delete from core.fct_trade where source_code = 'fcs_quoted';"
    assert {"trade_reporters_kept", "trade_volume_by_source"} <= set(spoilt(release, sql))
    assert spoilt(release, sql + "delete from core.dim_source where source_code = 'fcs_quoted'") == {}


def test_the_gates_own_report_is_not_missed(release: duckdb.DuckDBPyConnection) -> None:
    """It joins the dictionary of a release once that is judged, so the last release has it and the new one not yet."""
    sql = """
        insert into previous.meta.dictionary by name
        select 'meta' as schema_name, '{}' as table_name, 'observed' as column_name
    """
    assert set(spoilt(release, sql.format("check_result"))) == set()
    assert set(spoilt(release, sql.format("another"))) == {"dictionary_keeps_columns"}


def test_nothing_against_nothing_breaks_no_rule() -> None:
    """Offices write zeros too: where every amount of this release and the last one is 0, nothing is out of order."""
    with duckdb.connect(config={"threads": 1}) as con:
        con.execute("attach ':memory:' as previous; use previous;" + RELEASE + "use memory;" + RELEASE)
        amounts = con.execute(
            "select table_catalog, table_schema, table_name, column_name from information_schema.columns "
            "where (column_name like '%usd%' or column_name in ('value_original', 'net_weight_kg', 'quantity')) "
            "and table_name not in ('trade_cell_history', 'excluded_row')"
        ).fetchall()
        assert len(amounts) > 50
        for *place, name in amounts:
            con.execute(f"update {'.'.join(place)} set {name} = 0 where {name} is not null")
        con.execute(
            "update marts.partner_rank set rank = 1, rank_best = 1, rank_worst = 1, rank_naive = 1 where rank > 0"
        )
        assert judge(con) == {}


def test_one_year_without_trade_is_no_slip(release: duckdb.DuckDBPyConnection) -> None:
    pair = "where partner_code = 'BBB' and year_number = 2015"
    sql = f"update marts.bilateral_year set turnover_usd = 0, turnover_any_basis_usd = 0 {pair}"
    assert "year_turnover_in_range" not in spoilt(release, sql)
    assert "year_turnover_in_range" in spoilt(release, sql.replace("= 0", "= 1000"))


def test_growth_of_a_group_with_other_members_is_not_judged(release: duckdb.DuckDBPyConnection) -> None:
    group = "update core.fct_trade_total set partner_code = 'GRP' where line between 41 and 44"
    sql = f"{group}; update core.fct_trade_growth set partner_code = 'GRP', yoy_pct = 12"
    left = "update core.bridge_area_group set member_to = '2022-01-31' where area_code = 'BBB'"
    assert "growth_as_levels_give_it" in spoilt(release, sql)
    assert "growth_as_levels_give_it" not in spoilt(release, f"{sql}; {left}")


def test_every_rule_is_broken_by_some_test() -> None:
    tables = {f"{table.split('.')[1]}_{kind}" for table in FED_BY for kind in ("filled", "not_shrunk")}
    assert {rule.check.name for rule in RULES} == tables | set().union(*(broken.names for broken in BREAKS))


def test_what_ships_accepted_names_a_check_and_is_not_over() -> None:
    known = {rule.check.name for rule in RULES}
    for acceptance in shipped():
        assert acceptance.check in known
        assert acceptance.reason
        assert acceptance.accepted_by
        assert datetime.now(UTC).date() <= acceptance.until, "look at the rows again, and renew them or correct them"


def test_what_ships_accepted_is_in_the_order_of_its_groups() -> None:
    found = [(each.check, each.reason, each.until, each.accepted_by, each.accepted_at) for each in shipped()]
    assert len(found) == len(set(found)) > 0


def test_rows_that_are_accepted_until_another_day_or_by_another_person_stand_apart(tmp_path: Path) -> None:
    path = tmp_path / "accepted_rows.csv"
    signed = ["2027-01-01,why,ann,2026-01-01", "2027-02-01,why,ann,2026-01-01", "2027-02-01,why,bob,2026-01-01"]
    rows = [f"check,key{number},{{}},{each}" for number, each in enumerate([*signed, signed[-1]])]
    path.write_text("\n".join([",".join(COLUMNS), *rows]), encoding="utf-8")
    assert [(str(each.until), each.accepted_by, len(each.rows)) for each in shipped(path)] == [
        ("2027-01-01", "ann", 1), ("2027-02-01", "ann", 1), ("2027-02-01", "bob", 2),
    ]  # fmt: skip


def test_what_is_said_of_accepted_mirrored_flows_holds_of_each_of_them() -> None:
    signed = [
        (acceptance.reason, row) for acceptance in shipped() for row in acceptance.rows if "exports_usd" in row.row
    ]
    assert len(signed) == 32
    for reason, row in signed:
        apart = max(row.row.values()) / min(row.row.values())
        said = re.search(r"reports ([\d.]+)(?: to ([\d.]+))? times as much", reason)
        assert said, reason
        assert float(said[1]) - 0.05 <= apart <= float(said[2] or said[1]) + 0.05, (reason, row)
        if years := re.search(r"both report, (\d{4}) to (\d{4})", reason):
            assert years[1] <= row.key.split("/")[2] <= years[2]


def test_names_are_unique() -> None:
    names = [rule.check.name for rule in RULES]
    assert len(names) == len(set(names))


# Sixty years of growth by a tenth; a residual area that jumps; oil that begins to flow and stays; one last year that
# begins to and that the partner reports as well.
GENUINE = {
    "growth": "select 'SSS', 'AAA', 'X', 2008 + y, 1e4 * pow(1.5, y) from range(60) as years (y)",
    "residual": "select 'SSS', 'NES', 'X', 2008 + y, if(y = 3, 5e9, 1e5) from range(8) as years (y)",
    "begins": "select 'SSS', 'AAA', 'X', 2008 + y, if(y > 3, 5e9, 1e5) from range(8) as years (y)",
    "confirmed": "select 'SSS', 'CCC', 'X', 2008 + y, if(y > 6, 5e9, 1e5) from range(8) as years (y) "
    "union all select 'CCC', 'SSS', 'M', 2015, 5.5e9",
}


@pytest.mark.parametrize("case", GENUINE)
def test_real_series_are_no_slip(release: duckdb.DuckDBPyConnection, case: str) -> None:
    sql = f"""
        insert into core.dim_area values ('NES', 'nes', false);
        insert into core.fct_trade by name
        select
            'gacc_quoted' as source_code, r as reporter_code, p as partner_code, f as flow_code,
            'TOTAL' as product_key, cast(y as varchar) as period_code, v as value_usd, v as value_usd_min,
            v as value_usd_max, 1 as n_reports, 'gacc_quoted/file' as file_id, 900 + row_number() over () as line
        from ({GENUINE[case]}) as series (r, p, f, y, v)
        where y < 2026
    """
    assert "trade_scale_over_time" not in spoilt(release, sql)


def test_a_slip_at_the_end_that_no_partner_reports_is_one(release: duckdb.DuckDBPyConnection) -> None:
    sql = """
        insert into core.fct_trade by name
        select
            'gacc_quoted' as source_code, 'SSS' as reporter_code, 'CCC' as partner_code, 'X' as flow_code,
            'TOTAL' as product_key, cast(2008 + y as varchar) as period_code, if(y = 7, 5e9, 1e5) as value_usd,
            value_usd as value_usd_min, value_usd as value_usd_max, 1 as n_reports, 'gacc_quoted/file' as file_id,
            900 + y as line
        from range(8) as years (y)
    """
    assert [row["line"] for row in spoilt(release, sql)["trade_scale_over_time"]] == [907]


def test_words_of_your_table_without_a_code_are_helped_by_its_contract() -> None:
    (rule,) = [rule for rule in RULES if rule.check.name == "own_words_mapped"]
    assert rule.check.remedy.startswith("Give each word its code under `values:` in the contract of the table")
    assert "refuse" not in rule.check.remedy
