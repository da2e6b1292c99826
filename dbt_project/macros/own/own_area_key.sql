{#- An area's code or name as int_own_record_classified knows it: numeric codes without leading zeros, all else in lower case. -#}
{% macro own_area_key(code_system, term) -%}
    case
        when {{ code_system }} in ('m49', 'comtrade', 'baci')
        then cast(try_cast({{ term }} as integer) as varchar)
        else lower(trim({{ term }}))
    end
{%- endmacro %}
