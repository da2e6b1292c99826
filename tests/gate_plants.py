"""Defects planted in a release of the bundled figures, at least one for every gate that judges a release."""

from __future__ import annotations

from dataclasses import dataclass

CELL = "core.trade_cell"
RUS = "source_code = 'gacc_quoted' and reporter_code = 'CHN' and partner_code = 'RUS' and period_code = '2022'"
RECORD = (
    "insert into intermediate.int_comtrade_record_unioned by name select 156 as reporter_code, 643 as partner_code, "
)
TOTAL = (
    "'M' as flow_code, 'TOTAL' as commodity_code, '2020' as period, true as is_whole, 'a/b/c/d' as file_id, 2 as line"
)
ONE_EXPORT = (
    "where source_code = 'comtrade_extract' and product_key = 'TOTAL' and is_additive and flow_code = 'X' limit 1"
)
STATE = (
    "insert into previous.core.trade_cell_history by name select * exclude (detail_id), value_usd as value_usd_min, "
    "value_usd as value_usd_max, 1 as n_reports, 'only_report' as choice_rule, false as is_corrected, "
    "1 as vintage_number, timestamp '2020-01-01' as known_from, timestamp '2020-02-01' as known_to "
    f"from {CELL} where {RUS} limit 1"
)


@dataclass(frozen=True)
class Plant:
    """A defect of a release: SQL that makes it, and the check, a rule of the gate or a test of dbt, that must fail."""

    gate: int
    check: str
    sql: str


