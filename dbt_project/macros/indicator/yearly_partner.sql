{% macro yearly_partner() %}
    -- Trade of an economy with each partner in a year, all products together.
    select
        pair.source_code,
        pair.reporter_code,
        pair.partner_code,
        pair.flow_code,
        pair.period_code,
        sum(pair.value_usd)::decimal(18, 3) as value_usd,
        sum(case when pair.product_key = 'unallocated' then pair.value_usd else 0 end)::decimal(
            18, 3
        ) as unallocated_usd,
        {{ one_or_mixed('pair.valuation_code') }} as valuation_code,
        bool_or(pair.is_mirrored) as is_mirrored,
        bool_or(partner.is_economy and pair.partner_code <> pair.reporter_code) as is_other_economy
    from {{ ref('yearly_pair') }} as pair
    inner join {{ ref('dim_area') }} as partner on pair.partner_code = partner.area_code
    group by all
{% endmacro %}
