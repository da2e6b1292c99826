{#-
    Trade cells as they were known at a time: the rows of fct_trade_vintage of that moment. `known_at` is an SQL
    expression: a time in UTC, one that says its zone or how far it is from UTC, such as now(), or a parameter. The
    answer for a time in the past never changes.
      select * from core.trade_asof('2025-03-01') where is_additive and reporter_code = 'CHN'
-#}
{% macro trade_asof(known_at) -%}
    select *
    from {{ ref('fct_trade_vintage') }}
    where known_from <= {{ time_in_utc(known_at) }} and (known_to is null or known_to > {{ time_in_utc(known_at) }})
{%- endmacro %}

{#-
    A time as one in UTC. A cast alone would take the clock of the reader's time zone for UTC, and drop the zone a text
    says. As text a time with a zone ends with it, after the colons of its clock: +03, Z, Asia/Tokyo. What is no zone
    there, such as PM, is an error.
-#}
{% macro time_in_utc(time) -%}
    case
        when regexp_matches(cast({{ time }} as varchar), ':.*([+-][0-9]|[A-Za-z])')
        then make_timestamp(epoch_us(cast({{ time }} as timestamptz)))
        else cast({{ time }} as timestamp)
    end
{%- endmacro %}
