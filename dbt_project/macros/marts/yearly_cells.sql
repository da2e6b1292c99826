{#-
    Yearly cells of fct_trade with every product in one HS revision a source, so that they compare: the oldest one in
    which the source holds six-digit codes. product_level says what became of a product:
      subheading    six digits; tariff lines by their first six
      chapter       codes of fewer digits, or of a revision nobody states: the key is HS: and the chapter
      total         all products in one figure
      unallocated   confidential, special and unknown codes, chapters 98 and 99: they belong to no product
    A source whose figures are reconciled tells a trade once, by its exporter; the importer's side is the same figure,
    so it is added here as imports, and is_mirrored says so.
-#}
{% macro yearly_cells() -%}
    {%- set cell = 'source_code, period_code, value_usd, net_weight_kg, quantity, quantity_unit_code, coverage' -%}
    with
        yearly as (

            select trade.*
            from {{ ref('fct_trade') }} as trade
            inner join {{ ref('dim_period') }} as period on trade.period_code = period.period_code
            where period.freq_code = 'A' and trade.cell_state is distinct from 'estimated'

        ),

        revision as (

            select source_code, min(left(product_key, 2)) as hs_revision
            from yearly
            where length(product_key) >= 9 and substr(product_key, 3, 1) = ':' and left(product_key, 2) <> 'HS'
            group by source_code

        ),

        labelled as (

            select yearly.*, revision.hs_revision
            from yearly
            left join revision on yearly.source_code = revision.source_code

        ),

        converted as ({{ trade_in_revision('labelled', 'cell.hs_revision') }}),

        allocated as (

            select
                {{ cell }},
                reporter_code,
                partner_code,
                flow_code,
                valuation_code,
                product_key,
                case
                    when product_key = 'TOTAL'
                    then 'total'
                    when
                        conversion_state in ('special_code', 'unmapped')
                        or substr(product_key, 4, 2) in ('98', '99')
                        or substr(product_key, 3, 1) <> ':'
                    then 'unallocated'
                    when conversion_state in ('converted', 'same_revision') and length(product_key) >= 9
                    then 'subheading'
                    else 'chapter'
                end as product_level,
                is_converted
            from converted

        ),

        sided as (

            select *, false as is_mirrored
            from allocated

            union all

            select
                {{ cell.replace('source_code', 'allocated.source_code') }},
                allocated.partner_code,
                allocated.reporter_code,
                'M' as flow_code,
                source.valuation_imports,
                allocated.product_key,
                allocated.product_level,
                allocated.is_converted,
                true as is_mirrored
            from allocated
            inner join {{ ref('dim_source') }} as source on allocated.source_code = source.source_code
            where source.statistic_code = {{ reconciled_statistic() }}

        )

    select
        {{ cell.replace('source_code', 'sided.source_code') }},
        sided.reporter_code,
        sided.partner_code,
        sided.flow_code,
        sided.valuation_code,
        sided.product_level,
        case
            sided.product_level
            when 'subheading'
            then left(sided.product_key, 9)
            when 'chapter'
            then 'HS:' || substr(sided.product_key, 4, 2)
            when 'total'
            then 'TOTAL'
            else 'unallocated'
        end as product_key,
        sided.is_converted,
        sided.is_mirrored
    from sided
    inner join {{ ref('dim_area') }} as reporter on sided.reporter_code = reporter.area_code
    where reporter.is_economy
{%- endmacro %}

{#- Statistic whose figures are reconciled: one per exporter, importer and product. -#}
{% macro reconciled_statistic() %} 'BACI'{% endmacro %}
