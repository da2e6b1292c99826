{#-
    How far a reporter's own figure may lie from its partner's: every number the intervals of ranks rest on.
    Source of all: our own calibration on both reports of 210 economies, 1995-2012 (docs/explanation/ranks.md); tuned on
    2001-2006, measured on 2007-2012. A number is changed here, with the table of errors in the docs.
-#}
{#- Years before (or after) a year whose changes of the gap say how restless a pair is: long enough for three changes,
    short enough for habits that end. -#}
{% macro gap_window_years() %} 5{% endmacro %}

{#- Years an anchor (a known gap, or a known figure) reaches: beyond, a width that grows by the year says nothing. -#}
{% macro anchor_reach_years() %} 10{% endmacro %}

{#- The yearly width of a pair from its third, fourth and fifth smallest change: the more changes are known to be small,
    the less they are multiplied. A further change can only lower it, so that a further report never widens. Fewer than
    three changes say nothing. -#}
{% macro calm_factor(position) -%}
    case {{ position }} when 3 then 4.5 when 4 then 2.4 when 5 then 2.1 end
{%- endmacro %}

{#- No pair is calmer than this (logarithm): 90 % of the differences between two statistics of one reporter are below. -#}
{% macro least_width() %} 0.05{% endmacro %}

{#- Share of the gap itself that is in doubt: gaps of a factor of five end in a year when a reporter changes a rule. -#}
{% macro doubted_share_of_gap() %} 0.1{% endmacro %}

{#- Difference between two statistics of one reporter (logarithm): 90 % of the pairs two statistics give lie within. -#}
{% macro statistic_width() %} 0.02{% endmacro %}

{#- Most the World total of a reporter moves in a year (logarithm): all but 1 in 100 years of the sixty largest. -#}
{% macro total_growth() %} 0.35{% endmacro %}

{#- Freight and insurance between an export (FOB) and the import of it (CIF), where no gap of the pair is known. -#}
{% macro usual_freight() %} 1.06{% endmacro %}

{#- Small flows are more restless. By the partner's figure in USD: factor on the pair's own restlessness; the most its own
    figure grows or falls in a year (logarithm); and the half width where no gap is known (logarithm). -#}
{% macro width_by_size(value_usd, quantity) -%}
    {%- set classes = [
        ('1e7', {'restlessness': 6, 'growth': 3, 'unknown_gap': 7}),
        ('1e8', {'restlessness': 4, 'growth': 2, 'unknown_gap': 6}),
        ('5e8', {'restlessness': 2.6, 'growth': 1.2, 'unknown_gap': 4.5}),
        ('2e9', {'restlessness': 1.4, 'growth': 0.8, 'unknown_gap': 2.5}),
    ] -%}
    {%- set large = {'restlessness': 1, 'growth': 0.6, 'unknown_gap': 1.5} -%}
    case
        {% for limit, widths in classes %} when {{ value_usd }} < {{ limit }} then {{ widths[quantity] }} {% endfor %}
        else {{ large[quantity] }}
    end
{%- endmacro %}

{#- Economies whose reports hold much trade that only passes through: with them a gap that is not known may be 1.5 times as
    wide. Entrepots of docs/explanation/ranks.md. -#}
{% macro is_hub(area_code) -%}
    {{ area_code }} in ('ARE', 'BEL', 'CHE', 'HKG', 'MYS', 'NLD', 'PAN', 'SGP')
{%- endmacro %}
{% macro hub_width() %} 1.5{% endmacro %}

{#- More than any pair, or the world, trades in a year (USD): the upper end of an interval of which nothing is known. -#}
{% macro most_of_the_world_usd() %} 1e14{% endmacro %}

{#- Ten times what the two economies that trade most with each other do in a year (USD): an end above it is no bound of a
    pair, and is not published. -#}
{% macro more_than_any_pair_usd() %} 1e13{% endmacro %}
