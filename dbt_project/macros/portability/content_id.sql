{#- A whole number made of the values of some columns: the same values have the same number in every build. -#}
{% macro content_id(expressions) -%}
    {%- set digits -%}
        left(
            md5(
                {% for expression in expressions %}
                    coalesce(cast({{ expression }} as string), '~') {{ "|| '|' ||" if not loop.last }}
                {% endfor %}
            ),
            15
        )
    {%- endset -%}
    {%- if heavy_engine() == 'spark' -%} cast(conv({{ digits }}, 16, 10) as bigint)
    {%- else -%} cast('0x' || {{ digits }} as bigint)
    {%- endif -%}
{%- endmacro %}
