"""marts.bilateral_year: turnover, shares and growth per pair and year, against sense and the last release.

Method: shares within [0, 100] and adding up to no more than the whole (2 % for rounding); growth outliers by the
median and the median absolute deviation of the reporter's own partners (robust z-score, Iglewicz & Hoaglin 1993).
"""

from __future__ import annotations

from expectations import thresholds
from expectations.release.rule import Rule, error, warning

TABLE = "marts.bilateral_year"

_KEY = "reporter_code, partner_code, year_number"
_PLACE = """
        pair.reporter_code, pair.partner_code, pair.year_number, pair.turnover_any_basis_usd, pair.turnover_rule,
        coalesce(pair.file_id, pair.exports_file_id, pair.imports_file_id) as file_id,
        coalesce(pair.line, pair.exports_line, pair.imports_line) as line"""

_RANGE = f"""
with usual as (
    select reporter_code, partner_code, median(turnover_any_basis_usd) as usual_usd, count(*) as n_years
    from judged
    where turnover_any_basis_usd > 0
    group by all
)
select {_PLACE}, usual.usual_usd, usual.n_years
from judged as pair
join usual using (reporter_code, partner_code)
where
    usual.n_years >= 3
    and greatest(pair.turnover_any_basis_usd, usual.usual_usd) >= {thresholds.AT_STAKE_USD}
    -- a year without trade is no figure in other units
    and pair.turnover_any_basis_usd > 0
    and pair.turnover_any_basis_usd / usual.usual_usd
        not between {1 / thresholds.TURNOVER_FACTOR} and {thresholds.TURNOVER_FACTOR}
order by all
"""

_SHARE_SUM = f"""
with share as (
    select pair.*
    from judged as pair
    join core.dim_area as partner on partner.area_code = pair.partner_code
    where partner.is_economy and pair.share_of_turnover_pct is not null
)
select
    reporter_code, year_number, share_source_code,
    sum(share_of_turnover_pct) as shares_pct,
    count(*) as n_partners,
    arg_max(partner_code, share_of_turnover_pct) as largest_partner_code,
    arg_max(coalesce(file_id, exports_file_id, imports_file_id), share_of_turnover_pct) as file_id,
    arg_max(coalesce(line, exports_line, imports_line), share_of_turnover_pct) as line
from share
group by all
having shares_pct > {thresholds.SHARES_CEILING_PCT}
order by all
"""

_OUTLIER = f"""
with growth as (
    select *, ln(1 + turnover_yoy_pct / 100) as log_growth
    from judged
    where turnover_yoy_is_comparable and turnover_yoy_pct > -100
),
centre as (
    select reporter_code, median(log_growth) as usual, 1.4826 * mad(log_growth) as spread, count(*) as n_growths
    from growth
    group by all
)
select {_PLACE}, pair.turnover_yoy_pct, round(abs(pair.log_growth - centre.usual) / centre.spread, 1) as robust_z
from growth as pair
join centre using (reporter_code)
where
    centre.n_growths >= {thresholds.MIN_GROWTHS}
    and centre.spread > 0
    and pair.turnover_any_basis_usd >= {thresholds.GROWTH_FLOOR_USD}
    and abs(pair.log_growth - centre.usual) > {thresholds.ROBUST_Z} * centre.spread
order by robust_z desc, pair.reporter_code, pair.partner_code, pair.year_number
"""

_CHANGED = f"""
select
    before.reporter_code, before.partner_code, before.year_number,
    before.turnover_usd as turnover_usd_before, before.turnover_rule as turnover_rule_before,
    pair.turnover_usd, pair.turnover_rule,
    coalesce(pair.file_id, pair.exports_file_id, pair.imports_file_id) as file_id,
    coalesce(pair.line, pair.exports_line, pair.imports_line) as line
from {{earlier}} as before
left join judged as pair using (reporter_code, partner_code, year_number)
where
    pair.turnover_usd is null
    or abs(pair.turnover_usd - before.turnover_usd) / {thresholds.TURNOVER_CHANGED_PCT / 100} > before.turnover_usd
order by before.turnover_usd desc, before.reporter_code, before.partner_code, before.year_number
"""

