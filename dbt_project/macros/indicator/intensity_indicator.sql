{% macro intensity_indicator() %}
    -- Whether an economy sells a partner more than the partner's weight among the markets of the world explains.
    -- What comes back to its own economy is trade of no pair, and in none of the values.
    with
        joined as (

            select
                pair.*,
                market.abroad_usd as market_usd,
                (universe.abroad_usd - own.abroad_usd)::decimal(18, 3) as other_markets_usd,
                coalesce(universe.n_reporters, 0) as n_reporters,
                coalesce(universe.n_missing, 0) as n_missing,
                case
                    when pair.report_state <> 'whole'
                    then pair.report_state
                    when coalesce(market.report_state, 'not_reported') <> 'whole'
                    then 'partner_not_reported'
                    when coalesce(own.report_state, 'not_reported') <> 'whole'
                    then 'imports_not_reported'
                    when universe.n_reporters < {{ min_reporters_of_a_world() }}
                    then 'world_too_small'
                    when market.abroad_usd = 0 or pair.exports_usd = 0 or universe.abroad_usd = own.abroad_usd
                    then 'no_trade'
                end as null_reason
            from exporting_pair as pair
            {% for alias, area in [('own', 'reporter'), ('market', 'partner')] %}
                left join
                    {{ ref('yearly_report') }} as {{ alias }}
                    on pair.source_code = {{ alias }}.source_code
                    and pair.{{ area }}_code = {{ alias }}.reporter_code
                    and pair.period_code = {{ alias }}.period_code
                    and {{ alias }}.flow_code = 'M'
            {% endfor %}
            left join
                {{ ref('yearly_universe') }} as universe
                on pair.source_code = universe.source_code
                and pair.period_code = universe.period_code
                and universe.flow_code = 'M'

        ),

        parts as (

            select
                *,
                case when null_reason is null then {{ ratio('value_usd', 'exports_usd') }} end as numerator,
                case when null_reason is null then {{ ratio('market_usd', 'other_markets_usd') }} end as denominator
            from joined

        )

    select
        source_code,
        reporter_code,
        partner_code,
        'X' as flow_code,
        'TOTAL' as product_key,
        period_code,
        'trade_intensity' as indicator_code,
        cast(null as varchar) as product_level,
        {{ ratio('numerator', 'denominator') }} as value,
        numerator,
        denominator,
        n_reporters as n_observed,
        0::bigint as n_implied_zero,
        n_missing,
        valuation_code,
        null_reason
    from parts
{% endmacro %}
