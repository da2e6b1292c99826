{#-
    A figure times a factor in decimal arithmetic on the digits the figure is printed with: 8.3 million tonnes are
    8300000000 kg, not 8300000000.000001. Nine decimals of the figure and six of the factor count; a figure of more than
    13 digits before the point is multiplied as it is.
-#}
{% macro exact_product(figure, factor) -%}
    coalesce(
        cast(
            try_cast(cast({{ figure }} as varchar) as decimal(22, 9)) * cast({{ factor }} as decimal(16, 6)) as double
        ),
        cast({{ figure }} as double) * cast({{ factor }} as double)
    )
{%- endmacro %}

{#- A quantity in the base unit of its kind, as double; as it is where its unit is the base or has none. -#}
{% macro base_quantity(quantity, unit) -%}
    case
        when {{ unit }}.factor_to_base <> 1
        then {{ exact_product(quantity, unit ~ '.factor_to_base') }}
        else cast({{ quantity }} as double)
    end
{%- endmacro %}
