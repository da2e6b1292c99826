"""Figures that the page and the claims show and no table keeps as they are shown, each made the way it is drawn.

Every query gives the columns of a figure (see figures.py) within $half of $number.
"""

from __future__ import annotations

# January and February that are published together stand in charts at their monthly average.
_PAIRS_OF_MONTHS = """
select
    'marts.bilateral_month' as kept_in, null as section, 'turnover_usd' as item, 'a month on average' as detail,
    reporter_code, partner_code, period_code, cast(turnover_usd as double) / period_months as figure, 'usd' as unit,
    turnover_rule as rule_code, source_code, null as file_id, null as line
from marts.bilateral_month
where period_months > 1 and abs(abs(cast(turnover_usd as double) / period_months) / 1e9 - $number) <= $half
"""
# What a statement says, what was found, and how far they lie apart: of the two economies it speaks of.
_STATEMENTS = """
select
    'marts.claim_check' as kept_in, 'statement' as section, told.item, statement_id as detail, reporter_code,
    partner_code, period_code, told.figure, told.unit, null as rule_code, source_code, file_id, line
from (
    select
        verdict.statement_id, statement.subject_code as reporter_code, statement.counterpart_code as partner_code,
        verdict.found_period_code as period_code, verdict.found_source_code as source_code, verdict.file_id,
        verdict.line,
        unnest([
            struct_pack(item := 'claimed', figure := cast(verdict.claimed_value as double), unit := verdict.unit_code),
            struct_pack(item := 'found', figure := cast(verdict.found_value as double), unit := verdict.unit_code),
            struct_pack(item := 'found_low', figure := cast(verdict.found_low as double), unit := verdict.unit_code),
            struct_pack(item := 'found_high', figure := cast(verdict.found_high as double), unit := verdict.unit_code),
            struct_pack(item := 'difference', figure := cast(verdict.difference as double), unit := verdict.unit_code),
            struct_pack(item := 'difference', figure := cast(verdict.difference_pct as double), unit := 'percent')
        ]) as told
    from marts.claim_check as verdict
    inner join core.fct_statement as statement on verdict.statement_id = statement.statement_id
)
where abs(abs(told.figure) - $number) <= $half
"""
# How far the latest figure is above or below a target, in percent of it.
_TARGETS = """
select
    'marts.target_progress' as kept_in, 'target' as section, 'distance_from_target' as item, target_id as detail,
    reporter_code, partner_code, cast(latest_year as varchar) as period_code,
    cast(progress_pct as double) - 100 as figure, 'percent' as unit, null as rule_code, null as source_code,
    null as file_id, null as line
from marts.target_progress
where abs(abs(cast(progress_pct as double) - 100) - $number) <= $half
"""
# What turns dollars of a year into euro, yuan, real dollars or dollars per head, as charts do.
_FACTORS = """
with rates as (
    select base_currency_code, quote_currency_code, period_code, file_id, line,
        unnest([cast(rate as double), 1 / cast(rate as double)]) as figure
    from core.fct_exchange_rate
    where is_chosen and rate_basis = 'period_average' and rate > 0
        and 'USD' in (base_currency_code, quote_currency_code)
),
prices as (
    select period_code, file_id, line, cast(value_in_own_unit as double) as index_number,
        max_by(cast(value_in_own_unit as double), period_code) over () as newest
    from core.fct_macro
    where indicator_code = 'NY.GDP.DEFL.ZS' and area_code = 'USA' and value_in_own_unit > 0
),
heads as (
    select area_code, period_code, file_id, line,
        unnest([1e6 / value_persons, 1e9 / value_persons]) as figure
    from core.fct_macro
    where indicator_code = 'population_persons' and value_persons > 0
),
factors as (
    select 'core.fct_exchange_rate' as kept_in, 'average_rate' as item,
        base_currency_code || ' and ' || quote_currency_code as detail, null as reporter_code, period_code, figure,
        file_id, line
    from rates
    union all
    select 'core.fct_macro', 'price_factor', 'US dollars', null, period_code, newest / index_number, file_id,
        line
    from prices
    union all
    select 'core.fct_macro', 'per_head_factor', null, area_code, period_code, figure, file_id, line
    from heads
)
select
    kept_in, null as section, item, detail, reporter_code, null as partner_code, period_code, figure, 'ratio' as unit,
    null as rule_code, null as source_code, file_id, line
from factors
where abs(figure - $number) <= greatest($half, 5e-7 * figure)
"""
# Where an event stands on the line of years.
_EVENTS = """
select
    'core.dim_event' as kept_in, 'event' as section, 'place_in_chart' as item, event_name as detail,
    null as reporter_code, null as partner_code, cast(year(event_on) as varchar) as period_code,
    year(event_on) + (dayofyear(event_on) - 1) / 365 as figure, 'years' as unit, null as rule_code,
    null as source_code, file_id, line
from core.dim_event
where abs(year(event_on) + (dayofyear(event_on) - 1) / 365 - $number) <= $half
"""
QUERIES = (_PAIRS_OF_MONTHS, _STATEMENTS, _TARGETS, _FACTORS, _EVENTS)
# Of no economy, or of all: they are of every pair.
OF_NOBODY = ("core.fct_exchange_rate", "core.fct_macro", "core.dim_event")
