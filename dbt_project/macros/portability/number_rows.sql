{#- One row per whole number from `first` to `last`, in the column `number`. -#}
{% macro number_rows(first, last) -%}
    select number
    from
        (values {% for n in range(first, last + 1) %} ({{ n }}){{ ", " if not loop.last }}{% endfor %}) as numbers(
            number
        )
{%- endmacro %}
