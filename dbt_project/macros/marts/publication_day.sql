{#- The earliest day a date of publication can mean: 2023 is 1 January 2023, 2023-05 the first of May. -#}
{% macro first_day(published_on) -%} left({{ published_on }} || '-01-01', 10) {%- endmacro %}

{#- The latest day a date of publication can mean. -#}
{% macro last_day(published_on) -%}
    left({{ published_on }} || case length({{ published_on }}) when 4 then '-12-31' else '-31' end, 10)
{%- endmacro %}
