{{ config(materialized="by_period", tags=["heavy"], meta={'parts': {'trade_cell': 'priced_cell', 'unit_value_flag': 'unit_value_flag'}, 'next_year': ['trade_cell', 'unit_value_flag']}) }}
-- The cells (partner, product, unit) a pair traded in two consecutive years, outliers left out, added up: what each
-- year's basket was worth, and what it would have been worth at the prices of the other.
{%- set cell_columns = [
    'source_code', 'reporter_code', 'partner_code', 'flow_code', 'product_key', 'quantity_unit_code', 'period_code',
] %}
with
    years as (select * from {{ ref('consecutive_report') }} where {{ in_batch('period_code') }}),

    outlier as {{ not_kept() }} (select * from {{ ref('unit_value_flag') }} where is_outlier),

    -- the cells of a source that has two such years; which reports they are of is asked of the sums
    {% for side, is_period_of_it in [
        ('this_year', in_batch('period_code')),
        ('year_before', 'period_code in (select before_period_code from years)'),
    ] %}
        {{ side }} as (

            select cell.*
            from {{ ref('priced_cell') }} as cell
            where
                cell.quantity > 0
                and cell.value_usd > 0
                and cell.source_code in (select source_code from years)
                and {{ is_period_of_it }}
                and {{ is_not_among('cell', cell_columns, 'outlier', is_period_of_it) }}

        ),
    {% endfor %}

    matched as (

        select
            now.source_code,
            now.reporter_code,
            now.partner_code,
            now.flow_code,
            now.period_code,
            before.period_code as before_period_code,
            count(*) as n_matched,
            sum(before.value_usd)::decimal(18, 3) as matched_before_usd,
            sum(now.value_usd)::decimal(18, 3) as matched_usd,
            {{ exact_sum(ratio('now.value_usd * before.quantity', 'now.quantity')) }} as old_basket_usd,
            {{ exact_sum(ratio('before.value_usd * now.quantity', 'before.quantity')) }} as new_basket_before_usd
        from this_year as now
        inner join
            year_before as before
            on now.source_code = before.source_code
            and now.reporter_code = before.reporter_code
            and now.partner_code = before.partner_code
            and now.flow_code = before.flow_code
            and now.product_key = before.product_key
            and now.quantity_unit_code = before.quantity_unit_code
            and now.period_code = cast(try_cast(before.period_code as integer) + 1 as string)
        group by
            now.source_code, now.reporter_code, now.partner_code, now.flow_code, now.period_code, before.period_code

    )

select
    matched.source_code,
    matched.reporter_code,
    matched.partner_code,
    matched.flow_code,
    matched.period_code,
    matched.n_matched,
    matched.matched_before_usd,
    matched.matched_usd,
    matched.old_basket_usd,
    matched.new_basket_before_usd
from matched
inner join
    years
    on matched.source_code = years.source_code
    and matched.reporter_code = years.reporter_code
    and matched.flow_code = years.flow_code
    and matched.period_code = years.period_code
    and matched.before_period_code = years.before_period_code
