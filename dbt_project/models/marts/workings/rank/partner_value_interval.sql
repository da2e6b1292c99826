-- What is known of every partner's turnover, exports and imports in a year: a value, or the interval it must lie in.
-- An end of which nothing is known is open: a partner never seen is not small.
{%- set no_bound = '1e14' %}
{%- set columns = [
    'reporter_code', 'partner_code', 'year_number', 'value_state', 'rank_basis', 'mirror_is_whole',
    'is_partly_mirrored', 'value_usd', 'mirror_usd', 'known_usd', 'bound_usd',
] | join(', ') %}
with
    states as (

        select 'turnover' as measure, {{ columns }}
        from {{ ref('partner_value_state') }}
        union all
        select measure, {{ columns }}
        from {{ ref('partner_flow_state') }}

    ),

    -- what the reporter itself once said of the partner: a value, or the most it could be. A partner's own figure binds
    -- no other statistic, and is not carried.
    known as (

        select
            measure,
            reporter_code,
            partner_code,
            year_number,
            value_state = 'observed' as is_observed,
            case when value_state = 'observed' then value_usd else bound_usd end as most_usd
        from states
        where value_state = 'observed' or bound_usd is not null

    ),

    carried as (

        -- the last value observed, or where none was the last bound, grown at the fastest pace ever seen; a bound of
        -- a hundred trillion USD, more than the whole world trades, binds nothing and is read as open below
        select
            this_year.reporter_code,
            this_year.partner_code,
            this_year.year_number,
            this_year.measure,
            least(
                earlier.most_usd * power(growth.growth_factor, this_year.year_number - earlier.year_number),
                {{ no_bound }}
            ) as carried_usd
        from states as this_year
        inner join
            known as earlier
            on this_year.reporter_code = earlier.reporter_code
            and this_year.partner_code = earlier.partner_code
            and this_year.measure = earlier.measure
            and earlier.year_number < this_year.year_number
        inner join
            {{ ref('partner_growth_bound') }} as growth
            on this_year.reporter_code = growth.reporter_code
            and this_year.measure = growth.measure
        where this_year.value_state in ('mirror_only', 'missing')
        qualify
            row_number() over (
                partition by this_year.reporter_code, this_year.partner_code, this_year.year_number, this_year.measure
                order by case when earlier.is_observed then 0 else 1 end, earlier.year_number desc nulls last
            )
            = 1

    )

select
    state.reporter_code,
    state.partner_code,
    state.year_number,
    state.measure,
    state.value_state,
    state.rank_basis,
    state.is_partly_mirrored,
    state.value_usd,
    state.mirror_usd,
    coalesce(
        state.value_usd,
        -- where the reporter reports nothing, a mirror of both flows is the value to rank by, of one flow its least
        case when state.rank_basis = 'mirror' then state.mirror_usd end,
        state.known_usd
    )::decimal(18, 3) as low_usd,
    coalesce(
        state.value_usd,
        -- a list of the largest partners binds whoever is not on it
        state.bound_usd,
        case when state.rank_basis = 'mirror' and state.mirror_is_whole then state.mirror_usd end,
        case
            when carried.carried_usd < {{ no_bound }} or (carried.carried_usd is null and state.mirror_is_whole)
            then greatest(coalesce(state.known_usd, 0), coalesce(state.mirror_usd, 0), coalesce(carried.carried_usd, 0))
        end
    )::decimal(18, 3) as high_usd
from states as state
left join
    carried
    on state.reporter_code = carried.reporter_code
    and state.partner_code = carried.partner_code
    and state.year_number = carried.year_number
    and state.measure = carried.measure
