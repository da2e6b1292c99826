{#- Median of how far values lie from their median. Spark has it for no group: there the values of each are laid in a list. -#}
{% macro median_deviation(expression) -%}
    {%- if heavy_engine() == 'spark' -%}
        transform(
            array(array_sort(collect_list({{ expression }}))),
            sorted
            -> {{ middle_of(
                'array_sort(transform(sorted, one -> abs(one - ' ~ middle_of('sorted') ~ ')))'
            ) }}
        )[0]
    {%- else -%} mad({{ expression }})
    {%- endif -%}
{%- endmacro %}

{#- Median of a sorted list of Spark; NULL for an empty one. -#}
{% macro middle_of(sorted) -%}
    transform(
        array({{ sorted }}),
        l
        -> (try_element_at(l, cast((size(l) + 1) div 2 as int)) + try_element_at(l, cast(size(l) div 2 + 1 as int))) / 2
    )[0]
{%- endmacro %}
