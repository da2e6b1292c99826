{#-
    Trade of economies by pair from both sides. A source whose figures are reconciled tells a trade once, by its exporter;
    the importer's side is the same figure, so it is added here as imports, and is_mirrored says so. `relation` has rows of
    yearly_pair, or sums of them; `key` are the columns beside reporter and partner, `measures` what is added up. Where it is
    not `kept`, steps read several times are made each time: for a view, so that a reader's condition reaches the relation.
    Where not `of_economies`, whoever asks joins what only economies have.
-#}
{% macro sides_of_pairs(relation, key, measures=['value_usd'], kept=true, of_economies=true) -%}
    {%- set both = (['source_code', 'reporter_code', 'partner_code', 'flow_code', 'period_code'] + key) | join(', ') %}
    {%- set columns = both ~ ', ' ~ measures | join(', ') ~ ', valuation_code' %}
    {%- set as_step = 'as' if kept else 'as not materialized' %}
    with
        given {{ as_step }} (select {{ columns }} from {{ relation }}),

        reconciled {{ as_step }} (

            select source_code, valuation_imports
            from {{ ref('dim_source') }}
            where statistic_code = {{ reconciled_statistic() }}

        ),

        mirrored {{ as_step }} (

            select
                given.source_code,
                given.partner_code as reporter_code,
                given.reporter_code as partner_code,
                'M' as flow_code,
                given.period_code,
                {% for name in key + measures %} given.{{ name }}, {% endfor %}
                reconciled.valuation_imports as valuation_code
            from given
            inner join reconciled on given.source_code = reconciled.source_code
            where given.flow_code = 'X'

        ),

        own {{ as_step }} (
            select * from given where flow_code = 'M' and source_code in (select source_code from reconciled)
        ),

        -- of most sources no importer tells its side, and what exporters tell goes in as it is
        told_once {{ as_step }} (
            select source_code from reconciled where source_code not in (select source_code from own)
        ),

        imports as (

            select *, false as is_mirrored
            from own

            union all

            select *, true as is_mirrored
            from mirrored
            where source_code not in (select source_code from told_once)

        ),

        sided as (

            select *, false as is_mirrored
            from given
            where flow_code <> 'M' or source_code not in (select source_code from reconciled)

            union all

            select *, true as is_mirrored
            from mirrored
            where source_code in (select source_code from told_once)

            union all

            select
                {{ both }},
                {% for name in measures %} sum({{ name }})::decimal(18, 3) as {{ name }}, {% endfor %}
                {{ one_or_mixed('valuation_code') }} as valuation_code,
                bool_or(is_mirrored) as is_mirrored
            from imports
            group by {{ both }}

        )

    select sided.*
    from sided
    {% if of_economies %}
        inner join {{ ref('dim_area') }} as economy on sided.reporter_code = economy.area_code where economy.is_economy
    {% endif %}
{%- endmacro %}

{#-
    The same to be added up by economy: where both sides of a reconciled source tell the imports of a pair, it has two rows
    of them here, and nothing has to look for the other.
-#}
{% macro sides_to_sum(relation, key, measures) -%}
    {%- set kept = (['flow_code', 'period_code'] + key + measures) %}
    select sided.*
    from
        (
            select source_code, reporter_code, partner_code, {{ kept | join(', ') }}
            from {{ relation }}
            union all
            select
                source_code,
                partner_code as reporter_code,
                reporter_code as partner_code,
                'M' as {{ kept | join(', ') }}
            from {{ relation }}
            where
                flow_code = 'X'
                and source_code
                in (select source_code from {{ ref('dim_source') }} where statistic_code = {{ reconciled_statistic() }})
        ) as sided
    inner join {{ ref('dim_area') }} as economy on sided.reporter_code = economy.area_code
    where economy.is_economy
{%- endmacro %}
