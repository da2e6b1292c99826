{{ config(materialized="view", tags=["heavy"]) }}
-- Yearly cells by six-digit product with a quantity, in its own unit, else in kilograms; none where neither is known.
-- Only products several codes of a source become need adding up.
{%- set quantity = 'case when cell.quantity is not null and cell.quantity_unit_code is not null then '
    ~ placed_part('quantity', 'double') ~ ' else ' ~ placed_part('net_weight_kg', 'double') ~ ' end' %}
with products as ({{ numbered_products() }}), places as ({{ numbered_places() }})

{% for is_alone in [true, false] %}
    select
        cell.source_code,
        cell.reporter_code,
        cell.partner_code,
        cell.flow_code,
        placed.product_key,
        placed.product_number,
        case
            when cell.quantity is not null and cell.quantity_unit_code is not null
            then cell.quantity_unit_code
            when cell.net_weight_kg is not null
            then 'kg'
            else 'none'
        end as quantity_unit_code,
        cell.period_code,
        {% if is_alone %}
            {{ placed_part('value_usd', 'decimal(18, 3)') }} as value_usd, {{ exact_double(quantity) }} as quantity
        {% else %}
            sum({{ placed_part('value_usd', 'decimal(18, 3)') }})::decimal(18, 3) as value_usd,
            {{ exact_sum(quantity) }} as quantity
        {% endif %}
    from {{ yearly_cells(ranked_places()) }}
    inner join {{ ref('dim_area') }} as reporter on cell.reporter_code = reporter.area_code and reporter.is_economy
    where placed.product_level = 'subheading' and {{ 'placed.is_alone' if is_alone else 'not placed.is_alone' }}
    {% if not is_alone %} group by all{% endif %} {{ 'union all' if not loop.last }}
{% endfor %}
