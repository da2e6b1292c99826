-- Every index of the structure of trade, one row each, with what it was computed over and why it may be unknown. Each
-- family of indices is computed by a macro of its own, macros/indicator/<family>_indicator, but for concentration,
-- which others read too. What rounding carries a hair over the bounds of its index is put on them; the test finds
-- what is further out.
with
    exporting_pair as materialized({{ exporting_pair() }}),

    measured as (

        {% for family in indicator_families() %}
            select
                source_code,
                reporter_code,
                partner_code,
                flow_code,
                product_key,
                period_code,
                indicator_code,
                product_level,
                value,
                numerator,
                denominator,
                n_observed,
                n_implied_zero,
                n_missing,
                valuation_code,
                null_reason
            from
                {{ ref(family) if family == 'concentration_indicator' else '(' ~ context[family]() ~ ') as family' }}
                {{ 'union all' if not loop.last }}
        {% endfor %}

    ),

    indicator as (

        select
            measured.source_code,
            measured.reporter_code,
            measured.partner_code,
            measured.flow_code,
            measured.product_key,
            measured.period_code,
            measured.indicator_code,
            measured.product_level,
            {%- set hair = '0.000000001' %}
            case
                when measured.value < definition.lower_bound and measured.value >= definition.lower_bound - {{ hair }}
                then definition.lower_bound
                when measured.value > definition.upper_bound and measured.value <= definition.upper_bound + {{ hair }}
                then definition.upper_bound
                else measured.value
            end::double as value,
            measured.numerator::double as numerator,
            measured.denominator::double as denominator,
            definition.universe,
            measured.n_observed::bigint as n_observed,
            measured.n_implied_zero::bigint as n_implied_zero,
            measured.n_missing::bigint as n_missing,
            measured.valuation_code,
            measured.null_reason
        from measured
        left join {{ ref('dim_indicator') }} as definition on measured.indicator_code = definition.indicator_code

    )

select *
from {{ shown_step('indicator') }}
