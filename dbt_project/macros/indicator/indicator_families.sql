{#- Families of indices of marts.indicator, by macro or model. A unit test may look at one of them. -#}
{% macro indicator_families() -%}
    {{ return([
        'concentration_indicator',
        'openness_indicator',
        'intra_industry_indicator',
        'intensity_indicator',
        'overlap_indicator',
        'advantage_indicator',
        'complexity_indicator',
    ]) }}
{%- endmacro %}
