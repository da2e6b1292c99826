{% macro yearly_partner() %}
    -- Trade of an economy with each partner in a year, all products together.
    with
        by_pair as (

            select
                source_code,
                reporter_code,
                partner_code,
                flow_code,
                period_code,
                sum(value_usd)::decimal(18, 3) as value_usd,
                sum(case when product_key = 'unallocated' then value_usd else 0 end)::decimal(18, 3) as unallocated_usd,
                {{ one_or_mixed('valuation_code') }} as valuation_code
            from {{ ref('yearly_pair') }}
            group by all

        )

    select
        pair.source_code,
        pair.reporter_code,
        pair.partner_code,
        pair.flow_code,
        pair.period_code,
        pair.value_usd,
        pair.unallocated_usd,
        pair.valuation_code,
        pair.is_mirrored,
        partner.is_economy and pair.partner_code <> pair.reporter_code as is_other_economy
    from ({{ sides_of_pairs('by_pair', [], ['value_usd', 'unallocated_usd']) }}) as pair
    inner join {{ ref('dim_area') }} as partner on pair.partner_code = partner.area_code
{% endmacro %}
