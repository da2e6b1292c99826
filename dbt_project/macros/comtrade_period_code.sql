{#- The period code of 2024 or 202401, as UN Comtrade writes them; null where a text is neither. -#}
{% macro comtrade_period_code(period) -%}
    case
        when length({{ period }}) = 4 and try_cast({{ period }} || '-01-01' as date) is not null
        then {{ period }}
        when
            length({{ period }}) = 6
            and try_cast(left({{ period }}, 4) || '-' || right({{ period }}, 2) || '-01' as date) is not null
        then left({{ period }}, 4) || '-M' || right({{ period }}, 2)
    end
{%- endmacro %}
