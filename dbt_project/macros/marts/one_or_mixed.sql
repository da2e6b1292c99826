{#- The value all rows of a group share, or `mixed`. NULL where none has one. -#}
{% macro one_or_mixed(column) -%}
    case when min({{ column }}) = max({{ column }}) then min({{ column }}) when count({{ column }}) > 0 then 'mixed' end
{%- endmacro %}

{#- Valuation of a group's exports and imports together: one code where both are valued alike, else FOB+CIF. -#}
{% macro joined_valuation() -%}
    case
        when min(valuation_code) = max(valuation_code)
        then min(valuation_code)
        else
            max(case when flow_code = 'X' then valuation_code end)
            || '+'
            || max(case when flow_code = 'M' then valuation_code end)
    end
{%- endmacro %}
