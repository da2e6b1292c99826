{{ config(tags=['heavy']) }}
-- How a source revises its figures, over the cells that may be added up and were published more than once: from the
-- first value known to the last, as in McKenzie and Gamba 2008. Stable is what stays within half a percent of the last.
-- A correction is no revision of the source, nor is what it makes of the rest that products leave of a total or code.
-- Reason for size: cells that became others are measured, those said again as they were and all others are counted, and
-- the median is found from how often each number of days occurs.
{%- set cell_key = trade_cell_key() %}
{%- set key_columns = cell_key | join(', ') %}
{%- set group_columns = ['source_code', 'reporter_code', 'flow_code', 'freq_code'] %}
{%- set pair = ['source_code', 'reporter_code', 'partner_code', 'flow_code', 'period_code'] %}
{%- set groups = group_columns | join(', ') %}
{%- set sums = [
    'n_reissued', 'n_revised', 'n_upward', 'n_downward', 'n_withdrawn', 'n_without_base', 'revision',
    'absolute_revision', 'absolute_revision_usd', 'absolute_usd',
] %}
with
    corrected_pair as (

        select {{ pair | join(', ') }}
        from {{ ref('trade_pair_sum') }}
        where n_corrected > 0

        union

        select {{ pair | join(', ') }}
        from {{ ref('trade_cell_history') }}
        where is_corrected

    ),

    -- the cells that became others or went; any other has one state
    state as (

        select
            {% for name in cell_key %} cell.{{ name }}, {% endfor %}
            cell.vintage_number,
            cell.value_usd,
            cell.known_from,
            cell.is_current,
            cell.is_current and file.known_to is not null as is_said_again,
            first_value(cell.value_usd) over in_order as first_usd,
            last_value(cell.value_usd) over in_order as last_usd
        from {{ ref('fct_trade_vintage') }} as cell
        inner join {{ files_of_cells() }} as file on cell.file_id = file.file_id
        left join
            corrected_pair on (cell.product_key = 'UNALLOCATED' or cell.product_key like '%-')
            {% for name in pair %} and cell.{{ name }} = corrected_pair.{{ name }} {% endfor %}
        where
            corrected_pair.source_code is null
            and (cell.vintage_number > 1 or not cell.is_current)
            -- one question more, not three: the engine takes what each of them leaves for few, and keeps all cells
            and case
                when cell.vintage_number > 1 or not cell.is_current
                then cell.is_additive and cell.value_usd is not null and not cell.is_corrected
                else false
            end
        window
            in_order as (
                partition by {% for name in cell_key %} cell.{{ name }} {{ ',' if not loop.last }} {% endfor %}
                order by cell.vintage_number nulls last
                rows between unbounded preceding and unbounded following
            )

    ),

    judged as (

        select
            *,
            max(
                case
                    when abs(value_usd - last_usd) >= 0.005 * abs(last_usd) and value_usd <> last_usd
                    then vintage_number
                end
            ) over (partition by {{ key_columns }}) as last_unstable_number
        from state

    ),

    cell as (

        select
            {{ key_columns }},
            max(first_usd) as first_usd,
            max(last_usd) as last_usd,
            count(*) > 1 or bool_or(is_said_again) as is_reissued,
            min(value_usd) <> max(value_usd) as is_revised,
            bool_or(is_current) as is_current,
            {{ days_between(
                'min(known_from)', 'min(known_from) filter (where vintage_number > coalesce(last_unstable_number, 0))'
            ) }} as stability_days
        from judged
        group by {{ key_columns }}

    ),

    measured as (

        select
            cell.*,
            period.freq_code,
            cell.is_reissued and cell.is_current as is_counted,
            cell.last_usd - cell.first_usd as revision_usd,
            cast({{ ratio('cell.last_usd', 'cell.first_usd') }} - 1 as decimal(38, 9)) as revision
        from cell
        left join {{ ref('dim_period') }} as period on cell.period_code = period.period_code

    ),

    revised as (

        select
            {{ groups }},
            count(*) filter (where is_counted) as n_reissued,
            count(*) filter (where is_counted and is_revised) as n_revised,
            count(*) filter (where is_counted and revision_usd > 0) as n_upward,
            count(*) filter (where is_counted and revision_usd < 0) as n_downward,
            count(*) filter (where not is_current) as n_withdrawn,
            count(*) filter (where is_counted and revision is null) as n_without_base,
            sum(revision) filter (where is_counted) as revision,
            sum(abs(revision)) filter (where is_counted) as absolute_revision,
            sum(abs(revision_usd)) filter (where is_counted) as absolute_revision_usd,
            sum(abs(last_usd)) filter (where is_counted) as absolute_usd
        from measured
        group by {{ groups }}

    ),

    said_again as (

        select
            sums.source_code,
            sums.reporter_code,
            sums.flow_code,
            period.freq_code,
            sum(sums.n_cells) as n_cells,
            sum(sums.n_zero) as n_zero,
            sum(sums.absolute_usd) as absolute_usd
        from {{ ref('reissued_sum') }} as sums
        left join {{ ref('dim_period') }} as period on sums.period_code = period.period_code
        group by sums.source_code, sums.reporter_code, sums.flow_code, period.freq_code

    ),

    stability as (

        select {{ groups }}, stability_days, count(*) as n_cells
        from measured
        where is_counted
        group by {{ groups }}, stability_days

        union all

        select {{ groups }}, 0 as stability_days, n_cells
        from said_again

    ),

    ranked as (

        select
            *,
            sum(n_cells) over (partition by {{ groups }} order by stability_days nulls last) as n_until,
            sum(n_cells) over (partition by {{ groups }}) as n_all
        from stability

    ),

    -- of an even number of cells the median lies between two of them
    stable as (

        select
            {{ groups }},
            (
                min(stability_days) filter (where 2 * n_until >= n_all)
                + min(stability_days) filter (where 2 * n_until > n_all)
            )
            * 0.5::double as median_stability_days,
            max(stability_days) as max_stability_days
        from ranked
        group by {{ groups }}

    ),

    present as (

        select
            sums.source_code,
            sums.reporter_code,
            sums.flow_code,
            period.freq_code,
            sum(sums.n_valued - sums.n_corrected) as n_cells
        from {{ ref('trade_pair_sum') }} as sums
        left join {{ ref('dim_period') }} as period on sums.period_code = period.period_code
        where sums.is_additive and sums.n_valued > sums.n_corrected
        group by sums.source_code, sums.reporter_code, sums.flow_code, period.freq_code

    ),

    counted as (

        {% for relation, counts in [
            ('revised', dict(zip(sums, sums))),
            ('said_again', {'n_reissued': 'n_cells', 'n_without_base': 'n_zero', 'absolute_usd': 'absolute_usd'}),
            ('present', {'n_present': 'n_cells'}),
        ] %}
            select
                {{ groups }},
                {% for name in ['n_present'] + sums %}
                    {{ counts.get(name, 'null') }} as {{ name }} {{ ',' if not loop.last }}
                {% endfor %}
            from {{ relation }} {{ 'union all' if not loop.last }}
        {% endfor %}

    ),

    added_up as (

        select
            {{ groups }},
            coalesce(sum(n_present), 0) as n_present,
            {% for name in sums %} coalesce(sum({{ name }}), 0) as {{ name }} {{ ',' if not loop.last }} {% endfor %}
        from counted
        group by {{ groups }}

    )

select
    {% for name in group_columns %} added_up.{{ name }}, {% endfor %}
    cast(added_up.n_present + added_up.n_withdrawn as bigint) as n_cells,
    {% for name in ['n_reissued', 'n_revised', 'n_upward', 'n_downward', 'n_withdrawn', 'n_without_base'] %}
        cast(added_up.{{ name }} as bigint) as {{ name }},
    {% endfor %}
    100 * {{ ratio('added_up.revision', 'added_up.n_reissued - added_up.n_without_base') }} as mean_revision_pct,
    100
    * {{ ratio('added_up.absolute_revision', 'added_up.n_reissued - added_up.n_without_base') }}
    as mean_absolute_revision_pct,
    100 * {{ ratio('added_up.absolute_revision_usd', 'added_up.absolute_usd') }} as relative_absolute_revision_pct,
    100 * {{ ratio('added_up.n_upward', 'added_up.n_upward + added_up.n_downward') }} as upward_pct,
    stable.median_stability_days,
    stable.max_stability_days
from added_up
left join
    stable
    on {% for name in group_columns %}
        added_up.{{ name }} is not distinct from stable.{{ name }} {{ 'and' if not loop.last }}
    {% endfor %}
