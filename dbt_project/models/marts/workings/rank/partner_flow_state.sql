-- What is known of every partner's exports and imports, one flow at a time: as partner_value_state of the turnover.
with
    flows as (

        {% for measure, flow in [('exports', 'X'), ('imports', 'M')] %}
            select
                state.reporter_code,
                state.partner_code,
                state.year_number,
                '{{ measure }}' as measure,
                years.{{ measure }}_usd as flow_usd,
                years.{{ measure }}_basis as flow_basis,
                years.{{ measure }}_state as flow_state,
                bounds.bound_usd
            from {{ ref('partner_value_state') }} as state
            left join
                {{ ref('bilateral_year') }} as years
                on state.reporter_code = years.reporter_code
                and state.partner_code = years.partner_code
                and state.year_number = years.year_number
            left join
                {{ ref('top_list_bound') }} as bounds
                on state.reporter_code = bounds.reporter_code
                and state.year_number = bounds.year_number
                and bounds.flow_code = '{{ flow }}'
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}

    ),

    named as (

        select
            *,
            case
                when flow_state = 'implied_zero'
                then 'implied_zero'
                when flow_basis = 'own'
                then 'observed'
                when bound_usd is not null
                then 'bounded'
                when flow_basis in ('mirror', 'derived')
                then 'mirror_only'
                else 'missing'
            end as value_state
        from flows

    )

select
    reporter_code,
    partner_code,
    year_number,
    measure,
    value_state,
    case
        max(case when value_state in ('observed', 'implied_zero', 'bounded') then 1 else 0 end) over (
            partition by reporter_code, year_number, measure
        )
        when 1
        then 'own'
        else 'mirror'
    end as rank_basis,
    coalesce(flow_basis in ('mirror', 'derived'), false) as mirror_is_whole,
    false as is_partly_mirrored,
    case when value_state in ('observed', 'implied_zero') then flow_usd end as value_usd,
    case when flow_basis in ('mirror', 'derived') then flow_usd end as mirror_usd,
    case when value_state in ('observed', 'implied_zero') then flow_usd end::decimal(18, 3) as known_usd,
    bound_usd
from named
