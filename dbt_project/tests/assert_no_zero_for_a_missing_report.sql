-- A zero in a mart is a reported one, or follows from a complete report: never what stands for a report that is
-- missing. Rows with a zero of the reporter's own in a year it published nothing of.
with
    zeros as (

        {% for flow in ['exports', 'imports', 'turnover'] %}
            select 'bilateral_year' as mart, reporter_code, partner_code, year_number
            from {{ ref('bilateral_year') }}
            where {{ flow }}_usd = 0 and {{ flow }}_state <> 'observed' and {{ flow }}_basis = 'own'
            union all
            select 'bilateral_month', reporter_code, partner_code, year_number
            from {{ ref('bilateral_month') }}
            where {{ flow }}_usd = 0
            union all
        {% endfor %}
        select 'bilateral_year', reporter_code, partner_code, year_number
        from {{ ref('bilateral_year') }}
        where turnover_usd = 0 or world_turnover_usd = 0 or share_of_turnover_pct = 0
        union all
        select 'partner_rank', reporter_code, partner_code, year_number
        from {{ ref('partner_rank') }}
        where value_usd = 0 or (high_usd = 0 and value_state = 'mirror_only')
        union all
        select 'commodity_mix', mix.reporter_code, mix.partner_code, period.year_number
        from {{ ref('commodity_mix') }} as mix
        inner join {{ ref('dim_period') }} as period on mix.period_code = period.period_code
        where mix.value_usd = 0 or mix.flow_usd = 0

    ),

    published as (

        select distinct availability.reporter_code, period.year_number
        from {{ ref('fct_availability') }} as availability
        inner join {{ ref('dim_period') }} as period on availability.period_code = period.period_code
        where availability.availability_state = 'published'

    )

select zeros.*
from zeros
left join published on zeros.reporter_code = published.reporter_code and zeros.year_number = published.year_number
where published.reporter_code is null
