-- One row per report and figure in it: whatever can disagree between reports of one cell, on one footing.
-- Growth in dollars and growth in yuan are two figures; so are quantities in two units.
with
    report as (

        select
            *,
            source_code
            || '|'
            || reporter_code
            || '|'
            || partner_code
            || '|'
            || flow_code
            || '|'
            || product_key
            || '|'
            || period_code as cell_key,
            -- exports, imports and turnover of one record belong together
            sum(coalesce(value_usd_decimals, 0)) over (partition by source_code, file_id, line) as n_report_decimals
        from {{ ref('int_trade_report_corrected') }}

    ),

    figures as (

        {% for measure, amount, unit, decimals in [
        ('value_usd', 'value_usd', "'USD'", 'value_usd_decimals'),
        ('value_cny', 'value_cny', "'CNY'", 'value_cny_decimals'),
        ('quantity', 'quantity', 'quantity_unit_code', 'quantity_decimals'),
        ('yoy_pct', 'yoy_pct', 'yoy_currency', 'yoy_decimals'),
    ] %}
            select
                cell_key,
                '{{ measure }}' as measure_code,
                {{ unit }} as unit_code,
                report_key,
                cast({{ amount }} as double) as amount,
                {{ decimals }} as n_decimals,
                n_report_decimals,
                publication_id,
                published_on
            from report
            where {{ amount }} is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}

    )

select
    cell_key,
    measure_code,
    coalesce(unit_code, 'unclear') as unit_code,
    report_key,
    amount,
    n_decimals,
    n_report_decimals::bigint as n_report_decimals,
    publication_id,
    published_on
from figures
