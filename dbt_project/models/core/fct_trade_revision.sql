-- What became of the cells of the last release. In between stands what today's rules make of the files the last release
-- knew: the step from then to there is due to the rules, the step from there to now to the reports, or to a correction.
-- Reason for size: three states of a cell side by side, in six figures.
{%- set cell_key = ['source_code', 'reporter_code', 'partner_code', 'flow_code', 'product_key', 'period_code'] %}
{%- set figures = [
    'value_usd', 'value_original', 'original_currency_code', 'net_weight_kg', 'quantity', 'quantity_unit_code',
] %}
with
    last_release as (select built_at from {{ ref('dim_warehouse_release') }} where is_last_release),

    recomputed as (

        select vintage.*
        from {{ ref('fct_trade_vintage') }} as vintage
        inner join
            last_release
            on vintage.known_from <= last_release.built_at
            and (vintage.known_to is null or vintage.known_to > last_release.built_at)

    ),

    present as (

        select vintage.* from {{ ref('fct_trade_vintage') }} as vintage cross join last_release where vintage.is_current

    ),

    corrected_since as (

        select distinct {% for name in cell_key %} correction.{{ name }}{{ ',' if not loop.last }} {% endfor %}
        from {{ ref('int_correction_declared') }} as correction
        inner join last_release on correction.corrected_at > last_release.built_at

    ),

    side_by_side as (

        select
            {% for name in cell_key %}
                coalesce(past.{{ name }}, recomputed.{{ name }}, present.{{ name }}) as {{ name }},
            {% endfor %}
            {% for name in figures %}
                past.{{ name }} as before_{{ name }},
                recomputed.{{ name }} as recomputed_{{ name }},
                present.{{ name }} as {{ name }},
            {% endfor %}
            past.conversion_rule as before_conversion_rule,
            present.conversion_rule,
            coalesce(present.is_additive, past.is_additive) as is_additive,
            past.file_id is not null as was_published,
            recomputed.file_id is not null as is_recomputed,
            present.file_id is not null as is_current,
            present.known_from,
            past.file_id as before_file_id,
            past.line as before_line,
            present.file_id,
            present.line
        from {{ ref('stg_last_release__cell') }} as past
        full outer join
            recomputed
            on {% for name in cell_key %}
                past.{{ name }} = recomputed.{{ name }} {{ 'and' if not loop.last }}
            {% endfor %}
        full outer join
            present
            on {% for name in cell_key %}
                coalesce(past.{{ name }}, recomputed.{{ name }}) = present.{{ name }} {{ 'and' if not loop.last }}
            {% endfor %}

    ),

    compared as (

        select
            *,
            {% for left_flag, left, right_flag, right, answer in [
                ('was_published', 'before_', 'is_recomputed', 'recomputed_', 'is_by_the_same_rules'),
                ('is_recomputed', 'recomputed_', 'is_current', '', 'is_of_the_same_report'),
                ('was_published', 'before_', 'is_current', '', 'is_as_before'),
            ] %}
                {{ left_flag }} = {{ right_flag }}
                {% for name in figures %}
                    and {{ left }}{{ name }} is not distinct from {{ right }}{{ name }}
                {% endfor %} as {{ answer }} {{ ',' if not loop.last }}
            {% endfor %}
        from side_by_side

    )

select
    {% for name in cell_key %} compared.{{ name }}, {% endfor %}
    {% for name in figures %} before_{{ name }}, {{ name }}, {% endfor %}
    recomputed_value_usd,
    before_conversion_rule,
    conversion_rule,
    is_additive,
    was_published,
    is_recomputed,
    is_current,
    is_by_the_same_rules,
    is_of_the_same_report,
    corrected_since.source_code is not null as is_corrected_since,
    known_from,
    before_file_id,
    before_line,
    file_id,
    line
from compared
left join
    corrected_since
    on {% for name in cell_key %}
        compared.{{ name }} = corrected_since.{{ name }} {{ 'and' if not loop.last }}
    {% endfor %}
where not is_as_before and (was_published or is_current)
