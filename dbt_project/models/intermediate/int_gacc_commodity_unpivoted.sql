-- The tables of major exports and imports of China's customs, one row per figure: of the month, cumulated from January
-- on, and cumulated a year before. Quantities whose unit is unknown, or printed wrongly, are left out.
with
    record as (

        select
            record.*,
            make_date(cast(extract(year from period_end) as integer), 1, 1) as year_start,
            make_date(cast(extract(year from period_end) as integer) - 1, 1, 1) as year_before_start,
            last_day(
                make_date(
                    cast(extract(year from period_end) as integer) - 1,
                    cast(extract(month from period_end) as integer),
                    1
                )
            ) as year_before_end,
            lower(replace(replace(quantity_unit, ' ', ''), ',', '')) as unit_term
        from {{ landed('gacc', 'preliminary_commodity') }} as record

    ),

    figure as (

        {% for span, first_day, last_day in [
            ('month', 'period_start', 'period_end'),
            ('cumulative', 'year_start', 'period_end'),
            ('cumulative_before', 'year_before_start', 'year_before_end'),
        ] %}
            select
                commodity_term,
                flow_code,
                '{{ span }}' as span,
                {{ first_day }} as period_start,
                {{ last_day }} as period_end,
                currency_code,
                cast(value_{{ span }} * unit_factor as decimal(18, 3)) as amount,
                cast({{ 'yoy_value_pct' if span == 'cumulative' else 'null' }} as decimal(12, 3)) as yoy_pct,
                quantity_{{ span }} as quantity,
                unit_term,
                file_id,
                line
            from record
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}

    )

select
    'gacc' as source_code,
    'preliminary_commodity' as table_name,
    figure.commodity_term as label,
    'WLD' as partner_code,
    'G:' || term.commodity_group_code as product_key,
    figure.flow_code,
    figure.span,
    figure.period_start,
    figure.period_end,
    figure.currency_code,
    figure.amount,
    figure.yoy_pct,
    {{ exact_product('figure.quantity', 'unit.factor_to_base') }} as quantity,
    case when figure.quantity is not null then unit.base_unit end as quantity_unit_code,
    figure.file_id,
    figure.line
from figure
left join {{ ref('commodity_term') }} as term on figure.commodity_term = term.commodity_term
left join {{ ref('quantity_unit') }} as unit on figure.unit_term = unit.unit_term
