{#- Median of how far numbers lie from their median. Spark has no such sum: there those of a group are laid in a list. -#}
{% macro median_deviation(expression) -%}
    {%- if heavy_engine() == 'spark' -%}
        element_at(
            transform(
                array(array_sort(collect_list({{ expression }}))),
                sorted
                -> {{ middle_of('array_sort(transform(sorted, one -> abs(one - ' ~ middle_of('sorted') ~ ')))') }}
            ),
            1
        )
    {%- else -%} mad({{ expression }})
    {%- endif -%}
{%- endmacro %}

{#- Median of a sorted list of doubles, in Spark; NULL for an empty one. A list of one element is how it names a value. -#}
{% macro middle_of(sorted) -%}
    element_at(
        transform(
            array({{ sorted }}),
            l -> case
                when size(l) > 0
                then
                    (
                        element_at(l, cast((size(l) + 1) div 2 as integer))
                        + element_at(l, cast(size(l) div 2 + 1 as integer))
                    )
                    / 2
            end
        ),
        1
    )
{%- endmacro %}
