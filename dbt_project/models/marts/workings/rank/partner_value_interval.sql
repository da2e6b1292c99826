-- What a partner's turnover, exports and imports can be in a year. Turnover is what the reporter or, within their
-- interval, its partner says of both flows, and no more than the two flows allow. Of a year nobody reports, the years
-- around it bound the trade, both ways.
-- Reason for size: the two flows, their turnover, and the years without either, one after the other.
{%- set years_apart = 'abs(target.year_number - near.year_number)' %}
{%- set reported = "value_state in ('observed', 'implied_zero')" %}
with
    top_list_bound as materialized({{ top_list_bound() }}),

    partner_flow_interval as materialized({{ partner_flow_interval() }}),

    both_flows as (

        select
            whole.reporter_code,
            whole.partner_code,
            whole.year_number,
            case
                when whole.value_state in ('observed', 'implied_zero')
                then whole.value_state
                when x.value_state = 'implied_zero' and m.value_state = 'implied_zero'
                then 'implied_zero'
                when x.value_usd is not null and m.value_usd is not null
                then 'observed'
                when
                    (x.value_usd is not null and m.value_state = 'mirror_only')
                    or (m.value_usd is not null and x.value_state = 'mirror_only')
                then 'partly_mirrored'
                when x.high_usd is not null and m.high_usd is not null and 'bounded' in (x.value_state, m.value_state)
                then 'bounded'
                when whole.mirror_usd is not null or (x.mirror_usd is not null and m.mirror_usd is not null)
                then 'mirror_only'
                else 'missing'
            end as value_state,
            coalesce(whole.value_usd, x.value_usd + m.value_usd) as value_usd,
            coalesce(
                whole.own_source_code,
                {{ both_sources(
                    'coalesce(x.own_source_code, x.mirror_source_code)', 'coalesce(m.own_source_code, m.mirror_source_code)'
                ) }},
                whole.mirror_source_code
            ) as value_source_code,
            case
                when whole.value_usd is not null
                then whole.is_of_other_statistic
                else x.own_source_code is not null and m.own_source_code is not null
            end as is_of_other_statistic,
            case when whole.value_usd is not null then whole.low_usd end as exact_low_usd,
            case when whole.value_usd is not null then whole.high_usd end as exact_high_usd,
            whole.low_usd as whole_low_usd,
            whole.high_usd as whole_high_usd,
            whole.mirror_estimate_usd as whole_estimate_usd,
            whole.has_known_gap as whole_is_known,
            (x.value_usd is not null or x.has_known_gap)
            and (m.value_usd is not null or m.has_known_gap) as flows_are_known,
            x.value_usd is not null or m.value_usd is not null or x.has_known_gap or m.has_known_gap as a_flow_is_known,
            coalesce(x.value_usd, x.mirror_estimate_usd)
            + coalesce(m.value_usd, m.mirror_estimate_usd) as sum_estimate_usd,
            -- a list of the largest binds what the partner says
            coalesce(x.value_usd, least(x.mirror_estimate_usd, x.high_usd))
            + coalesce(m.value_usd, least(m.mirror_estimate_usd, m.high_usd)) as sum_possible_usd,
            -- two flows of one source are a turnover of it: these are of two
            (x.low_usd + m.low_usd) * case
                when x.own_source_code is not null and m.own_source_code is not null
                then exp(- {{ statistic_width() }})
                else 1
            end as sum_low_usd,
            (x.high_usd + m.high_usd) * case
                when x.own_source_code is not null and m.own_source_code is not null
                then exp({{ statistic_width() }})
                else 1
            end as sum_high_usd,
            greatest(coalesce(x.low_usd, 0), coalesce(m.low_usd, 0)) as flow_low_usd
        from partner_flow_interval as whole
        {% for alias, measure in [('x', 'exports'), ('m', 'imports')] %}
            left join
                partner_flow_interval as {{ alias }}
                on whole.reporter_code = {{ alias }}.reporter_code
                and whole.partner_code = {{ alias }}.partner_code
                and whole.year_number = {{ alias }}.year_number
                and {{ alias }}.measure = '{{ measure }}'
        {% endfor %}
        where whole.measure = 'turnover'

    ),

    -- what both flows and the total allow binds a total only where it leaves possible what the partner reports of
    -- either:
    -- else one of the two is wrong. A figure whose gap is not known yields to one whose gap is
    agreeing as (

        select
            *,
            sum_low_usd <= whole_high_usd and whole_low_usd <= sum_high_usd
            {% for estimate, is_known, other_is_known in [
                ('sum_possible_usd', 'flows_are_known', 'whole_is_known'),
                ('whole_estimate_usd', 'whole_is_known', 'a_flow_is_known'),
            ] %}
                and (
                    coalesce(
                        {{ estimate }}
                        between greatest(sum_low_usd, whole_low_usd) and least(sum_high_usd, whole_high_usd),
                        true
                    )
                    or ({{ other_is_known }} and not {{ is_known }})
                )
            {% endfor %} as total_agrees_with_flows
        from both_flows

    ),

    stated as (

        select
            reporter_code,
            partner_code,
            year_number,
            measure,
            value_state,
            (case when {{ reported }} then value_usd end)::decimal(18, 3) as value_usd,
            coalesce(own_source_code, mirror_source_code) as value_source_code,
            is_of_other_statistic,
            mirror_estimate_usd,
            low_usd,
            high_usd
        from partner_flow_interval
        where measure <> 'turnover'

        union all

        select
            reporter_code,
            partner_code,
            year_number,
            'turnover',
            value_state,
            (case when {{ reported }} then value_usd end)::decimal(18, 3),
            value_source_code,
            is_of_other_statistic,
            -- what the reporter itself says of a flow counts before the partner's whole
            case
                when value_state = 'mirror_only'
                then coalesce(whole_estimate_usd, sum_estimate_usd)
                when value_state in ('partly_mirrored', 'bounded')
                then coalesce(sum_estimate_usd, whole_estimate_usd)
            end,
            case
                when exact_low_usd is not null
                then exact_low_usd
                when total_agrees_with_flows
                then greatest(sum_low_usd, whole_low_usd)
                when {{ reported }} or value_state in ('partly_mirrored', 'bounded')
                then sum_low_usd
                else coalesce(least(sum_low_usd, whole_low_usd), whole_low_usd, sum_low_usd, nullif(flow_low_usd, 0))
            end,
            case
                when exact_high_usd is not null
                then exact_high_usd
                when total_agrees_with_flows
                then least(sum_high_usd, whole_high_usd)
                when {{ reported }} or value_state in ('partly_mirrored', 'bounded')
                then sum_high_usd
                else coalesce(greatest(sum_high_usd, whole_high_usd), whole_high_usd, sum_high_usd)
            end
        from agreeing

    ),

    -- what a report of all partners does not name may be in what it gives no named partner
    said as (

        select
            stated.*,
            case
                when stated.value_state = 'implied_zero'
                then greatest(stated.high_usd, coalesce(totals.unallocated_usd, 0))
                else stated.high_usd
            end as most_usd
        from stated
        left join
            {{ ref('reporter_total_bound') }} as totals
            on stated.reporter_code = totals.reporter_code
            and stated.year_number = totals.year_number
            and stated.measure = totals.measure

    ),

    -- the years around that say anything, each with how far trade may have moved since; trade may start where there was
    -- none: what is carried is a million USD at least
    carried as (

        select
            target.reporter_code,
            target.partner_code,
            target.measure,
            target.year_number,
            max(
                coalesce(near.low_usd * exp(- {{ width_by_size('near.most_usd', 'growth') }} * {{ years_apart }}), 0)
            ) as carried_low_usd,
            min(
                least(
                    1e14,
                    greatest(near.most_usd, 1e6)
                    * exp({{ width_by_size('near.most_usd', 'growth') }} * {{ years_apart }})
                )
            ) as carried_high_usd
        from stated as target
        inner join
            said as near
            on target.reporter_code = near.reporter_code
            and target.partner_code = near.partner_code
            and target.measure = near.measure
            and near.year_number
            between target.year_number - {{ anchor_reach_years() }} and target.year_number + {{ anchor_reach_years() }}
            and near.year_number <> target.year_number
            and near.value_state <> 'missing'
        where target.value_state not in ('observed', 'implied_zero')
        group by target.reporter_code, target.partner_code, target.measure, target.year_number

    ),

    ends as (

        select
            stated.*,
            least(greatest(stated.mirror_estimate_usd, stated.low_usd), stated.high_usd) as estimate_usd,
            greatest(coalesce(stated.low_usd, 0), coalesce(carried.carried_low_usd, 0)) as carried_low_usd,
            carried.carried_high_usd
        from stated
        left join
            carried
            on stated.reporter_code = carried.reporter_code
            and stated.partner_code = carried.partner_code
            and stated.measure = carried.measure
            and stated.year_number = carried.year_number

    ),

    -- a partner's figure, or a bound, takes nothing from what the years around say already, unless it contradicts them:
    -- what the partner reports stays possible
    cut as (

        select
            *,
            value_state in ('mirror_only', 'partly_mirrored', 'bounded')
            and carried_low_usd <= least(high_usd, coalesce(carried_high_usd, high_usd))
            and coalesce(low_usd <= carried_high_usd, true)
            and coalesce(estimate_usd >= carried_low_usd, true)
            and coalesce(estimate_usd <= carried_high_usd, true) as is_cut
        from ends

    ),

    partner_value_interval as (

        select
            reporter_code,
            partner_code,
            year_number,
            measure,
            case value_state when 'partly_mirrored' then 'observed' else value_state end as value_state,
            value_state = 'partly_mirrored' as is_partly_mirrored,
            value_usd,
            value_source_code,
            is_of_other_statistic,
            case
                when value_state = 'missing'
                then least(carried_low_usd, coalesce(carried_high_usd, 1e14))
                when is_cut
                then carried_low_usd
                else low_usd
            end::decimal(18, 3) as low_usd,
            case
                when value_state <> 'missing'
                then case when is_cut then least(high_usd, coalesce(carried_high_usd, high_usd)) else high_usd end
                when carried_high_usd is not null
                then greatest(carried_low_usd, carried_high_usd)
            end::decimal(18, 3) as high_usd
        from cut

    )

select *
from {{ shown_step('partner_value_interval') }}