RULES: list[Rule] = [
    error(
        TABLE,
        "year_turnover_in_range",
        "No yearly total trade is three powers of ten away from what is usual for the pair",
        f"A year's total trade is {thresholds.TURNOVER_FACTOR:,} times larger or smaller than usual for the pair",
        _RANGE,
        f"a factor below {thresholds.TURNOVER_FACTOR} of the pair's median where a billion USD is at stake",
        key=_KEY,
    ),
    error(
        TABLE,
        "year_of_one_report",
        "No total trade and no balance is made of two reports, and turnover_usd is the reporter's own",
        "Total trade or a balance is made of two different reports",
        f"""
        select {_PLACE}, pair.turnover_usd, pair.turnover_source_code, pair.turnover_basis, pair.balance_usd,
            pair.exports_source_code, pair.exports_basis, pair.imports_source_code, pair.imports_basis
        from judged as pair
        where
            contains(pair.turnover_source_code, '+')
            or (pair.turnover_usd is not null and pair.turnover_basis is distinct from 'own')
            or (
                pair.balance_usd is not null
                and (
                    pair.exports_source_code is distinct from pair.imports_source_code
                    or pair.exports_basis is distinct from pair.imports_basis
                )
            )
        order by all
        """,
        "one source, and of a balance one side too",
        key=_KEY,
    ),
    error(
        TABLE,
        "year_share_within_bounds",
        "Every share of total trade lies between 0 and 100 %",
        "A share of total trade is below 0 or above 100 %",
        f"""
        select {_PLACE}, pair.share_of_turnover_pct, pair.world_turnover_usd, pair.share_source_code
        from judged as pair
        where pair.share_of_turnover_pct not between 0 and 100
        order by all
        """,
        "0 to 100 %",
        key=_KEY,
    ),
    error(
        TABLE,
        "year_shares_add_up",
        "The shares of a reporter's partners in a year add up to no more than the whole",
        f"The shares of a reporter's partners add up to more than {thresholds.SHARES_CEILING_PCT} %",
        _SHARE_SUM,
        f"at most {thresholds.SHARES_CEILING_PCT} %",
        key="reporter_code, year_number, share_source_code",
    ),
    warning(
        TABLE,
        "year_growth_in_band",
        f"Growth is within {thresholds.ROBUST_Z} robust deviations of what is usual for the reporter",
        "Trade grew or shrank far more than is usual for the reporter",
        _OUTLIER,
        f"a robust z-score of at most {thresholds.ROBUST_Z} for {thresholds.GROWTH_FLOOR_USD:,} USD or more",
        key=_KEY,
    ),
    warning(
        TABLE,
        "year_both_reporters_agree",
        "Both reporters agree on the yearly total trade within a factor of 2.7",
        "The two countries' figures of their total trade differ by more than a factor of 2.7",
        f"""
        select {_PLACE}, pair.partner_reported_turnover_usd,
            round(ln(pair.partner_reported_turnover_usd / pair.turnover_usd), 2) as log_ratio
        from judged as pair
        where
            pair.turnover_basis = 'own'
            and greatest(pair.turnover_usd, pair.partner_reported_turnover_usd) >= {thresholds.PAIR_FLOOR_USD}
            and abs(ln(nullif(pair.partner_reported_turnover_usd, 0) / nullif(pair.turnover_usd, 0)))
            > {thresholds.MIRROR_LOG_RATIO}
        order by pair.turnover_usd desc, pair.reporter_code, pair.partner_code, pair.year_number
        """,
        f"within a factor of 2.7, for total trade of {thresholds.PAIR_FLOOR_USD:,} USD or more",
        key=_KEY,
    ),
    warning(
        TABLE,
        "year_turnover_unchanged",
        f"No published total trade vanished or changed by more than {thresholds.TURNOVER_CHANGED_PCT} % since the last "
        "release",
        f"A pair's total trade vanished or moved by over {thresholds.TURNOVER_CHANGED_PCT} % since the last release",
        _CHANGED,
        f"a change of at most {thresholds.TURNOVER_CHANGED_PCT} %",
        earlier="""
        select reporter_code, partner_code, year_number, turnover_usd, turnover_rule
        from previous.marts.bilateral_year
        where turnover_usd is not null and turnover_basis = 'own'
        """,
        key=_KEY,
    ),
]
