"""marts.bilateral_month: months against the printed year and against sense.

Method: a month taken as the difference of two cumulative figures must not be negative; twelve months (January and
February may be one record) add up to the reporter's own year, whichever sources they come from; that no month is in two
rows is for dbt to prove. Publishers revise a year without its months, so a difference beyond rounding is a warning;
only one too large for any revision is an error. Imports FOB are no contradiction to imports CIF: months and a year that
value them unlike are not compared for that warning.
"""

from __future__ import annotations

from expectations import thresholds
from expectations.release.rule import Rule, error, warning

TABLE = "marts.bilateral_month"

_PLACE = "reporter_code, partner_code, period_code, source_code, file_id, line"


def _apart_from_year(tolerance_pct: int) -> str:
    return f"""
with month_sum as (
    select
        reporter_code, partner_code, year_number,
        string_agg(distinct source_code, '+' order by source_code) as source_codes,
        sum(turnover_usd) as months_usd,
        arg_max(period_code, turnover_usd) as largest_period_code,
        arg_max(file_id, turnover_usd) as file_id,
        arg_max(line, turnover_usd) as line
    from judged
    where turnover_usd is not null
    group by reporter_code, partner_code, year_number
    having sum(period_months) >= 12
)
select
    month_sum.*, pair.turnover_usd as year_usd, pair.turnover_source_code as year_source_code,
    round(100 * month_sum.months_usd / pair.turnover_usd - 100, 2) as difference_pct,
    pair.file_id as year_file_id, pair.line as year_line
from month_sum
join marts.bilateral_year as pair
    on pair.reporter_code = month_sum.reporter_code
    and pair.partner_code = month_sum.partner_code
    and pair.year_number = month_sum.year_number
    and pair.turnover_basis = 'own'
where abs(month_sum.months_usd - pair.turnover_usd) / {tolerance_pct / 100} > pair.turnover_usd
order by all
"""


_APART_OF_ONE_VALUATION = f"""
with apart as ({_apart_from_year(thresholds.MONTHS_ROUNDING_PCT)}),
source as (
    select reporter_code, year_number, 'months' as kind, unnest(string_split(source_codes, '+')) as source_code
    from apart
    union
    select reporter_code, year_number, 'year', year_source_code from apart
),
valued as (
    select
        source.reporter_code, source.year_number, source.kind,
        string_agg(distinct cell.valuation_code, '+' order by cell.valuation_code) as valuation_codes
    from source
    join core.fct_trade as cell
        on cell.reporter_code = source.reporter_code
        and cell.source_code = source.source_code
        and left(cell.period_code, 4) = cast(source.year_number as varchar)
        and cell.flow_code = 'M'
    group by all
)
select apart.*
from apart
left join valued as of_months
    on of_months.reporter_code = apart.reporter_code
    and of_months.year_number = apart.year_number
    and of_months.kind = 'months'
left join valued as of_year
    on of_year.reporter_code = apart.reporter_code
    and of_year.year_number = apart.year_number
    and of_year.kind = 'year'
where coalesce(of_months.valuation_codes = of_year.valuation_codes, true)
order by all
"""


_UNEXPLAINED = f"""
with year as (
    select
        reporter_code, partner_code, year_number, sum(turnover_usd) as months_usd,
        coalesce(sum(period_months) filter (where turnover_usd is not null), 0) as n_months,
        bool_or(year_state_code is null) as is_silent,
        bool_or(year_state_code = 'adds_up') as claims_sum,
        bool_or(year_state_code = 'months_missing') as claims_gap,
        min(file_id) as file_id, min(line) as line
    from judged
    group by reporter_code, partner_code, year_number
)
select year.*, pair.turnover_usd as year_usd
from year
left join marts.bilateral_year as pair
    on pair.reporter_code = year.reporter_code
    and pair.partner_code = year.partner_code
    and pair.year_number = year.year_number
where
    year.is_silent
    or year.claims_gap <> (year.n_months < 12)
    or (
        year.claims_sum
        and coalesce(
            abs(year.months_usd - pair.turnover_usd)
            > greatest({thresholds.MONTHS_ROUNDING_PCT / 100} * pair.turnover_usd, {thresholds.MONTHS_ROUNDING_USD}),
            true
        )
    )
order by all
"""

RULES: list[Rule] = [
    error(
        TABLE,
        "month_not_negative",
        "No month is negative, whether printed or a difference of cumulative figures",
        "A month of trade is negative",
        f"""
        select {_PLACE}, exports_usd, exports_rule, imports_usd, imports_rule, turnover_usd, turnover_rule
        from judged
        where exports_usd < 0 or imports_usd < 0 or turnover_usd < 0
        order by all
        """,
        "values of 0 or more",
        key="reporter_code, partner_code, period_code, source_code",
    ),
    error(
        TABLE,
        "month_sum_near_year",
        f"Where all twelve months exist their sum is within {thresholds.MONTHS_REVISION_PCT} % of the reporter's year",
        f"The sum of twelve months is more than {thresholds.MONTHS_REVISION_PCT} % off the reporter's year",
        _apart_from_year(thresholds.MONTHS_REVISION_PCT),
        f"a difference of at most {thresholds.MONTHS_REVISION_PCT} %",
        key="reporter_code, partner_code, year_number, source_codes",
    ),
    error(
        TABLE,
        "month_sum_says_why",
        "Where the months of a year do not add up to it, the row says why",
        "The months of a year do not add up to it, and no reason is given",
        _UNEXPLAINED,
        f"a reason in year_state_code for a difference above {thresholds.MONTHS_ROUNDING_PCT} % or a missing month",
        key="reporter_code, partner_code, year_number",
    ),
    warning(
        TABLE,
        "month_sum_is_year",
        f"Where all twelve months exist they add up to the reporter's year within {thresholds.MONTHS_ROUNDING_PCT} %, "
        "where both value imports alike",
        f"The sum of twelve months is more than {thresholds.MONTHS_ROUNDING_PCT} % off the reporter's year",
        _APART_OF_ONE_VALUATION,
        f"a difference of at most {thresholds.MONTHS_ROUNDING_PCT} %",
        key="reporter_code, partner_code, year_number, source_codes",
    ),
    warning(
        TABLE,
        "month_printed_as_difference",
        "A printed month agrees with the difference of the cumulative figures around it",
        "A printed month differs from what the cumulative figures around it give",
        f"""
        select {_PLACE}, turnover_usd, turnover_ytd_difference_usd
        from judged
        where agrees = false
        order by all
        """,
        "agreement within rounding",
        key="reporter_code, partner_code, period_code, source_code",
    ),
]
