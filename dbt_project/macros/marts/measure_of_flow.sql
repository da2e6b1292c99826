{#- What a flow measures, as statements and marts name it. -#}
{% macro measure_of_flow(flow_code) -%}
    case {{ flow_code }} when 'X' then 'exports' when 'M' then 'imports' else 'turnover' end
{%- endmacro %}
