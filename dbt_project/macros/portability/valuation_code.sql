{#- Valuation of a flow by the statistic of a source: turnover adds exports to imports and so mixes theirs. -#}
{% macro valuation_code(flow_code, source) -%}
    case
        when {{ flow_code }} like '%X'
        then {{ source }}.valuation_exports
        when {{ flow_code }} like '%M'
        then {{ source }}.valuation_imports
        when {{ source }}.valuation_exports = {{ source }}.valuation_imports
        then {{ source }}.valuation_exports
        else {{ source }}.valuation_exports || '+' || {{ source }}.valuation_imports
    end
{%- endmacro %}
