-- Where there was a last release, its cells and this one's are the same, but for those marts.revision lists. Cells are
-- compared in the sources, reporters and periods whose sums differ; a build that starts as a copy knows which may have
-- changed, and compares all of these.
{%- set is_changed = only_changed_cells() %}
{%- set may_all_differ = is_changed == 'true' %}
{%- set cell_key = trade_cell_key() %}
{%- set figures = ['value_usd', 'value_original', 'net_weight_kg', 'quantity'] %}
{%- set columns = (cell_key + figures) | join(', ') %}
{%- set part = 'source_code, reporter_code, period_code' %}
with
    last_release as (select run_id from {{ ref('dim_release') }} where is_last_release),

    all_past as {{ not_kept() }} (

        select {{ columns }} from ({{ cells_of_last_release() }}) as cell where {{ is_changed }}

    ),

    all_present as {{ not_kept() }} (

        select {{ columns }}
        from ({{ whole_trade_cells('true') }}) as cell
        cross join last_release
        where {{ is_changed }}

    ),

    {% if may_all_differ %}
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
    {% endif %}

    {% for state in ['past', 'present'] %}
        {{ state }} as (

            select all_{{ state }}.*
            from all_{{ state }}
            {% if may_all_differ %} inner join differing_part using ({{ part }}) {% endif %}

        ),
    {% endfor %}

    differing as (

        select
            {% for name in cell_key %}
                coalesce(past.{{ name }}, present.{{ name }}) as {{ name }} {{ ',' if not loop.last }}
            {% endfor %}
        from past
        full outer join present on {{ is_same_cell('past', 'present') }}
        where
            past.source_code is null or present.source_code is null
            {% for name in figures %} or past.{{ name }} is distinct from present.{{ name }} {% endfor %}

    )

select differing.*
from differing
left join {{ ref('revision') }} as revision on {{ is_same_cell('differing', 'revision') }}
where revision.source_code is null or revision.cause = 'concordance'
