{{ config(materialized="by_period", meta={'parts': {'yearly_pair': 'yearly_pair'}, 'next_year': ['yearly_pair']}) }}
-- Trade with each partner by chapter in two consecutive years, of economies with a comparable whole report in both:
-- what growth, and the change of market shares, are measured in.
{%- set cell = 'source_code, reporter_code, partner_code, flow_code, product_key, period_code' %}
with
    comparable as (

        select * from {{ ref('consecutive_report') }} where obstacle is null and {{ in_batch('period_code') }}

    ),

    told as (

        select pair.*
        from {{ ref('yearly_pair') }} as pair
        inner join
            (
                select source_code, period_code
                from comparable
                union
                select source_code, before_period_code
                from comparable
            ) as year
            on pair.source_code = year.source_code
            and pair.period_code = year.period_code

    ),

    pairs as ({{ sides_of_pairs('told', ['product_key']) }}),

    moments as (

        {% for moment in ['period_code', 'before_period_code'] %}
            select
                pair.source_code,
                pair.reporter_code,
                pair.partner_code,
                pair.flow_code,
                pair.product_key,
                years.period_code,
                years.has_products,
                years.is_across_revisions,
                {{ "pair.value_usd" if loop.first else "0" }} as value_usd,
                {{ "0" if loop.first else "pair.value_usd" }} as before_usd
            from pairs as pair
            inner join
                comparable as years
                on pair.source_code = years.source_code
                and pair.reporter_code = years.reporter_code
                and pair.flow_code = years.flow_code
                and pair.period_code = years.{{ moment }}
                {{ 'union all' if not loop.last }}
        {% endfor %}

    )

select
    {{ cell }},
    sum(value_usd)::decimal(18, 3) as value_usd,
    sum(before_usd)::decimal(18, 3) as before_usd,
    bool_and(has_products) as has_products,
    bool_or(is_across_revisions) as is_across_revisions
from moments
group by {{ cell }}
