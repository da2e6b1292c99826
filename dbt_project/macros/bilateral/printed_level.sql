{% macro printed_level() %}
    -- Values in the currency they were published in, of the sources that print growth: dollars and yuan side by side.
    {% set currencies = [
    ('USD', 'value_usd', "conversion_rule = 'published'"),
    ('CNY', 'value_original', "original_currency_code = 'CNY'"),
] %}
    with
        level as (

            {% for currency_code, amount, condition in currencies %}
                select
                    source_code,
                    reporter_code,
                    partner_code,
                    flow_code,
                    product_key,
                    period_code,
                    '{{ currency_code }}' as currency_code,
                    {{ amount }} as amount,
                    file_id,
                    line
                from {{ ref('trade_printed_cell') }}
                where
                    {{ condition }}
                    and {{ amount }} is not null
                    and source_code in (select source_code from {{ ref('fct_trade_growth') }})
                {% if not loop.last %}
                    union all
                {% endif %}
            {% endfor %}

        )

    select
        level.source_code,
        level.reporter_code,
        level.partner_code,
        level.flow_code,
        level.product_key,
        level.period_code,
        level.currency_code,
        level.amount::decimal(18, 3) as amount,
        period.freq_code,
        period.period_start::date as period_start,
        period.period_end::date as period_end,
        period.period_months::integer as period_months,
        period.year_number::integer as year_number,
        level.file_id,
        level.line::bigint as line
    from level
    inner join {{ ref('dim_period') }} as period on level.period_code = period.period_code
{% endmacro %}
