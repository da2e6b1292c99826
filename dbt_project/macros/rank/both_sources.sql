{#- The source two flows have in common, or both with a plus between them. -#}
{% macro both_sources(one, other) -%}
    case when {{ one }} = {{ other }} then {{ one }} else {{ one }} || '+' || {{ other }} end
{%- endmacro %}
