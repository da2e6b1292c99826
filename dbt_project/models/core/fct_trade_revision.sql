{{ config(materialized='by_period', tags=['heavy']) }}
-- depends_on: {{ ref('trade_product_sum') }}
-- What became of the cells of the last release. In between stands what today's rules make of the files the last release
-- knew: the step from then to there is due to the rules, the step from there to now to the reports, or to a correction.
-- Sources and periods that add up to the same checksum in both releases are the same and not looked at further; a build
-- that starts as a copy knows which may differ, and asks for no checksum.
-- A correction of a total or a product also moves what products leave of it, so cells of remainders count as corrected
-- with their pair. One that was taken out is known by the state the last release knew, which was corrected.
-- Reason for size: three states of a cell side by side, in six figures.
{%- set is_changed = only_changed_cells() %}
{#- without a last release there is nothing to lay beside it -#}
{%- set in_this_slice = in_slice('cell') if last_release_path() else 'true' %}
{%- set may_all_differ = is_changed == 'true' %}
{%- set cell_key = trade_cell_key() %}
{%- set figures = [
    'value_usd', 'value_original', 'original_currency_code', 'net_weight_kg', 'quantity', 'quantity_unit_code',
] %}
{#- what is told of a cell beside its figures -#}
{%- set told = ['conversion_rule', 'is_additive', 'file_id', 'line'] %}
{%- set pair = ['source_code', 'reporter_code', 'partner_code', 'flow_code', 'period_code'] %}
with
    last_release as (select built_at from {{ ref('dim_release') }} where is_last_release),

    past_cell as {{ not_kept() }} (
        select * from ({{ cells_of_last_release() }}) as cell where {{ is_changed }} and {{ in_this_slice }}
    ),

    present_cell as {{ not_kept() }} (
        select * from ({{ whole_trade_cells('true') }}) as cell where {{ is_changed }} and {{ in_this_slice }}
    ),

    {% if may_all_differ %}
        changed_part as (

            select
                coalesce(past.source_code, present.source_code) as source_code,
                coalesce(past.period_code, present.period_code) as period_code
            from ({{ part_checksums('past_cell') }}) as past
            full outer join
                ({{ part_checksums('present_cell') }}) as present
                on past.source_code = present.source_code
                and past.period_code = present.period_code
            cross join last_release
            where past.n_cells is distinct from present.n_cells or past.checksum is distinct from present.checksum

        ),
    {% endif %}

    {% for name in ['past', 'present'] %}
        compared_{{ name }} as (

            select cell.*
            from {{ name }}_cell as cell
            {% if may_all_differ %}
                inner join
                    changed_part as part on cell.source_code = part.source_code and cell.period_code = part.period_code
            {% endif %}

        ),
    {% endfor %}

    differing as (

        select
            {% for name in cell_key %} coalesce(past.{{ name }}, present.{{ name }}) as {{ name }}, {% endfor %}
            {% for name in figures + told %} past.{{ name }} as before_{{ name }}, present.{{ name }}, {% endfor %}
            past.source_code is not null as was_published,
            present.source_code is not null as is_current
        from compared_past as past
        full outer join compared_present as present on {{ is_same_cell('past', 'present') }}
        where
            past.source_code is null or present.source_code is null
            {% for name in figures %} or past.{{ name }} is distinct from present.{{ name }} {% endfor %}

    ),

    -- what today's rules made of a cell when the last release was built, where that is no more
    ended as {{ not_kept() }} (

        select {% for name in cell_key + figures %} cell.{{ name }}, {% endfor %} cell.is_corrected
        from {{ ref('trade_cell_history') }} as cell
        inner join last_release on cell.known_from <= last_release.built_at and cell.known_to > last_release.built_at
        where {{ is_changed }} and {{ in_this_slice }}

    ),

    restated as (

        select {{ cell_key | join(', ') }}, known_from, file_id, line
        from {{ ref('trade_cell_restated') }} as cell
        where {{ is_changed }} and {{ in_this_slice }}

    ),

    traced as (

        select
            {% for name in cell_key %} differing.{{ name }}, {% endfor %}
            {% for name in figures %}
                differing.before_{{ name }}, differing.{{ name }}, ended.{{ name }} as ended_{{ name }},
            {% endfor %}
            differing.before_conversion_rule,
            differing.conversion_rule,
            coalesce(differing.is_additive, differing.before_is_additive) as is_additive,
            differing.product_key = 'UNALLOCATED' or differing.product_key like '%-' as is_remainder,
            differing.was_published,
            differing.is_current,
            ended.source_code is not null as has_ended,
            coalesce(restated.known_from, file.known_from) as known_from,
            differing.before_file_id,
            differing.before_line,
            coalesce(restated.file_id, differing.file_id) as file_id,
            coalesce(restated.line, differing.line) as line
        from differing
        left join restated on {{ is_same_cell('differing', 'restated') }}
        left join ended on {{ is_same_cell('differing', 'ended') }}
        left join {{ files_of_cells() }} as file on differing.file_id = file.file_id

    ),

    side_by_side as (

        select
            traced.*,
            {% for name in figures %}
                case
                    when traced.has_ended
                    then traced.ended_{{ name }}
                    when traced.known_from <= last_release.built_at
                    then traced.{{ name }}
                end as recomputed_{{ name }},
            {% endfor %}
            traced.has_ended or coalesce(traced.known_from <= last_release.built_at, false) as is_recomputed
        from traced
        cross join last_release

    ),

    compared as (

        select
            *,
            {% for left_flag, left, right_flag, right, answer in [
                ('was_published', 'before_', 'is_recomputed', 'recomputed_', 'is_by_the_same_rules'),
                ('is_recomputed', 'recomputed_', 'is_current', '', 'is_of_the_same_report'),
            ] %}
                {{ left_flag }} = {{ right_flag }}
                {% for name in figures %}
                    and {{ left }}{{ name }} is not distinct from {{ right }}{{ name }}
                {% endfor %} as {{ answer }} {{ ',' if not loop.last }}
            {% endfor %}
        from side_by_side

    ),

    corrected_now as {{ not_kept() }} (select {{ cell_key | join(', ') }} from present_cell where is_corrected),

    -- the cells whose correction came or went since the last release
    corrected_since as (

        select {% for name in cell_key %} correction.{{ name }}{{ ',' if not loop.last }} {% endfor %}
        from {{ ref('stg_ledger__correction') }} as correction
        inner join last_release on correction.known_from > last_release.built_at

        union

        select {{ cell_key | join(', ') }}
        from ended
        where is_corrected and {{ is_not_among('ended', cell_key, 'corrected_now') }}

    ),

    corrected_pair as (select distinct {{ pair | join(', ') }} from corrected_since),

    -- the files the last release knew that are still the best knowledge
    known_file as (

        select file.file_id
        from {{ files_of_cells() }} as file
        inner join last_release on file.known_from <= last_release.built_at
        where file.known_to is null

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
    corrected_since.source_code is not null
    or (compared.is_remainder and corrected_pair.source_code is not null) as is_corrected_since,
    case
        when was_published and is_current then before_file_id = compared.file_id else known_file.file_id is not null
    end as is_of_a_known_file,
    known_from,
    before_file_id,
    before_line,
    compared.file_id,
    line
from compared
left join corrected_since on {{ is_same_cell('compared', 'corrected_since') }}
left join
    corrected_pair
    on {% for name in pair %} compared.{{ name }} = corrected_pair.{{ name }} {{ 'and' if not loop.last }} {% endfor %}
left join known_file on coalesce(compared.file_id, compared.before_file_id) = known_file.file_id
