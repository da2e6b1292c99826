{#- What a figure, and what the range that reports leave, makes of a statement. The row has the comparator, the claimed
    value and the bounds of what agrees with it (claim_side). A bound below zero is one of a deficit or a fall, and is read in
    its direction: a deficit of more than 10 is a balance of -10 or less. -#}
{% macro bears_out(figure) -%} {{ may_bear_out(figure, figure) }} {%- endmacro %}

{#- Whether some figure from `low` to `high` would bear the statement out. -#}
{% macro may_bear_out(low, high) -%}
    case
        comparator
        when 'more_than'
        then case when claimed_value < 0 then {{ low }} <= claimed_value else {{ high }} >= claimed_value end
        when 'not_at_most'
        then case when claimed_value < 0 then {{ low }} < claimed_value else {{ high }} > claimed_value end
        when 'at_most'
        then case when claimed_value < 0 then {{ high }} >= claimed_value else {{ low }} <= claimed_value end
        else {{ high }} >= accepted_low and {{ low }} <= accepted_high
    end
{%- endmacro %}

{#- Which comparators a kind of statement can be tested by. "Since 100 billion" and "at least so many years" say nothing
    of a figure, and "more than" nothing of a place. -#}
{% macro is_comparison_known(kind, comparator) -%}
    case
        when {{ kind }} = 'rank'
        then {{ comparator }} in ('equal', 'about', 'range', 'at_most', 'not_at_most')
        when {{ kind }} in ('streak', 'event')
        then {{ comparator }} in ('equal', 'since', 'at_least_years')
        when {{ kind }} = 'target'
        then true
        else {{ comparator }} in ('equal', 'about', 'more_than', 'range', 'at_most', 'not_at_most')
    end
{%- endmacro %}

{#- Which unit a kind of statement has: a level in percent is none. -#}
{% macro is_unit_known(kind, unit) -%}
    case
        when {{ kind }} in ('level', 'forecast', 'balance', 'target')
        then {{ unit }} = 'usd_bn'
        when {{ kind }} in ('growth', 'share', 'settlement_share')
        then {{ unit }} = 'percent'
        when {{ kind }} = 'ratio'
        then {{ unit }} = 'times'
        when {{ kind }} = 'rank'
        then {{ unit }} = 'rank'
        else {{ unit }} in ('years', 'year', 'month')
    end
{%- endmacro %}

{#- The comparators that set a bound: of several years, each must keep it. -#}
{% macro sets_a_bound(comparator) -%} {{ comparator }} in ('more_than', 'at_most', 'not_at_most') {%- endmacro %}
