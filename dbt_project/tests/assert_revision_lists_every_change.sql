-- Where there was a last release, its cells and this one's are the same, but for those marts.revision lists. Cells are
-- compared in the sources, reporters and periods whose sums differ.
{%- set cell_key = ['source_code', 'reporter_code', 'partner_code', 'flow_code', 'product_key', 'period_code'] %}
{%- set columns = (cell_key + ['value_usd', 'value_original', 'net_weight_kg', 'quantity']) | join(', ') %}
{%- set part = 'source_code, reporter_code, period_code' %}
with
    last_release as (select run_id from {{ ref('dim_release') }} where is_last_release),

    all_past as (select {{ columns }} from {{ ref('stg_last_release__cell') }} where {{ only_changed_cells() }}),

    all_present as (
        select {{ columns }}
        from {{ ref('fct_trade_vintage') }}
        cross join last_release
        where is_current and {{ only_changed_cells() }}
    ),

    {% for state in ['past', 'present'] %}
        {{ state }}_sum as (

            select
                {{ part }},
                count(*) as n_cells,
                sum(value_usd) as value_usd,
                sum(value_original) as value_original,
                {{ exact_sum('net_weight_kg') }} as net_weight_kg,
                {{ exact_sum('quantity') }} as quantity
            from all_{{ state }}
            group by {{ part }}

        ),
    {% endfor %}

    differing_part as (

        select distinct {{ part }}
        from
            (
                (
                    select *
                    from past_sum
                    except
                    select *
                    from present_sum
                )
                union all
                (
                    select *
                    from present_sum
                    except
                    select *
                    from past_sum
                )
            ) as parts

    ),

    {% for state in ['past', 'present'] %}
        {{ state }} as (select all_{{ state }}.* from all_{{ state }} inner join differing_part using ({{ part }})),
    {% endfor %}

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
