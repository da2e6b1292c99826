{#- A whole number made of the values of some columns: the same values have the same number in every build. -#}
{% macro content_id(expressions) -%}
    cast(
        '0x' || left(
            md5(
                {% for expression in expressions %}
                    coalesce(cast({{ expression }} as varchar), '~') {{ "|| '|' ||" if not loop.last }}
                {% endfor %}
            ),
            15
        ) as bigint
    )
{%- endmacro %}
