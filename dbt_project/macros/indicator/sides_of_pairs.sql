{#- A step of a query: a CTE with a name among `steps`, where it is `kept`; else its code, to stand where it is read. -#}
{% macro step_of(steps, name, code, kept) -%}
    {%- if kept -%} {%- do steps.append(name ~ ' as (' ~ code ~ ')') -%} {{ return(name) }} {%- endif -%}
    {{ return('(' ~ code ~ ')') }}
{%- endmacro %}

{#-
    Trade of economies by pair from both sides. A source whose figures are reconciled tells a trade once, by its exporter;
    the importer's side is the same figure, so it is added here as imports, and is_mirrored says so. `relation` has rows of
    yearly_pair, or sums of them; `key` are the columns beside reporter and partner, `measures` what is added up. Where it is
    not `kept`, steps read several times are written out each time: for a view, so that a reader's condition reaches the
    relation. (What a view says of CTEs that are not to be kept, the engine forgets.)
    Where not `of_economies`, whoever asks joins what only economies have.
-#}
{% macro sides_of_pairs(relation, key, measures=['value_usd'], kept=true, of_economies=true) -%}
    {%- set both = (['source_code', 'reporter_code', 'partner_code', 'flow_code', 'period_code'] + key) | join(', ') %}
    {%- set steps = [] %}
    {%- set given_code -%}
        select {{ both }}, {{ measures | join(', ') }}, valuation_code from {{ relation }}
    {%- endset %}
    {%- set given = step_of(steps, 'given', given_code, kept) %}
    {%- set reconciled_code -%}
        select source_code, valuation_imports
        from {{ ref('dim_source') }}
        where statistic_code = {{ reconciled_statistic() }}
    {%- endset %}
    {%- set reconciled = step_of(steps, 'reconciled', reconciled_code, kept) %}
    {%- set mirrored_code -%}
        select
            given.source_code,
            given.partner_code as reporter_code,
            given.reporter_code as partner_code,
            'M' as flow_code,
            given.period_code,
            {% for name in key + measures %} given.{{ name }}, {% endfor %}
            reconciled.valuation_imports as valuation_code
        from {{ given }} as given
        inner join {{ reconciled }} as reconciled on given.source_code = reconciled.source_code
        where given.flow_code = 'X'
    {%- endset %}
    {%- set mirrored = step_of(steps, 'mirrored', mirrored_code, kept) %}
    {%- set own_code -%}
        select *
        from {{ given }} as given
        where flow_code = 'M' and source_code in (select source_code from {{ reconciled }} as reconciled)
    {%- endset %}
    {%- set own = step_of(steps, 'own', own_code, kept) %}
    {#- of most sources no importer tells its side, and what exporters tell goes in as it is -#}
    {%- set told_once_code -%}
        select source_code
        from {{ reconciled }} as reconciled
        where source_code not in (select source_code from {{ own }} as own)
    {%- endset %}
    {%- set told_once = step_of(steps, 'told_once', told_once_code, kept) %}
    with
        {% for step in steps %} {{ step }}, {% endfor %}

        imports as (

            select *, false as is_mirrored
            from {{ own }} as own

            union all

            select *, true as is_mirrored
            from {{ mirrored }} as mirrored
            where source_code not in (select source_code from {{ told_once }} as told_once)

        ),

        sided as (

            select *, false as is_mirrored
            from {{ given }} as given
            where flow_code <> 'M' or source_code not in (select source_code from {{ reconciled }} as reconciled)

            union all

            select *, true as is_mirrored
            from {{ mirrored }} as mirrored
            where source_code in (select source_code from {{ told_once }} as told_once)

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
