-- Where there was a last release, its cells and this one's are the same, but for those marts.revision lists.
{%- set cell_key = ['source_code', 'reporter_code', 'partner_code', 'flow_code', 'product_key', 'period_code'] %}
{%- set columns = (cell_key + ['value_usd', 'value_original', 'net_weight_kg', 'quantity']) | join(', ') %}
with
    last_release as (select run_id from {{ ref('dim_warehouse_release') }} where is_last_release),

    past as (select {{ columns }} from {{ ref('stg_last_release__cell') }}),

    present as (select {{ columns }} from {{ ref('fct_trade_vintage') }} cross join last_release where is_current),

    differing as (

        (
            select *
            from past
            except
            select *
            from present
        )
        union all
        (
            select *
            from present
            except
            select *
            from past
        )

    )

select differing.*
from differing
left join
    {{ ref('revision') }} as revision
    on {% for name in cell_key %} differing.{{ name }} = revision.{{ name }} {{ 'and' if not loop.last }} {% endfor %}
where revision.source_code is null or revision.cause = 'concordance'
