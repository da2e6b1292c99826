"""Ways to spoil the release in miniature, each with the rules that must notice and the row they must name."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from expectations.release import RULES
from expectations.release.rule import Rule

CELL_7 = "where file_id = 'gacc_quoted/file' and line = 7"  # exports of RRR to BBB, 2020
RELEASE = (Path(__file__).parents[1] / "fixtures" / "release.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Break:
    """SQL that spoils the release, the rules that must notice, and what their first row must say."""

    sql: str
    names: set[str]
    row: dict[str, Any] = field(default_factory=dict)


def one(name: str, sql: str, file_id: str | None = None, line: int | None = None, **row: Any) -> Break:
    place = {"file_id": file_id, "line": line} if line is not None else {}
    return Break(sql, {name}, {**place, **row})


def value(expression: str) -> str:
    """Assignments that make a cell's value, and all its reports, `expression`."""
    return ", ".join(f"{name} = {expression}" for name in ("value_usd", "value_usd_min", "value_usd_max"))


GACC, FCS, PRESS, MACRO = "gacc_quoted/file", "fcs_quoted/file", "press_record/file", "macro_extract/file"
COMTRADE, CSV = "comtrade_extract/file", "comtrade_csv/file"
TOTAL = "update core.fct_trade_total"
SWAPPED = "rank = 3 - rank, rank_best = 3 - rank, rank_worst = 3 - rank"
YEAR = "update marts.bilateral_year set"
REVISED = "update marts.bilateral_month set year_state_code = 'revised',"
RANK = "update marts.partner_rank set"
RANK_7 = "where partner_code = 'BBB' and year_number = 2015"

