{#- Years of the pair a side has not reported itself, or not both flows of: what is used instead, and why it is missing. -#}
{% macro profile_missing() -%}
    select
        {{ profile_row('missing', "'own_report'", {
            'reporter_code': 'sides.reporter_code',
            'partner_code': 'sides.partner_code',
            'period_code': 'cast(years.year_number as varchar)',
            'state': "case when coalesce(trade.turnover_any_basis_usd, other.turnover_usd) is not null then 'by_partner' "
                ~ "when " ~ profile_is_in_own_currency('trade') ~ " then 'no_rate' else 'missing' end",
            'basis_code': 'trade.turnover_basis',
            'rule_code': profile_stand_in(),
            'reason_code': profile_report_gap(),
        }) }}
    from sides
    cross join years
    left join
        trade
        on sides.reporter_code = trade.reporter_code
        and sides.partner_code = trade.partner_code
        and years.year_number = trade.year_number
    left join
        trade as other
        on sides.reporter_code = other.partner_code
        and sides.partner_code = other.reporter_code
        and years.year_number = other.year_number
    left join
        {{ ref('bilateral_group_year') }} as members
        on sides.reporter_code = members.reporter_code
        and sides.partner_code = members.partner_code
        and years.year_number = members.year_number
    left join
        (
            select
                availability.reporter_code,
                period.year_number,
                max(
                    availability.availability_state = 'published' and availability.partner_scope = 'complete'
                ) as is_whole,
                max(availability.availability_state = 'published') as is_here,
                max(availability.availability_state = 'partial') as is_elsewhere,
                max(availability.availability_state = 'not_published') as is_not_published
            from {{ ref('fct_availability') }} as availability
            inner join {{ ref('dim_period') }} as period on availability.period_code = period.period_code
            inner join sides on availability.reporter_code = sides.reporter_code
            where period.freq_code = 'A'
            group by availability.reporter_code, period.year_number
        ) as known
        on sides.reporter_code = known.reporter_code
        and years.year_number = known.year_number
    where
        (
            coalesce(trade.turnover_basis, 'none') <> 'own'
            and (trade.exports_basis is distinct from 'own' or trade.imports_basis is distinct from 'own')
        )
        or {{ profile_has_flow_of_others() }}
{%- endmacro %}

{#- Whether beside a total of its own a side has a flow that others report. -#}
{% macro profile_has_flow_of_others() -%}
    (
        trade.turnover_basis = 'own'
        and (
            (trade.exports_basis <> 'own' and trade.exports_usd is not null)
            or (trade.imports_basis <> 'own' and trade.imports_usd is not null)
        )
    )
{%- endmacro %}

{#- What is used instead of the missing report. -#}
{% macro profile_stand_in() -%}
    case
        when {{ profile_has_flow_of_others() }} and 'derived' in (trade.exports_basis, trade.imports_basis)
        then 'estimate'
        when {{ profile_has_flow_of_others() }} and trade.exports_basis = 'mirror' and trade.imports_basis = 'mirror'
        then 'flows_of_partner'
        when {{ profile_has_flow_of_others() }}
        then 'partly_partner_report'
        when
            (trade.exports_basis = 'own' and trade.imports_usd is not null)
            or (trade.imports_basis = 'own' and trade.exports_usd is not null)
        then 'partly_partner_report'
        when trade.turnover_basis = 'derived'
        then 'estimate'
        when coalesce(trade.turnover_any_basis_usd, other.turnover_usd) is not null
        then 'partner_report'
        when trade.exports_usd is not null and trade.imports_usd is not null
        then 'two_reports'
        when coalesce(trade.exports_usd, trade.imports_usd) is not null
        then 'single_flow'
        when greatest(members.n_turnover_known, members.n_exports_known, members.n_imports_known) > 0
        then 'members'
        when {{ profile_is_in_own_currency('trade') }} or {{ profile_is_in_own_currency('other') }}
        then 'no_dollars'
        else 'none'
    end
{%- endmacro %}

{#- Whether a side reports in its own currency, of which no rate of the year is loaded. -#}
{% macro profile_is_in_own_currency(side) -%}
    coalesce('no_rate' in ({{ side }}.turnover_state, {{ side }}.exports_state, {{ side }}.imports_state), false)
{%- endmacro %}

{#- Why the report is missing, as far as the datasets tell. -#}
{% macro profile_report_gap() -%}
    case
        when {{ profile_is_in_own_currency('trade') }}
        then 'no_rate'
        when {{ profile_has_flow_of_others() }}
        then 'not_both_flows'
        when 'own' in (trade.exports_basis, trade.imports_basis)
        then 'one_flow_only'
        when known.is_whole
        then 'partner_not_named'
        when known.is_here
        then 'some_partners_only'
        when known.is_elsewhere
        then 'not_fetched'
        when known.is_not_published
        then 'not_published'
        else 'not_loaded'
    end
{%- endmacro %}
