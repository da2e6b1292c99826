-- What is known now is what the facts hold, column by column; where a figure was read first does not matter here.
{%- set columns = ['source_code', 'reporter_code', 'partner_code', 'flow_code', 'product_key', 'period_code'] %}
{%- set columns = (columns + vintage_measures()) | join(', ') %}
with
    fact as (

        select *, true as is_additive
        from {{ ref('fct_trade') }}
        union all
        select *, false as is_additive
        from {{ ref('fct_trade_total') }}

    ),

    known as (select * from {{ ref('fct_trade_vintage') }} where is_current),

    differing as (

        (
            select {{ columns }}
            from fact
            except
            select {{ columns }}
            from known
        )

        union all

        (
            select {{ columns }}
            from known
            except
            select {{ columns }}
            from fact
        )

    )

select *
from differing
