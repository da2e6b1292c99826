{#- The schema a folder asks for, without the target's name before it: core, not main_core. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
