{#-
    Trade of each pair by chapter in a year and the year before, from both sides, where growth of the report is divided by
    product. Nothing is kept on the way, so that a reader's condition on reporter, partner or year reaches the table.
-#}
{% macro growth_of_pairs() -%}
    {%- set told -%}
        (
            select
                source_code,
                reporter_code,
                partner_code,
                flow_code,
                component_key,
                period_code,
                value_usd,
                before_usd,
                cast(null as varchar) as valuation_code
            from {{ ref('growth_component') }}
            where partner_code <> {{ world_code() }}
        )
    {%- endset %}
    select chapter.* exclude (valuation_code, is_mirrored), report.is_across_revisions
    from
        (
            {{ sides_of_pairs(told ~ ' as told', ['component_key'], ['value_usd', 'before_usd'], kept=false, of_economies=false) }}
        ) as chapter
    inner join
        (
            select distinct source_code, reporter_code, flow_code, period_code, is_across_revisions
            from {{ ref('growth_component') }}
            where {{ is_divided() }} and component_kind = 'product'
        ) as report
        on chapter.source_code = report.source_code
        and chapter.reporter_code = report.reporter_code
        and chapter.flow_code = report.flow_code
        and chapter.period_code = report.period_code
{%- endmacro %}

{#-
    Whether a row of growth_component is what growth with the World is divided into. Chapters of a pair say nothing of
    revisions, so the engine passes over the blocks that hold only such.
-#}
{% macro is_divided() -%}(partner_code = {{ world_code() }} and is_across_revisions is not null) {%- endmacro %}
