"""core.fct_trade_growth: growth as printed against growth as the levels give it.

Method: a printed rate rests on a revised base, so a few points of difference are usual and informative; more than
ten points say that a figure, a period or a currency was misread somewhere.
"""

from __future__ import annotations

from expectations import thresholds
from expectations.release.rule import CELL_KEY, Rule, error, warning

TABLE = "core.fct_trade_growth"

_AGAINST_LEVELS = f"""
with level as (
    select
        cell.*, period.freq_code, period.period_months, period.period_start, period.period_end, period.year_number
    from (select * from core.fct_trade union all select * from core.fct_trade_total) as cell
    join core.dim_period as period on period.period_code = cell.period_code
    where cell.value_usd > 0 and cell.product_key in (select product_key from judged)
)
select
    growth.source_code, growth.reporter_code, growth.partner_code, growth.flow_code, growth.product_key,
    growth.period_code,
    growth.yoy_pct as printed_pct,
    round(100 * now.value_usd / before.value_usd - 100, 1) as computed_pct,
    growth.publication_id, growth.file_id, growth.line,
    now.file_id as level_file_id, now.line as level_line,
    before.file_id as base_file_id, before.line as base_line
from judged as growth
join level as now using (source_code, reporter_code, partner_code, flow_code, product_key, period_code)
join level as before
    on before.source_code = now.source_code
    and before.reporter_code = now.reporter_code
    and before.partner_code = now.partner_code
    and before.flow_code = now.flow_code
    and before.product_key = now.product_key
    and before.freq_code = now.freq_code
    and before.period_months = now.period_months
    and before.year_number = now.year_number - 1
    and month(before.period_start) = month(now.period_start)
where
    growth.yoy_currency = 'USD'
    -- the figures of a group that gained or lost members in between are of two groups
    and not exists (
        select 1
        from core.bridge_area_group as membership
        where
            membership.group_code in (growth.reporter_code, growth.partner_code)
            and (
                (membership.member_from > before.period_start and membership.member_from <= now.period_end)
                or (membership.member_to >= before.period_start and membership.member_to < now.period_end)
            )
    )
    and abs(growth.yoy_pct - (100 * now.value_usd / before.value_usd - 100)) > {thresholds.GROWTH_POINTS}
order by all
"""

RULES: list[Rule] = [
    warning(
        TABLE,
        "growth_as_levels_give_it",
        f"Printed growth is within {thresholds.GROWTH_POINTS} points of the growth of the source's own levels",
        f"Printed growth is more than {thresholds.GROWTH_POINTS} points off the growth of the source's own figures",
        _AGAINST_LEVELS,
        f"a difference of at most {thresholds.GROWTH_POINTS} points",
        key=f"{CELL_KEY}, publication_id",
    ),
    error(
        TABLE,
        "growth_above_minus_100",
        "No trade shrank by more than all of it",
        "Trade is said to have shrunk by more than 100 %",
        "select * from judged where yoy_pct < -100 order by all",
        "-100 % or more",
        key=f"{CELL_KEY}, publication_id",
    ),
]
