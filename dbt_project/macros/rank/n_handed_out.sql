{#- How many rivals a sum of money can lift above a mark if each must get more than the mark; NULL where the sum is not
    known, or the mark is nothing, so that any number can. -#}
{% macro n_handed_out(sum_usd, mark_usd) -%}
    case
        when {{ mark_usd }} > 0 and {{ sum_usd }} is not null
        then greatest(0, ceil(({{ sum_usd }})::double / ({{ mark_usd }})::double) - 1)
    end::bigint
{%- endmacro %}
