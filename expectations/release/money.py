"""Exchange rates, gross domestic products and settlement shares against sense.

Method: a yearly average rate or a gross domestic product does not treble within a year outside a hyperinflation or
a redenomination, and none is on record here; two publishers of one yearly average differ by rounding and by the
days they average over, not by 5 %.
"""

from __future__ import annotations

from expectations import thresholds
from expectations.release.rule import Rule, error, warning

RATE = "core.fct_exchange_rate"
MACRO = "core.fct_macro"
SETTLEMENT = "marts.settlement_currency"

_RATE_KEY = "base_currency_code, quote_currency_code, rate_basis, period_code, publication_id"

_RATE_JUMP = f"""
select
    rate.base_currency_code, rate.quote_currency_code, rate.rate_basis, rate.period_code, rate.rate,
    before.rate as rate_before, rate.publication_id, rate.file_id, rate.line
from judged as rate
join core.dim_period as period on period.period_code = rate.period_code
join core.dim_period as period_before
    on period_before.freq_code = period.freq_code and period_before.year_number = period.year_number - 1
join judged as before
    on before.base_currency_code = rate.base_currency_code
    and before.quote_currency_code = rate.quote_currency_code
    and before.rate_basis = rate.rate_basis
    and before.period_code = period_before.period_code
where
    period.freq_code = 'A'
    and before.is_chosen
    and (
        rate.rate / {thresholds.YEARLY_FACTOR} > before.rate or before.rate / {thresholds.YEARLY_FACTOR} > rate.rate
    )
order by all
"""

_RATE_SPREAD = f"""
select
    rate.base_currency_code, rate.quote_currency_code, rate.rate_basis, rate.period_code, rate.rate,
    chosen.rate as chosen_rate, rate.publication_id, rate.file_id, rate.line
from judged as rate
join judged as chosen using (base_currency_code, quote_currency_code, rate_basis, period_code)
where chosen.is_chosen and abs(rate.rate - chosen.rate) / {thresholds.RATE_SPREAD} > chosen.rate
order by all
"""

_NOMINAL = f"""
select
    rate.base_currency_code, rate.quote_currency_code, rate.rate_basis, rate.period_code, rate.rate,
    chosen.rate as chosen_rate, rate.publication_id, rate.file_id, rate.line
from judged as rate
join judged as chosen using (base_currency_code, quote_currency_code, rate_basis, period_code)
where
    chosen.is_chosen and least(rate.rate, chosen.rate) > 0
    and greatest(rate.rate, chosen.rate) / least(rate.rate, chosen.rate) >= {thresholds.NOMINAL_FACTOR}
order by all
"""

# A period in which daily rates lack for too long has no average (int_exchange_rate_chosen): what is left to be seen
# here is the hole between the periods that have one.
_HOLE = """
with yearly as (
    select distinct rate.base_currency_code, rate.quote_currency_code, rate.rate_basis, period.year_number
    from judged as rate
    join core.dim_period as period on period.period_code = rate.period_code and period.freq_code = 'A'
    where rate.is_chosen
),
ordered as (
    select
        *,
        lag(year_number) over (
            partition by base_currency_code, quote_currency_code, rate_basis order by year_number
        ) as year_before
    from yearly
)
select
    base_currency_code, quote_currency_code, rate_basis, year_before + 1 as first_missing_year,
    year_number - 1 as last_missing_year
from ordered
where year_number - year_before > 1
order by all
"""

_GDP_JUMP = f"""
select
    macro.area_code, macro.indicator_code, macro.period_code, macro.value_usd, before.value_usd as value_usd_before,
    macro.publication_id, macro.file_id, macro.line
from judged as macro
join core.dim_period as period on period.period_code = macro.period_code
join core.dim_period as period_before
    on period_before.freq_code = period.freq_code and period_before.year_number = period.year_number - 1
join judged as before
    on before.area_code = macro.area_code
    and before.indicator_code = macro.indicator_code
    and before.period_code = period_before.period_code
where
    macro.value_usd / {thresholds.YEARLY_FACTOR} > before.value_usd
    or before.value_usd / {thresholds.YEARLY_FACTOR} > macro.value_usd
order by all
"""

RULES: list[Rule] = [
    error(
        RATE,
        "rate_positive",
        "Every exchange rate is positive",
        "An exchange rate is 0 or negative",
        "select * from judged where rate <= 0 order by all",
        "rates above 0",
        key=_RATE_KEY,
    ),
    error(
        RATE,
        "rate_scale_over_time",
        "No yearly exchange rate is three times that of the year before, or a third",
        "A yearly exchange rate is three times that of the year before, or a third",
        _RATE_JUMP,
        "a factor of at most 3",
        key=_RATE_KEY,
    ),
    error(
        RATE,
        "rate_nominal_applied",
        "No two publishers' rates of one pair and period differ as one unit of a currency does from ten or more",
        "Two publishers' rates differ as if one meant 1 unit of the currency and the other 10 or more",
        _NOMINAL,
        f"a factor below {thresholds.NOMINAL_FACTOR}",
        key=_RATE_KEY,
    ),
    warning(
        RATE,
        "rate_years_without_hole",
        f"No year between two with a rate lacks one, as a year does in which daily rates are missing for more than "
        f"{thresholds.RATE_GAP_DAYS} days",
        "A year between two years with an exchange rate has none",
        _HOLE,
        "a rate for every year between the first and the last",
        key="base_currency_code, quote_currency_code, rate_basis, first_missing_year",
        remedy="Fetch the missing year with `entrepot backfill`, or accept the hole: that year has no dollars",
    ),
    warning(
        RATE,
        "rate_publishers_agree",
        "Every publisher's rate is within 5 % of the chosen one",
        "A publisher's exchange rate is more than 5 % off the chosen one",
        _RATE_SPREAD,
        "a difference of at most 5 %",
        key=_RATE_KEY,
    ),
    error(
        MACRO,
        "macro_scale_over_time",
        "No gross domestic product is negative, three times that of the year before, or a third",
        "A gross domestic product is negative, or three times or a third of the year before",
        _GDP_JUMP.replace("where\n", "where\n    macro.value_usd < 0 or\n"),
        "a factor of at most 3",
        key="area_code, indicator_code, period_code",
    ),
    error(
        SETTLEMENT,
        "settlement_share_within_bounds",
        "Every share of a currency in settlements lies between 0 and 100 %",
        "A currency's share in settlements is below 0 or above 100 %",
        """
        select
            reporter_code, partner_code, flow_code, scope_text, period_code, currency_code,
            share_pct, share_pct_min, share_pct_max, publication_id, file_id, line
        from judged
        where share_pct not between 0 and 100 or share_pct_min < 0 or share_pct_max > 100
        order by all
        """,
        "0 to 100 %",
        key="reporter_code, partner_code, flow_code, scope_text, period_code, currency_code, publication_id",
    ),
]
