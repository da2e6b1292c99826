-- What is known of every partner of a reporter in a year, and in which state that leaves it. Where the reporter reports
-- nothing at all that year, its partners' figures and estimates are what ranks can be made of (rank_basis mirror).
-- The universe of a reporter is every economy it, or a partner about it, ever reported, in the years that economy was
-- there: a predecessor is no partner whose report is missing.
with
    observations as (

        select years.*
        from {{ ref('bilateral_year') }} as years
        inner join {{ ref('dim_area') }} as partner on years.partner_code = partner.area_code
        where partner.is_economy and years.partner_code <> years.reporter_code

    ),

    universe as (

        select
            partners.reporter_code,
            partners.partner_code,
            years.year_number,
            years.year_number >= coalesce(extract(year from area.valid_from), 0)
            and years.year_number <= coalesce(extract(year from area.valid_to), 9999) as was_there
        from (select distinct reporter_code, partner_code from observations) as partners
        inner join
            (select distinct reporter_code, year_number from observations) as years
            on partners.reporter_code = years.reporter_code
        inner join {{ ref('dim_area') }} as area on partners.partner_code = area.area_code

    ),

    states as (

        select
            universe.reporter_code,
            universe.partner_code,
            universe.year_number,
            own.turnover_usd,
            own.turnover_basis,
            own.turnover_state,
            case when own.exports_basis = 'own' then own.exports_usd end as own_exports_usd,
            case when own.imports_basis = 'own' then own.imports_usd end as own_imports_usd,
            case
                when own.turnover_basis in ('mirror', 'derived')
                then own.turnover_usd
                when own.turnover_usd is null and own.exports_basis in ('mirror', 'derived')
                then own.exports_usd
                when own.turnover_usd is null and own.imports_basis in ('mirror', 'derived')
                then own.imports_usd
            end as mirror_usd,
            x.bound_usd as exports_bound_usd,
            m.bound_usd as imports_bound_usd
        from universe
        left join
            observations as own
            on universe.reporter_code = own.reporter_code
            and universe.partner_code = own.partner_code
            and universe.year_number = own.year_number
        {% for alias, flow in [('x', 'X'), ('m', 'M')] %}
            left join
                {{ ref('top_list_bound') }} as {{ alias }}
                on universe.reporter_code = {{ alias }}.reporter_code
                and universe.year_number = {{ alias }}.year_number
                and {{ alias }}.flow_code = '{{ flow }}'
        {% endfor %}
        where universe.was_there or own.reporter_code is not null

    ),

    named as (

        select
            *,
            case
                when turnover_state = 'implied_zero'
                then 'implied_zero'
                when turnover_basis in ('own', 'partly_mirror')
                then 'observed'
                when
                    (own_exports_usd is not null or own_imports_usd is not null)
                    and coalesce(own_exports_usd, exports_bound_usd) is not null
                    and coalesce(own_imports_usd, imports_bound_usd) is not null
                then 'bounded'
                when mirror_usd is not null
                then 'mirror_only'
                else 'missing'
            end as value_state
        from states

    )

select
    reporter_code,
    partner_code,
    year_number,
    value_state,
    case
        max(case when value_state in ('observed', 'implied_zero', 'bounded') then 1 else 0 end) over (
            partition by reporter_code, year_number
        )
        when 1
        then 'own'
        else 'mirror'
    end as rank_basis,
    coalesce(turnover_basis in ('mirror', 'derived'), false) as mirror_is_whole,
    coalesce(turnover_basis = 'partly_mirror', false) as is_partly_mirrored,
    case when turnover_basis in ('own', 'partly_mirror') then turnover_usd end as value_usd,
    mirror_usd,
    case
        when coalesce(own_exports_usd, own_imports_usd) is not null
        then (coalesce(own_exports_usd, 0) + coalesce(own_imports_usd, 0))::decimal(18, 3)
    end as known_usd,
    (coalesce(own_exports_usd, exports_bound_usd) + coalesce(own_imports_usd, imports_bound_usd))::decimal(
        18, 3
    ) as bound_usd
from named
