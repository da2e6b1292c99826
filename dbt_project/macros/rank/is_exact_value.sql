{#- Whether a row of partner_value_interval is the figure of the statistic that ranks, not an estimate. -#}
{% macro is_exact_value(row) -%}
    (
        {{ row }}.value_state in ('observed', 'implied_zero')
        and not coalesce({{ row }}.is_partly_mirrored, false)
        and not coalesce({{ row }}.is_of_other_statistic, false)
    )
{%- endmacro %}
