{#- Classifications of a UN Comtrade record by its code: HS with its revisions H0 to H6 ... -#}
{% macro is_harmonized_system() -%} (classification_code = 'HS' or classification_code like 'H_') {%- endmacro %}

{#- ... SITC (S1 to S4; ST and SS as reported) and BEC (B4, B5; BE as reported), which have a table of their own ... -#}
{% macro is_other_classification() -%}
    (classification_code in ('S1', 'S2', 'S3', 'S4', 'SS', 'ST', 'B4', 'B5', 'BE'))
{%- endmacro %}

{#- ... and those of trade in services, which no table of goods may hold. -#}
{% macro is_comtrade_service() -%}(classification_code like 'EB%') {%- endmacro %}
