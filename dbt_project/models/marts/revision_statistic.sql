{{ config(tags=['heavy']) }}
-- How a source revises its figures, over the cells that may be added up and were published more than once: from the
-- first value known to the last, as in McKenzie and Gamba 2008. Stable is what stays within half a percent of the last.
-- A correction is no revision of the source.
-- Reason for size: cells with more than one vintage are measured, all others are counted beside them.
{%- set cell_key = trade_cell_key() %}
{%- set key_columns = cell_key | join(', ') %}
{%- set group_columns = ['source_code', 'reporter_code', 'flow_code', 'freq_code'] %}
with
    -- any other cell has one state, in a file that was never replaced
    vintage as (

        select
            {% for name in cell_key %} cell.{{ name }}, {% endfor %}
            cell.vintage_number,
            cell.value_usd,
            cell.known_from,
            cell.is_current,
            cell.is_current and file.known_to is not null as is_said_again,
            -- a first state that is still current is the only one: said again, as it was
            cell.is_current and cell.vintage_number = 1 as is_only_state
        from {{ ref('fct_trade_vintage') }} as cell
        inner join {{ files_of_cells() }} as file on cell.file_id = file.file_id
        -- one question, not several: asked which cells are additive first, the engine takes them for few and keeps
        -- them all
        where
            case
                when cell.vintage_number > 1 or not cell.is_current or file.known_to is not null
                then cell.is_additive and cell.value_usd is not null and not cell.is_corrected
                else false
            end

    ),

    state as (

        select *, first_value(value_usd) over in_order as first_usd, last_value(value_usd) over in_order as last_usd
        from vintage
        where not is_only_state
        window
            in_order as (
                partition by {{ key_columns }}
                order by vintage_number nulls last
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

        union all

        select
            {{ key_columns }},
            value_usd as first_usd,
            value_usd as last_usd,
            true as is_reissued,
            false as is_revised,
            true as is_current,
            0 as stability_days
        from vintage
        where is_only_state

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

    counted as (

        select
            *,
            case when is_counted then revision end as counted_revision,
            case when is_counted then revision_usd end as counted_usd,
            case when is_counted then last_usd end as counted_last_usd
        from measured

    ),

    revised as (

        select
            source_code,
            reporter_code,
            flow_code,
            freq_code,
            count(*) filter (where is_counted) as n_reissued,
            count(*) filter (where is_counted and is_revised) as n_revised,
            count(*) filter (where is_counted and revision_usd > 0) as n_upward,
            count(*) filter (where is_counted and revision_usd < 0) as n_downward,
            count(*) filter (where not is_current) as n_withdrawn,
            count(*) filter (where is_counted and revision is null) as n_without_base,
            100 * {{ ratio('sum(counted_revision)', 'count(counted_revision)') }} as mean_revision_pct,
            100 * {{ ratio('sum(abs(counted_revision))', 'count(counted_revision)') }} as mean_absolute_revision_pct,
            100 * {{ ratio('sum(abs(counted_usd))', 'sum(abs(counted_last_usd))') }} as relative_absolute_revision_pct,
            100
            * {{ ratio('count(case when counted_usd > 0 then 1 end)', 'count(case when counted_usd <> 0 then 1 end)') }}
            as upward_pct,
            median(stability_days) filter (where is_counted) as median_stability_days,
            max(stability_days) filter (where is_counted) as max_stability_days
        from counted
        group by source_code, reporter_code, flow_code, freq_code

    ),

    present as (

        select
            sums.source_code,
            sums.reporter_code,
            sums.flow_code,
            period.freq_code,
            cast(sum(sums.n_valued - sums.n_corrected) as bigint) as n_cells
        from {{ ref('trade_pair_sum') }} as sums
        left join {{ ref('dim_period') }} as period on sums.period_code = period.period_code
        where sums.is_additive and sums.n_valued > sums.n_corrected
        group by sums.source_code, sums.reporter_code, sums.flow_code, period.freq_code

    )

select
    {% for name in group_columns %} coalesce(present.{{ name }}, revised.{{ name }}) as {{ name }}, {% endfor %}
    coalesce(present.n_cells, 0) + coalesce(revised.n_withdrawn, 0) as n_cells,
    {% for name in ['n_reissued', 'n_revised', 'n_upward', 'n_downward', 'n_withdrawn', 'n_without_base'] %}
        coalesce(revised.{{ name }}, 0) as {{ name }},
    {% endfor %}
    revised.mean_revision_pct,
    revised.mean_absolute_revision_pct,
    revised.relative_absolute_revision_pct,
    revised.upward_pct,
    revised.median_stability_days,
    revised.max_stability_days
from present
full outer join
    revised
    on {% for name in group_columns %}
        present.{{ name }} is not distinct from revised.{{ name }} {{ 'and' if not loop.last }}
    {% endfor %}
