"""core.fct_trade: the cells that may be added up, against the world totals, the mirror and the last release.

Method: partner coverage and the mirror comparison are those of international merchandise trade compilers
(UN IMTS 2010 Compilers Manual; ratio in logs as in CEPII's BACI). A log ratio of 1 is a factor of 2.7, far beyond
freight, insurance and timing; it is a fact worth knowing and no error of the warehouse, hence a warning.
"""

from __future__ import annotations

from expectations import thresholds
from expectations.release.rule import CELL, CELL_KEY, Rule, error, warning
from expectations.release.trade_values import partners_within_world, value_rules

TABLE = "core.fct_trade"

_MIRROR = f"""
with flow as (
    select trade.*
    from judged as trade
    join core.dim_period as period on period.period_code = trade.period_code
    join core.dim_source as source on source.source_code = trade.source_code
    where trade.product_key = 'TOTAL' and period.freq_code = 'A' and trade.value_usd > 0
    qualify row_number() over (
        partition by trade.reporter_code, trade.partner_code, trade.flow_code, trade.period_code
        order by source.priority nulls last, trade.source_code
    ) = 1
)
select
    exports.reporter_code as exporter_code,
    exports.partner_code as importer_code,
    exports.period_code,
    exports.value_usd as exports_usd,
    imports.value_usd as imports_usd,
    round(ln(imports.value_usd / exports.value_usd), 2) as log_ratio,
    exports.source_code, exports.file_id, exports.line,
    imports.source_code as importer_source_code, imports.file_id as importer_file_id, imports.line as importer_line
from flow as exports
join flow as imports
    on imports.reporter_code = exports.partner_code
    and imports.partner_code = exports.reporter_code
    and imports.period_code = exports.period_code
where
    exports.flow_code = 'X'
    and imports.flow_code = 'M'
    and greatest(exports.value_usd, imports.value_usd) >= {thresholds.MIRROR_FLOOR_USD}
    and abs(ln(imports.value_usd / exports.value_usd)) > {thresholds.MIRROR_LOG_RATIO}
order by greatest(exports.value_usd, imports.value_usd) desc, exporter_code, importer_code, exports.period_code
"""

_REPORTERS = """
with now as (select distinct source_code, reporter_code from judged)
select before.source_code, before.reporter_code, before.n_rows as n_rows_before
from {earlier} as before
join core.dim_source as source on source.source_code = before.source_code
left join now
    on now.source_code = before.source_code and now.reporter_code = before.reporter_code
where now.reporter_code is null
order by all
"""

_VOLUME = f"""
with now as (select source_code, count(*) as n_rows from judged group by all)
select before.source_code, before.n_rows as n_rows_before, coalesce(now.n_rows, 0) as n_rows
from {{earlier}} as before
join core.dim_source as source on source.source_code = before.source_code
left join now on now.source_code = before.source_code
where coalesce(now.n_rows, 0) < {1 - thresholds.CELLS_LOST_SHARE} * before.n_rows
order by all
"""

_PRODUCTS = f"""
with added as (
    select
        source_code, reporter_code, partner_code, flow_code, period_code,
        sum(value_usd) as products_usd, count(*) as n_products, arg_max(product_key, value_usd) as largest_product_key
    from judged
    where product_key not in ('TOTAL', 'UNALLOCATED')
        and source_code in (select source_code from core.fct_trade_total where product_key = 'TOTAL')
    group by all
)
select
    added.*, total.value_usd as total_usd, added.products_usd - total.value_usd as too_much_usd,
    total.file_id, total.line
from added
join core.fct_trade_total as total using (source_code, reporter_code, partner_code, flow_code, period_code)
where
    total.product_key = 'TOTAL'
    and added.products_usd - total.value_usd > {thresholds.PRODUCT_ROUNDING_USD} * added.n_products
order by too_much_usd desc, reporter_code, partner_code, flow_code, period_code
"""

RULES: list[Rule] = [
    *value_rules(TABLE, "trade", thresholds.CELL_CEILING_USD),
    partners_within_world(TABLE, "trade"),
    error(
        TABLE,
        "trade_reporters_kept",
        "No reporter of a source that is still connected has disappeared since the last release",
        "A reporter of the last release has disappeared",
        _REPORTERS,
        "every reporter of the last release",
        earlier="select source_code, reporter_code, count(*) as n_rows from previous.core.fct_trade group by all",
        key="source_code, reporter_code",
    ),
    error(
        TABLE,
        "trade_volume_by_source",
        f"No source that is still connected lost more than {thresholds.CELLS_LOST_SHARE:.0%} of its cells since "
        "the last release",
        f"A source has lost more than {thresholds.CELLS_LOST_SHARE:.0%} of its figures since the last release",
        _VOLUME,
        f"at least {1 - thresholds.CELLS_LOST_SHARE:.0%} of the last release's rows",
        earlier="select source_code, count(*) as n_rows from previous.core.fct_trade group by all",
        key="source_code",
    ),
    warning(
        TABLE,
        "trade_products_within_total",
        "Products of a pair add up to no more than the total the same source publishes",
        "The products of a pair add up to more than their published total",
        _PRODUCTS,
        f"at most the total, but for {thresholds.PRODUCT_ROUNDING_USD} USD a product",
        key="source_code, reporter_code, partner_code, flow_code, period_code",
    ),
    warning(
        TABLE,
        "trade_mirrored_flow",
        "Exporter and importer agree on a yearly flow within a factor of 2.7",
        "Exporter and importer differ by more than a factor of 2.7 on a year's trade",
        _MIRROR,
        f"within a factor of 2.7, for trade of {thresholds.MIRROR_FLOOR_USD:,} USD or more",
        key="exporter_code, importer_code, period_code, source_code, importer_source_code",
    ),
    warning(
        TABLE,
        "trade_reports_agree",
        "Reports of one cell by one statistic agree within 10 %",
        "Reports of one figure by one statistic differ by more than 10 %",
        f"""
        select {CELL}, value_usd_min, value_usd_max, n_reports, choice_rule
        from judged
        where value_usd_max / {thresholds.REPORTS_FACTOR} > value_usd_min
        order by value_usd_max - value_usd_min desc, {CELL}
        """,
        "largest report at most 1.1 times the smallest",
        key=CELL_KEY,
    ),
]
