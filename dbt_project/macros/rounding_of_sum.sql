{#-
    How far a total and the figures that make it may lie apart by rounding alone: the unit they are printed in for each
    of them, since publishers cut off as well as round. The unit is a thousand where all are whole thousands, one where
    all are whole, else a thousandth. An aggregate of the rows where `condition` holds, each with `amount`, the sum of
    `n_figures` printed ones.
-#}
{% macro rounding_of_sum(amount, n_figures, condition) -%}
    sum(case when {{ condition }} then {{ n_figures }} end) * case
        {% for unit, size in [('0.001', '1000'), ('1', '1')] %}
            when
                min(
                    case
                        when {{ condition }} and floor({{ amount }} * {{ unit }}) * {{ size }} <> {{ amount }}
                        then 0
                        else 1
                    end
                )
                = 1
            then {{ size }}
        {% endfor %}
        else 0.001
    end
{%- endmacro %}
