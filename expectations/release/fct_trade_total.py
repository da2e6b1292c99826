"""core.fct_trade_total: World, groups, turnover and sub-flows, which overlap, against their own parts.

Method: identities any customs statistic obeys (turnover = exports + imports; re-exports are part of exports; World
holds every partner). Figures quoted in the press are rounded and of several vintages, hence the tolerances.
"""

from __future__ import annotations

from expectations import thresholds
from expectations.release.rule import CELL_KEY, Rule, error, warning
from expectations.release.trade_values import partners_within_world, value_rules

TABLE = "core.fct_trade_total"
_EVERY = "(select * from judged union all select * from core.fct_trade)"

_PARTS = f"""
with flow as not materialized (
    select * from {_EVERY} as cell
)
select
    total.source_code, total.reporter_code, total.partner_code, total.product_key, total.period_code,
    total.value_usd as turnover_usd,
    exports.value_usd as exports_usd,
    imports.value_usd as imports_usd,
    round(100 * (exports.value_usd + imports.value_usd) / total.value_usd - 100, 1) as difference_pct,
    total.file_id, total.line,
    exports.file_id as exports_file_id, exports.line as exports_line,
    imports.file_id as imports_file_id, imports.line as imports_line
from flow as total
join flow as exports using (source_code, reporter_code, partner_code, product_key, period_code)
join flow as imports using (source_code, reporter_code, partner_code, product_key, period_code)
where
    total.flow_code = 'T' and exports.flow_code = 'X' and imports.flow_code = 'M' and total.value_usd > 0
    and abs((exports.value_usd + imports.value_usd) / total.value_usd - 1) > {{tolerance}}
order by all
"""


def _turnover_is_sum(tolerance: float) -> str:
    return _PARTS.replace("{tolerance}", str(tolerance))


_SUB_FLOW = f"""
with flow as not materialized (
    select * from {_EVERY} as cell
),
part as materialized (
    select * from flow where flow_code not in ('X', 'M', 'T')
)
select
    part.source_code, part.reporter_code, part.partner_code, part.flow_code, part.product_key, part.period_code,
    part.value_usd, whole.value_usd as whole_usd, part.file_id, part.line
from part
join core.dim_flow as sub_flow on sub_flow.flow_code = part.flow_code
join flow as whole
    on whole.source_code = part.source_code
    and whole.reporter_code = part.reporter_code
    and whole.partner_code = part.partner_code
    and whole.product_key = part.product_key
    and whole.period_code = part.period_code
    and whole.flow_code = sub_flow.parent_flow_code
where
    whole.source_code in (select source_code from part)
    and part.value_usd / {thresholds.SUB_FLOW_TOLERANCE} > whole.value_usd
order by all
"""

_GROUP = f"""
with flow as not materialized (
    select * from {_EVERY} as cell
),
bloc as materialized (
    select * from flow where partner_code in (select group_code from core.bridge_area_group)
)
select
    bloc.source_code, bloc.reporter_code, bloc.partner_code, bloc.flow_code, bloc.product_key, bloc.period_code,
    bloc.value_usd, member.partner_code as member_code, member.value_usd as member_usd,
    bloc.file_id, bloc.line, member.file_id as member_file_id, member.line as member_line
from bloc
join core.dim_period as period on period.period_code = bloc.period_code
join core.bridge_area_group as membership
    on membership.group_code = bloc.partner_code
    and membership.member_from <= period.period_start
    and coalesce(membership.member_to, period.period_end) >= period.period_end
join flow as member
    on member.partner_code = membership.area_code
    and member.source_code = bloc.source_code
    and member.reporter_code = bloc.reporter_code
    and member.flow_code = bloc.flow_code
    and member.product_key = bloc.product_key
    and member.period_code = bloc.period_code
where
    member.source_code in (select source_code from bloc)
    and member.value_usd / {thresholds.GROUP_TOLERANCE} > bloc.value_usd
order by all
"""

RULES: list[Rule] = [
    *value_rules(TABLE, "total", thresholds.TOTAL_CEILING_USD),
    partners_within_world(TABLE, "total"),
    error(
        TABLE,
        "total_turnover_near_sum",
        "A printed total trade is within 20 % of the same source's exports plus imports",
        "A printed total trade is more than 20 % off the same source's exports plus imports",
        _turnover_is_sum(thresholds.TURNOVER_MISREAD),
        "a difference of at most 20 %",
        key="source_code, reporter_code, partner_code, product_key, period_code",
    ),
    warning(
        TABLE,
        "total_turnover_is_sum",
        "A printed total trade is within 2 % of the same source's exports plus imports",
        "A printed total trade is more than 2 % off the same source's exports plus imports",
        _turnover_is_sum(thresholds.TURNOVER_ROUNDING),
        "a difference of at most 2 %",
        key="source_code, reporter_code, partner_code, product_key, period_code",
    ),
    warning(
        TABLE,
        "total_sub_flow_within_flow",
        "Re-exports and re-imports are no larger than the exports and imports they are part of",
        "Re-exports or re-imports are larger than the exports or imports they are part of",
        _SUB_FLOW,
        "a part no larger than its whole",
        key=CELL_KEY,
    ),
    error(
        TABLE,
        "total_group_not_below_member",
        "Trade with a group of economies is no smaller than trade with any one member",
        "Trade with a group is smaller than trade with one of its members",
        _GROUP,
        "at least 98 % of the largest member",
        key=f"{CELL_KEY}, member_code",
    ),
]
