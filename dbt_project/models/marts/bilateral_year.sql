-- Trade of a pair in a year as the reporter sees it, with the partner's own figure beside it, and whose figures they
-- are. turnover_usd is the reporter's own or empty; what another says instead is in a column whose name says so.
-- Reason for size: both flows, the turnover and their sources stand side by side, each with its place.
with
    published_growth as materialized({{ published_growth() }}),

    partner_share as materialized({{ partner_share() }}),

    bilateral_flow_year as materialized({{ bilateral_flow_year() }}),

    bilateral_turnover_year as materialized({{ bilateral_turnover_year() }}),

    bilateral_growth_year as materialized({{ bilateral_growth_year() }}),

    flows as (select * from bilateral_flow_year),

    turnover as (select * from bilateral_turnover_year),

    -- what the reporter states of a pair in its own currency only
    without_rate as (

        select
            reporter_code,
            partner_code,
            year_number,
            bool_or(flow_code = 'X') as has_exports,
            bool_or(flow_code = 'M') as has_imports,
            bool_or(flow_code = 'T') as has_total
        from {{ ref('pair_flow_report') }}
        where cell_state = 'no_rate'
        group by reporter_code, partner_code, year_number

    ),

    pairs as (

        select turnover.reporter_code, turnover.partner_code, turnover.year_number
        from turnover
        union
        select flows.reporter_code, flows.partner_code, flows.year_number
        from flows
        inner join {{ ref('dim_area') }} as partner on flows.partner_code = partner.area_code
        where partner.area_kind in ('economy', 'group')
        union
        select unpriced.reporter_code, unpriced.partner_code, unpriced.year_number
        from without_rate as unpriced
        inner join {{ ref('dim_area') }} as partner on unpriced.partner_code = partner.area_code
        where partner.area_kind in ('economy', 'group')
        union
        -- years without any figure, of a pair the reporter once reported: the gap has a row while the partner lasts
        select once.reporter_code, once.partner_code, years.year_number
        from
            (
                select reporter_code, partner_code, min(year_number) as first_year
                from
                    (
                        select reporter_code, partner_code, year_number
                        from turnover
                        where turnover_basis = 'own'
                        union
                        select reporter_code, partner_code, year_number
                        from flows
                        where flow_basis = 'own'
                        group by reporter_code, partner_code, year_number
                        having count(*) = 2
                    ) as own
                group by reporter_code, partner_code
            ) as once
        inner join
            (select distinct reporter_code, year_number from turnover) as years
            on once.reporter_code = years.reporter_code
            and once.first_year < years.year_number
        inner join {{ ref('dim_area') }} as partner on once.partner_code = partner.area_code
        where partner.valid_to is null or extract(year from partner.valid_to) >= years.year_number

    ),

    joined as (

        select
            pairs.reporter_code,
            pairs.partner_code,
            pairs.year_number,
            period.period_code,
            x.value_usd as exports_usd,
            x.source_code as exports_source_code,
            x.flow_basis as exports_basis,
            case
                when x.flow_basis = 'own' then x.flow_state when unpriced.has_exports then 'no_rate' else 'missing'
            end as exports_state,
            x.file_id as exports_file_id,
            x.line as exports_line,
            m.value_usd as imports_usd,
            m.source_code as imports_source_code,
            m.flow_basis as imports_basis,
            case
                when m.flow_basis = 'own' then m.flow_state when unpriced.has_imports then 'no_rate' else 'missing'
            end as imports_state,
            m.file_id as imports_file_id,
            m.line as imports_line,
            t.turnover_usd as turnover_any_basis_usd,
            t.turnover_rule,
            t.turnover_source_code,
            t.turnover_basis,
            case
                when
                    t.turnover_basis is distinct from 'own'
                    and (
                        unpriced.has_total
                        or (unpriced.has_exports and (unpriced.has_imports or m.flow_basis = 'own'))
                        or (unpriced.has_imports and x.flow_basis = 'own')
                    )
                then 'no_rate'
                when t.turnover_basis is distinct from 'own'
                then 'missing'
                when x.flow_state = 'implied_zero' and m.flow_state = 'implied_zero' and t.turnover_usd = 0
                then 'implied_zero'
                else 'observed'
            end as turnover_state,
            t.turnover_usd_min,
            t.turnover_usd_max,
            t.n_reports,
            t.is_corroborated,
            t.publication_id,
            t.file_id,
            t.line,
            before.turnover_usd as turnover_before_usd,
            case when other.turnover_basis = 'own' then other.turnover_usd end as partner_reported_turnover_usd
        from pairs
        inner join
            {{ ref('dim_period') }} as period on period.freq_code = 'A' and pairs.year_number = period.year_number
        {% for alias, flow in [('x', 'X'), ('m', 'M')] %}
            left join
                flows as {{ alias }}
                on pairs.reporter_code = {{ alias }}.reporter_code
                and pairs.partner_code = {{ alias }}.partner_code
                and pairs.year_number = {{ alias }}.year_number
                and {{ alias }}.flow_code = '{{ flow }}'
        {% endfor %}
        {% for alias, reporter, partner, year in [
        ('t', 'reporter', 'partner', 'pairs.year_number'),
        ('before', 'reporter', 'partner', 'pairs.year_number - 1'),
        ('other', 'partner', 'reporter', 'pairs.year_number'),
    ] %}
            left join
                turnover as {{ alias }}
                on pairs.reporter_code = {{ alias }}.{{ reporter }}_code
                and pairs.partner_code = {{ alias }}.{{ partner }}_code
                and {{ year }} = {{ alias }}.year_number
        {% endfor %}
        left join
            without_rate as unpriced
            on pairs.reporter_code = unpriced.reporter_code
            and pairs.partner_code = unpriced.partner_code
            and pairs.year_number = unpriced.year_number

    ),

    bilateral_year as (

        select
            joined.reporter_code,
            joined.partner_code,
            joined.year_number,
            joined.period_code,
            joined.exports_usd,
            joined.exports_source_code,
            joined.exports_basis,
            joined.exports_state,
            joined.imports_usd,
            joined.imports_source_code,
            joined.imports_basis,
            joined.imports_state,
            case when joined.turnover_basis = 'own' then joined.turnover_any_basis_usd end as turnover_usd,
            joined.turnover_state,
            joined.turnover_any_basis_usd,
            joined.turnover_rule,
            joined.turnover_source_code,
            joined.turnover_basis,
            {{ trade_state('joined') }} as state_code,
            {{ adds_up(
                'joined.turnover_any_basis_usd', 'joined.exports_usd', 'joined.imports_usd',
                ['joined.turnover_source_code', 'joined.exports_source_code', 'joined.imports_source_code']
            ) }} as flows_add_up,
            joined.turnover_usd_min,
            joined.turnover_usd_max,
            joined.n_reports,
            joined.is_corroborated,
            -- one report less another has the errors and the valuation of both: no balance
            case
                when
                    joined.exports_basis = joined.imports_basis
                    and joined.exports_source_code = joined.imports_source_code
                then (joined.exports_usd - joined.imports_usd)::decimal(18, 3)
            end as balance_usd,
            growth.turnover_yoy_pct,
            growth.turnover_yoy_source_code,
            case
                when joined.turnover_any_basis_usd is not null and joined.turnover_before_usd is not null
                then growth.turnover_yoy_pct is not null
            end as turnover_yoy_is_comparable,
            case
                when
                    growth.turnover_yoy_pct is not null
                    or joined.turnover_any_basis_usd is null
                    or joined.turnover_before_usd is null
                then null
                when
                    {{ members_changed(
                        'joined.reporter_code', 'joined.partner_code', 'make_date(joined.year_number - 1, 1, 1)',
                        'make_date(joined.year_number, 12, 31)'
                    ) }}
                then 'members_changed'
                else 'no_report_of_both_years'
            end as turnover_yoy_gap_code,
            usd.yoy_pct as turnover_yoy_published_pct,
            cny.yoy_pct as turnover_yoy_published_cny_pct,
            share.world_turnover_usd,
            share.share_of_turnover_pct,
            share.source_code as share_source_code,
            joined.partner_reported_turnover_usd,
            case
                when joined.turnover_basis = 'own'
                then (joined.partner_reported_turnover_usd - joined.turnover_any_basis_usd)::decimal(18, 3)
            end as mirror_gap_usd,
            joined.publication_id,
            joined.file_id,
            joined.line,
            joined.exports_file_id,
            joined.exports_line,
            joined.imports_file_id,
            joined.imports_line
        from joined
        {% for currency in ['usd', 'cny'] %}
            left join
                published_growth as {{ currency }}
                on joined.reporter_code = {{ currency }}.reporter_code
                and joined.partner_code = {{ currency }}.partner_code
                and joined.period_code = {{ currency }}.period_code
                and {{ currency }}.flow_code = 'T'
                and {{ currency }}.yoy_currency = '{{ currency | upper }}'
        {% endfor %}
        left join
            bilateral_growth_year as growth
            on joined.reporter_code = growth.reporter_code
            and joined.partner_code = growth.partner_code
            and joined.year_number = growth.year_number
        left join
            partner_share as share
            on joined.reporter_code = share.reporter_code
            and joined.partner_code = share.partner_code
            and joined.period_code = share.period_code

    )

select *
from {{ shown_step('bilateral_year') }}
