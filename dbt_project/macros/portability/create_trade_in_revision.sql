{#-
    Table macros of the published file, so that a question is one line of SQL. They hold no rows.
      select * from core.trade_in_revision('H4') where reporter_code = 'CHN'
-#}
{% macro create_trade_in_revision() -%}
    create or replace macro {{ target.database }}.core.trade_in_revision(to_hs_revision) as table
    {{ trade_in_revision(ref('fct_trade'), 'to_hs_revision') }}
{%- endmacro %}
