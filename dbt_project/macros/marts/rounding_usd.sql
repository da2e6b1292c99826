{#- Two half units of a figure printed to the hundredth of a billion: how far a published month may
    lie from the difference of two published cumulative figures before they disagree. -#}
{% macro rounding_usd() %} 20000000{% endmacro %}