BREAKS = [
    # the cells
    one("trade_not_negative", f"update core.fct_trade set net_weight_kg = -1 {CELL_7}", GACC, 7),
    one("trade_not_negative", f"update core.fct_trade set quantity = 'nan' {CELL_7}", GACC, 7),
    one("trade_not_negative", f"update core.fct_trade set value_usd_min = value_usd + 1 {CELL_7}", GACC, 7),
    one(
        "trade_below_ceiling",
        "insert into core.fct_trade from cell('fcs_quoted', 'AAA', 'CCC', 'M', 2022, 3000000000000, 99)",
        FCS,
        99,
    ),
    one(  # products of 150 million under a total of 100
        "trade_products_within_total",
        "insert into core.fct_trade_total from cell('comtrade_csv', 'AAA', 'CCC', 'X', 2021, 100000000, 501); "
        "insert into core.fct_trade from cell('comtrade_csv', 'AAA', 'CCC', 'X', 2021, 150000000, 502); "
        "update core.fct_trade set product_key = 'H5:010121' where line = 502",
        CSV,
        501,
        too_much_usd=50000000,
    ),
    Break(  # a value printed in thousands and read as units too large by 1000
        f"update core.fct_trade set {value('1000 * value_usd')} {CELL_7}",
        {"trade_scale_over_time", "trade_below_ceiling", "trade_partners_within_world"},
        {"file_id": GACC, "line": 7},
    ),
    one(
        "trade_scale_over_time",
        f"update core.fct_trade set {value('1')} {CELL_7}",
        GACC,
        7,
    ),
    one(
        "trade_scale_across_sources",
        "insert into core.fct_trade from cell('fcs_quoted', 'SSS', 'BBB', 'X', 2022, 3000000, 98)",
        GACC,
        17,
        other_file_id=FCS,
        other_line=98,
    ),
    one(
        "trade_partners_within_world",
        "insert into core.fct_trade from cell('gacc_quoted', 'RRR', 'CCC', 'X', 2022, 6000000000, 97)",
        GACC,
        13,
        n_partners=3,
        world_line=37,
    ),
    one(
        "trade_not_in_the_future",
        "insert into core.fct_trade from cell('gacc_quoted', 'RRR', 'CCC', 'X', 2100, 1000, 96)",
        GACC,
        96,
    ),
    one("trade_reporters_kept", "delete from core.fct_trade where reporter_code = 'SSS'", reporter_code="SSS"),
    one("trade_volume_by_source", "delete from core.fct_trade where line in (1, 2)", n_rows_before=17, n_rows=15),
    one(
        "trade_mirrored_flow",
        f"update core.fct_trade set {value('3e9')} where line = 101",
        GACC,
        13,
        importer_file_id=FCS,
        importer_line=101,
    ),
    one("trade_reports_agree", f"update core.fct_trade set value_usd_max = 1.2 * value_usd {CELL_7}", GACC, 7),
    one(  # World holds 1 % more than its partners
        "trade_partners_make_world",
        "insert into core.fct_trade from cell('gacc_quoted', 'RRR', 'CCC', 'X', 2022, 4200000000, 94)",
        GACC,
        37,
        difference_pct=-1.0,
        n_partners=3,
    ),
    one(
        "history_is_frozen",
        "update core.trade_cell_history set value_usd = 8e9",
        GACC,
        1,
        value_usd_before=9e9,
    ),
    one("history_is_frozen", "delete from core.trade_cell_history", GACC, 1),
    one(
        "history_is_frozen",
        "update core.trade_cell_history set known_to = known_to + interval 1 day",
        GACC,
        1,
    ),
    one(
        "last_answer_stands",
        "update core.fct_trade_revision set recomputed_value_usd = null, is_by_the_same_rules = false "
        "where partner_code = 'AAA'",
        GACC,
        1,
        before_value_usd=8e9,
        value_usd_as_of_then=None,
    ),
    one("cell_keeps_its_vintage", "delete from core.trade_cell_restated where partner_code = 'BBB'", GACC, 2),
    # what overlaps
    one(  # products of 150 million under a chapter of 100
        "total_chapter_holds_products",
        "insert into core.fct_trade_total from cell('comtrade_csv', 'AAA', 'CCC', 'X', 2021, 100000000, 503); "
        "update core.fct_trade_total set product_key = 'HS:01' where line = 503; "
        "insert into core.fct_trade from cell('comtrade_csv', 'AAA', 'CCC', 'X', 2021, 150000000, 504); "
        "update core.fct_trade set product_key = 'H5:010121' where line = 504",
        CSV,
        503,
        too_much_usd=50000000,
    ),
    one(  # 5 of 10 million of a chapter are in no product
        "total_code_is_broken_down",
        "insert into core.dim_product values ('H5:01', 'chapter', '01'); "
        "insert into core.fct_trade_total from cell('comtrade_csv', 'AAA', 'CCC', 'X', 2021, 10000000, 505); "
        "update core.fct_trade_total set product_key = 'H5:01' where line = 505; "
        "insert into core.fct_trade from cell('comtrade_csv', 'AAA', 'CCC', 'X', 2021, 5000000, 506); "
        "update core.fct_trade set product_key = 'H5:010121' where line = 506",
        CSV,
        505,
        left_over_usd=5000000,
    ),
    one("total_not_negative", f"{TOTAL} set quantity = -1 where line = 45", GACC, 45),
    one(
        "total_below_ceiling",
        "insert into core.fct_trade_total from cell('fcs_quoted', 'AAA', 'WLD', 'M', 2022, 11000000000000, 99)",
        FCS,
        99,
    ),
    Break(
        f"{TOTAL} set {value('value_usd / 1000')} where line = 41",
        {"total_scale_over_time", "total_turnover_near_sum", "total_turnover_is_sum"},
        {"file_id": GACC, "line": 41},
    ),
    one(
        "total_scale_across_sources",
        f"{TOTAL} set {value('4e12')} where line = 202",
        COMTRADE,
        202,
        other_line=46,
    ),
    Break(
        "insert into core.fct_trade_total from cell('gacc_quoted', 'RRR', 'CCC', 'T', 2022, 25000000000, 95)",
        {"total_partners_within_world"},
        {"file_id": GACC, "line": 95, "world_line": 45},
    ),
    one(
        "total_not_in_the_future",
        "insert into core.fct_trade_total from cell('gacc_quoted', 'RRR', 'WLD', 'T', 2100, 40000000000, 96)",
        GACC,
        96,
    ),
    one(
        "total_turnover_is_sum",
        f"{TOTAL} set {value('1.05 * value_usd')} where line = 42",
        GACC,
        42,
        exports_line=5,
        imports_line=6,
    ),
    Break(
        f"{TOTAL} set {value('1.3 * value_usd')} where line = 42",
        {"total_turnover_near_sum", "total_turnover_is_sum"},
        {"file_id": GACC, "line": 42},
    ),
    one(
        "total_sub_flow_within_flow",
        f"{TOTAL} set {value('11e9')} where line = 47",
        GACC,
        47,
    ),
    one(
        "total_group_not_below_member",
        f"{TOTAL} set {value('9e9')} where line = 46",
        GACC,
        46,
        member_line=13,
    ),
    one("growth_as_levels_give_it", "update core.fct_trade_growth set yoy_pct = 12", GACC, 44, level_line=44),
    one("growth_above_minus_100", "update core.fct_trade_growth set yoy_pct = -101, yoy_currency = 'CNY'", GACC, 44),
    # China's customs
    one(
        "customs_names_listed",
        "insert into meta.unmapped_label values ('gacc', 'preliminary_country', 'area', 'brics', 'USD', 9, 1e9, 30)",
        label="brics",
    ),
    Break(
        "insert into meta.unmapped_label values ('gacc_bulletin', 'country', 'area', 'atlantis', 'USD', 9, 1e9, 1.5)",
        {"customs_names_listed", "customs_partners_listed"},
        {"label": "atlantis"},
    ),
    one(
        "bulletin_partners_are_world",
        "insert into core.fct_trade from cell('gacc_bulletin', 'RRR', 'AAA', 'X', 2022, 10200000000, 71); "
        "insert into core.fct_trade_total from cell('gacc_bulletin', 'RRR', 'WLD', 'X', 2022, 10300000000, 72)",
        "gacc_bulletin/file",
        72,
        missing_pct=0.971,
    ),
    one(
        "customs_month_as_difference",
        "update marts.month_from_cumulative set month_state = 'disagrees' where line = 5",
        "gacc/file",
        5,
    ),
    # pairs
    Break(
        f"{YEAR} turnover_usd = 1000 * turnover_usd, turnover_any_basis_usd = 1000 * turnover_usd "
        "where partner_code = 'BBB' and year_number = 2022",
        {"year_turnover_in_range", "year_both_reporters_agree", "year_turnover_unchanged", "rank_from_data"},
        {"file_id": GACC, "line": 615},
    ),
    Break(
        f"{YEAR} share_of_turnover_pct = 100.1 where line = 603",
        {"year_share_within_bounds", "year_shares_add_up"},
        {"file_id": GACC, "line": 603},
    ),
    one("year_of_one_report", f"{YEAR} turnover_source_code = 'gacc_quoted+imf_dots' where line = 603", GACC, 603),
    one(
        "year_of_one_report",
        f"{YEAR} balance_usd = 3985e6, exports_source_code = 'gacc', imports_source_code = 'imf_dots' where line = 603",
        GACC,
        603,
    ),
    one("year_of_one_report", f"{YEAR} turnover_basis = 'mirror' where line = 603", GACC, 603),
    one("year_share_within_bounds", f"{YEAR} share_of_turnover_pct = -0.1 where line = 603", GACC, 603),
    one("year_shares_add_up", f"{YEAR} share_of_turnover_pct = 55 where line = 603", GACC, 603, shares_pct=106),
    one("year_growth_in_band", f"{YEAR} turnover_yoy_pct = 80 where line = 603", GACC, 603),
    one("year_both_reporters_agree", f"{YEAR} partner_reported_turnover_usd = 1e8 where line = 603", GACC, 603),
    Break(
        f"{YEAR} turnover_usd = 1.02 * turnover_usd, turnover_any_basis_usd = 1.02 * turnover_usd where line = 603",
        {"year_turnover_unchanged", "rank_from_data"},
        {"file_id": GACC, "line": 603},
    ),
    Break(
        f"{YEAR} turnover_usd = null, turnover_any_basis_usd = null where line = 603",
        {"year_turnover_unchanged", "rank_from_data"},
        {"reporter_code": "RRR", "partner_code": "BBB", "year_number": 2010},
    ),
    Break("update marts.bilateral_month set exports_usd = -1 where line = 705", {"month_not_negative"}, {"line": 705}),
    one(
        "month_sum_is_year",
        f"{REVISED} turnover_usd = if(line = 705, 2, 1) * turnover_usd",
        GACC,
        702,
        year_line=515,
    ),
    Break(
        f"{REVISED} turnover_usd = if(line = 705, 9, 1) * turnover_usd",
        {"month_sum_near_year", "month_sum_is_year"},
        {"year_line": 515},
    ),
    Break(  # months of two sources are one year too
        f"{REVISED} turnover_usd = if(line = 705, 2, 1) * turnover_usd,"
        " source_code = if(line = 705, 'gacc', source_code)",
        {"month_sum_is_year"},
        {"source_codes": "gacc+gacc_quoted"},
    ),
    Break(  # imports FOB and CIF are no contradiction, unless they are beyond any freight
        f"{REVISED} turnover_usd = if(line = 705, 2, 1) * turnover_usd, source_code = 'fcs_quoted'; "
        "insert into core.fct_trade from cell('fcs_quoted', 'RRR', 'AAA', 'M', 2022, 10300000000, 102); "
        "update core.fct_trade set valuation_code = 'FOB' where source_code = 'fcs_quoted'",
        set(),
        {},
    ),
    one("month_sum_says_why", "update marts.bilateral_month set turnover_usd = null where line = 705", n_months=11),
    one(
        "month_sum_says_why", "update marts.bilateral_month set year_state_code = null where line = 705", is_silent=True
    ),
    one(
        "month_sum_says_why",
        "update marts.bilateral_month set year_state_code = 'months_missing' where line = 705",
        claims_gap=True,
    ),
    one("month_printed_as_difference", "update marts.bilateral_month set agrees = false where line = 705", GACC, 705),
    # ranks
    one(
        "rank_only_with_value",
        f"{RANK} rank_best = 3 where partner_code = 'CCC' and year_number = 2015",
        partner_code="CCC",
        year_number=2015,
    ),
    one("rank_from_data", f"{RANK} value_usd = value_usd + 1, high_usd = high_usd + 1 {RANK_7}", GACC, 608),
    one("rank_value_in_interval", f"{RANK} high_usd = value_usd - 1, low_usd = value_usd - 2 {RANK_7}", GACC, 608),
    one("rank_interval_in_order", f"{RANK} rank_worst = 4, rank = null {RANK_7}", GACC, 608),
    one("rank_counts_make_universe", f"{RANK} n_missing = 0 {RANK_7}", GACC, 608),
    one(
        "rank_follows_value",
        f"{RANK} {SWAPPED} where year_number = 2015",
        GACC,
        508,
    ),
    one("rank_streak_in_order", f"{RANK} streak_at_least = 5 {RANK_7}", GACC, 608),
    one("certain_ranks_are_right", "update meta.rank_error set is_too_often_wrong = true", n_wrong=2),
    # commodities, claims, money
    one("mix_not_negative", "update marts.commodity_mix set value_cny = -1", GACC, 801),
    one("mix_within_flow", "update marts.commodity_mix set share_of_flow_pct = 103, share_of = null", GACC, 801),
    one(
        "mix_within_flow_of_another_source",
        "update marts.commodity_mix set share_of_flow_pct = 103, share_of = null, flow_source_code = 'imf_dots'",
        GACC,
        801,
    ),
    one("mix_unit_value_in_band", "update marts.commodity_mix set quantity = quantity / 1000", GACC, 801),
    one("mix_share_as_printed", "update marts.commodity_mix set share_published_pct = 55", GACC, 801),
    Break(
        "update marts.claim_check set verdict = null where statement_id = 'c1'",
        {"claim_has_verdict", "claim_verdict_unchanged"},
        {"file_id": PRESS, "line": 2},
    ),
    one("claim_has_evidence", "update marts.claim_check set evidence = ' ' where line = 2", PRESS, 2),
    one("claim_has_evidence", "update marts.claim_check set reason = null where line = 3", PRESS, 3),
    one("claim_supported_by_figure", "update marts.claim_check set found_value = null", PRESS, 2),
    one(
        "claim_verdict_unchanged",
        "update marts.claim_check set verdict = 'not supported' where line = 2",
        PRESS,
        2,
        verdict_before="supported",
    ),
    one("rate_positive", "update core.fct_exchange_rate set rate = 0, period_code = '2030' where line = 3", MACRO, 3),
    one("rate_scale_over_time", "update core.fct_exchange_rate set rate = 67 where line in (2, 3)", MACRO, 2),
    Break(  # 10 units taken for one
        "update core.fct_exchange_rate set rate = 67.4 where line = 3",
        {"rate_nominal_applied", "rate_publishers_agree", "rate_scale_over_time"},
        {"file_id": MACRO, "line": 3},
    ),
    one(
        "rate_years_without_hole",
        "insert into core.fct_exchange_rate select * replace ('2024' as period_code) from core.fct_exchange_rate "
        "where line = 2",
        first_missing_year=2023,
        last_missing_year=2023,
    ),
    one("rate_publishers_agree", "update core.fct_exchange_rate set rate = 7.5 where line = 3", MACRO, 3),
    one("macro_scale_over_time", "update core.fct_macro set value_usd = value_usd / 1000 where line = 12", MACRO, 12),
    one("settlement_share_within_bounds", "update marts.settlement_currency set share_pct_max = 101", PRESS, 9),
    # UN Comtrade
    one(
        "comtrade_value_is_cif_or_fob",
        "update intermediate.int_comtrade_record_unioned set value_usd = 103 where line = 2",
        CSV,
        2,
        cif_value_usd=106,
        fob_value_usd=100,
    ),
    one(
        "comtrade_value_is_cif_or_fob",
        "update intermediate.int_comtrade_record_unioned set fob_value_usd = 90000, cif_value_usd = null "
        "where line = 4",
        CSV,
        4,
        value_usd=90,
    ),
    one(
        "comtrade_classic_is_pinned",
        "insert into intermediate.int_comtrade_record_unioned from record('legacy_trade', '2020', 200000000, 6); "
        "insert into intermediate.int_comtrade_record_unioned from record('plus_trade', '2020', 800000000, 7)",
        CSV,
        7,
        classic_value_usd=200000000,
        classic_line=6,
    ),
    one(
        "comtrade_valued_as_noted",
        "update intermediate.int_comtrade_record_classified set valuation_code = 'FOB' where line = 2",
        CSV,
        2,
        noted_valuation_code="CIF",
    ),
    one(
        "comtrade_valued_as_noted",
        "update intermediate.int_comtrade_valuation_noted set valuation_code = 'CIF' where period_code = '2021'",
        CSV,
        3,
        valuation_code="FOB",
    ),
    # sources and tables
    one(
        "source_licence_known",
        "update core.dim_source set licence = ' ' where source_code = 'fcs_quoted'",
        source_code="fcs_quoted",
    ),
    one(
        "source_fresh",
        "update core.dim_raw_file set known_from = known_from - interval 50 day where source_code = 'gacc_quoted'",
        source_code="gacc_quoted",
        file_id=GACC,
    ),
    one("file_on_record", "update core.dim_raw_file set is_current = false"),
    one("file_few_rejects", "update core.dim_raw_file set reject_count = 10 where source_code = 'fcs_quoted'"),
    one(
        "unmapped_codes_none",
        "insert into meta.excluded_row values ('gacc_quoted', 'gacc_quoted/file', 'unknown_area', 2, 1000)",
        file_id=GACC,
    ),
    Break(
        "insert into meta.excluded_row values ('gacc_quoted', 'gacc_quoted/file', 'unknown_area', 2, 1e9)",
        {"unmapped_codes_none", "unmapped_codes_negligible"},
        {"file_id": GACC},
    ),
    one(
        "own_words_mapped",
        "insert into meta.excluded_row values ('mine', 'mine/file', 'unmapped_area', 2, 1e9)",
        file_id="mine/file",
    ),
    Break(  # little in each file, much in all of them
        "insert into meta.excluded_row "
        "select 'gacc_quoted', 'gacc_quoted/' || range, 'unknown_area', 1, 2e7 from range(20)",
        {"unmapped_codes_none", "unmapped_codes_negligible"},
        {"value_usd": 2e7},
    ),
    one("listed_codes_known", "insert into meta.unmapped_area_code values ('991', null, 0, null)", code="991"),
    one("dictionary_keeps_columns", "delete from meta.dictionary where column_name = 'line'", column_name="line"),
]

# Emptying these tables is noticed by more than the two rules every table has.
ALSO_EMPTY = {
    "core.fct_trade": {"trade_reporters_kept", "trade_volume_by_source"},
    "marts.bilateral_year": {"rank_from_data", "year_turnover_unchanged", "month_sum_says_why"},
    "marts.claim_check": {"claim_has_verdict", "claim_verdict_unchanged"},
}


def judge(con: duckdb.DuckDBPyConnection, rules: Iterable[Rule] = RULES) -> dict[str, list[dict[str, Any]]]:
    """The rules that are broken, each with its rows: the gate's own SQL, without Great Expectations."""
    found = {}
    for rule in rules:
        rows = con.execute(rule.query.replace("{batch}", rule.check.table)).fetchall()
        if rows:
            found[rule.check.name] = [json.loads(row) for row, *_ in rows]
    return found