PLANTS = [
    Plant(4, "unmapped_codes_negligible",
          "insert into meta.excluded_row by name select 'imf_dots' as source_code, 'a/b/c/d' as file_id, "
          "'unknown_area' as reason, 2 as n_rows, 1e12 as value_usd, "
          "0 as value_original, 'USD' as original_currency_code"),
    Plant(4, "unmapped_codes_none",
          "insert into meta.excluded_row by name select 'imf_dots' as source_code, 'a/b/c/d' as file_id, "
          "'unknown_area' as reason, 2 as n_rows, 1 as value_usd, "
          "0 as value_original, 'USD' as original_currency_code"),
    Plant(5, "trade_partners_within_world",
          f"update {CELL} set value_usd = 1e12 where source_code = 'comtrade_extract' and reporter_code = 'CHN' "
          "and flow_code = 'X' and period_code = '2000' and is_additive"),
    Plant(5, "trade_partners_make_world",
          f"update {CELL} set value_usd = 49e9 where source_code = 'comtrade_extract' and reporter_code = 'CHN' "
          "and flow_code = 'X' and period_code = '2000' and is_additive"),
    Plant(6, "trade_products_within_total",
          f"insert into {CELL} select * replace ('H5:010121' as product_key, 3 * value_usd as value_usd) from {CELL} "
          f"{ONE_EXPORT}; "
          f"insert into {CELL} select * replace ('TOTAL' as product_key, value_usd / 3 as value_usd, "
          f"false as is_additive) from {CELL} where product_key = 'H5:010121'"),
    Plant(6, "total_chapter_holds_products",
          f"insert into {CELL} select * replace ('HS:01' as product_key, false as is_additive) from {CELL} "
          f"{ONE_EXPORT}; "
          f"insert into {CELL} select * replace ('H5:010121' as product_key, 2 * value_usd as value_usd, "
          f"true as is_additive) from {CELL} where product_key = 'HS:01'; "
          "insert into core.dim_product by name select 'HS:01' as product_key, 'chapter' as product_level, "
          "'01' as chapter_code where 'HS:01' not in (select product_key from core.dim_product); "
          "insert into core.dim_product by name select 'H5:010121' as product_key, 'subheading' as product_level, "
          "'01' as chapter_code where 'H5:010121' not in (select product_key from core.dim_product)"),
    Plant(7, "total_sub_flow_within_flow",
          f"insert into {CELL} select * replace ('RX' as flow_code, 2 * value_usd as value_usd, false as is_additive) "
          f"from {CELL} where {RUS} and flow_code = 'X' and product_key = 'TOTAL'"),
    Plant(8, "comtrade_classic_is_pinned",
          f"{RECORD} 'legacy_trade' as table_name, 2e8 as value_usd, {TOTAL}; "
          f"{RECORD} 'plus_trade' as table_name, 8e8 as value_usd, {TOTAL}"),
    Plant(9, "comtrade_value_is_cif_or_fob",
          f"{RECORD} 'plus_trade' as table_name, 103 as value_usd, "
          f"106 as cif_value_usd, 100 as fob_value_usd, {TOTAL}"),
    Plant(10, "trade_not_negative",
          f"update {CELL} set value_usd = -1 where {RUS} and flow_code = 'X' and is_additive"),
    Plant(11, "year_growth_in_band",
          "update marts.bilateral_year set turnover_yoy_pct = 900 where reporter_code = 'CHN' and partner_code = 'RUS' "
          "and year_number = 2022"),
    Plant(12, "trade_mirrored_flow",
          f"update {CELL} set value_usd = 20 * value_usd where source_code = 'comtrade_extract' "
          "and reporter_code = 'RUS' and partner_code = 'CHN' and flow_code = 'X' and period_code = '2019'"),
    Plant(13, "assert_reconciled_values_keep_their_bounds",
          "update core.fct_trade_reconciled_pair set value_reconciled_usd = 10 * value_reconciled_usd "
          "where basis = 'both'"),
    Plant(14, "assert_conversion_weights_add_up",
          "update core.bridge_product_revision set weight = weight / 2 where weight = 1 and from_code = '010121'"),
    Plant(15, "year_share_within_bounds",
          "update marts.bilateral_year set share_of_turnover_pct = 101 where reporter_code = 'RUS' "
          "and partner_code = 'CHN' and year_number = 2020"),
    Plant(16, "assert_contributions_add_up_to_growth",
          "update marts.growth_component set component_key = 'CHN', value_usd = 10, before_usd = 5, obstacle = null "
          "where reporter_code = 'RUS' and component_kind = 'partner' and component_key = 'unknown'"),
    Plant(17, "rank_only_with_value",
          "update marts.partner_rank set rank_best = 3 where value_state = 'missing' and reporter_code = 'FRA' "
          "and partner_code = 'RUS' and year_number = 2019"),
    Plant(17, "rank_counts_make_universe",
          "update marts.partner_rank set n_missing = 0 where reporter_code = 'CHN' and partner_code = 'RUS' "
          "and year_number = 2021"),
    Plant(17, "certain_ranks_are_right",
          "insert into meta.rank_error by name select 20 as hidden_pct, 'exports' as measure, "
          "'UNSD' as statistic_code, 1900 as year_number, 5000 as n_ranks, 5000 as n_certain, 500 as n_wrong, "
          "true as is_too_often_wrong"),
    Plant(18, "history_is_frozen", STATE),
    Plant(19, "total_group_not_below_member",
          f"insert into {CELL} select * replace ('DEU' as partner_code, 2 * value_usd as value_usd, "
          f"true as is_additive) from {CELL} where source_code = 'gacc_quoted' and partner_code = 'EUU' limit 1"),
    Plant(20, "rate_positive", "update core.fct_exchange_rate set rate = 0 where period_code = '2020'"),
    Plant(20, "rate_nominal_applied",
          "insert into core.fct_exchange_rate select * replace (10 * rate as rate, false as is_chosen) "
          "from core.fct_exchange_rate where period_code = '2020' and is_chosen"),
    Plant(20, "rate_years_without_hole",
          "delete from core.fct_exchange_rate where period_code = '2020' and base_currency_code = 'USD'"),
    Plant(22, "source_fresh",
          "update core.dim_source set max_age_days = 30 where source_code = 'imf_dots'; "
          "update core.dim_raw_file set known_from = known_from - interval 40 day where source_code = 'imf_dots'"),
]  # fmt: skip
