-- Levels, growth rates and shares of a pair in one long table, in the units statements use.
-- Reason for size: every measure a statement can name is brought to one shape here, and only here.
with
    published_growth as materialized({{ published_growth() }}),

    partner_share as materialized({{ partner_share() }}),

    partner_flow_share as materialized({{ partner_flow_share() }}),

    pair_level as materialized({{ pair_level() }}),

    pair_growth as materialized({{ pair_growth() }}),

    levels as (

        select
            'level' as figure_kind,
            reporter_code,
            partner_code,
            measure,
            'USD' as currency_code,
            period_code,
            period_start,
            period_end,
            period_months,
            {{ usd_bn('value_usd') }} as figure_value,
            {{ usd_bn('low_usd') }} as figure_low,
            {{ usd_bn('high_usd') }} as figure_high,
            'usd_bn' as unit_code,
            level_rule as figure_rule,
            source_code,
            is_corroborated,
            publication_id,
            file_id,
            line,
            level_rank as figure_rank,
            value_usd,
            exports_valuation_code,
            imports_valuation_code
        from pair_level

    ),

    growth as (

        select
            'growth' as figure_kind,
            reporter_code,
            partner_code,
            measure,
            currency_code,
            period_code,
            period_start,
            period_end,
            period_months,
            yoy_pct,
            yoy_pct_min,
            yoy_pct_max,
            'percent' as unit_code,
            growth_rule,
            source_code,
            is_corroborated,
            publication_id,
            file_id,
            line,
            1 as figure_rank,
            null as value_usd,
            null as exports_valuation_code,
            null as imports_valuation_code
        from pair_growth

    ),

    -- a share the statistic itself printed serves where none can be computed
    published_shares as (

        select
            'share' as figure_kind,
            report.reporter_code,
            report.partner_code,
            'share_of_turnover' as measure,
            'USD' as currency_code,
            report.period_code,
            period.period_start,
            period.period_end,
            period.period_months,
            report.share_pct,
            report.share_pct as low_pct,
            report.share_pct as high_pct,
            'percent' as unit_code,
            'published' as share_rule,
            report.source_code,
            false as is_corroborated,
            report.publication_id,
            report.file_id,
            report.line,
            1 as figure_rank,
            null as value_usd,
            null as exports_valuation_code,
            null as imports_valuation_code
        from {{ ref('fct_trade_report') }} as report
        inner join {{ ref('dim_period') }} as period on report.period_code = period.period_code
        left join {{ ref('dim_publication') }} as publication on report.publication_id = publication.publication_id
        where report.product_key = 'TOTAL' and report.flow_code = 'T' and report.share_pct is not null
        qualify
            row_number() over (
                partition by report.reporter_code, report.partner_code, report.period_code
                order by publication.published_on desc nulls last, report.publication_id, report.report_key
            )
            = 1

    ),

    shares as (

        select
            reporter_code,
            partner_code,
            'share_of_turnover' as measure,
            period_code,
            period_start,
            period_end,
            period_months,
            source_code,
            share_of_turnover_pct as share_pct
        from partner_share
        union all
        select *
        from partner_flow_share

    ),

    computed_shares as (

        select
            'share' as figure_kind,
            reporter_code,
            partner_code,
            measure,
            'USD' as currency_code,
            period_code,
            period_start,
            period_end,
            period_months,
            share_pct,
            share_pct as low_pct,
            share_pct as high_pct,
            'percent' as unit_code,
            'computed' as share_rule,
            source_code,
            false as is_corroborated,
            null as publication_id,
            null as file_id,
            null as line,
            1 as figure_rank,
            null as value_usd,
            null as exports_valuation_code,
            null as imports_valuation_code
        from shares

    ),

    figures as (

        select *
        from levels
        union all
        select *
        from growth
        union all
        select *
        from computed_shares
        union all
        select published_shares.*
        from published_shares
        left join
            computed_shares
            on published_shares.reporter_code = computed_shares.reporter_code
            and published_shares.partner_code = computed_shares.partner_code
            and published_shares.measure = computed_shares.measure
            and published_shares.period_code = computed_shares.period_code
        where computed_shares.period_code is null

    ),

    pair_figure as (

        select
            figure_kind,
            reporter_code,
            partner_code,
            measure,
            currency_code,
            period_code,
            period_start::date as period_start,
            period_end::date as period_end,
            period_months::integer as period_months,
            figure_value::decimal(18, 6) as figure_value,
            figure_low::decimal(18, 6) as figure_low,
            figure_high::decimal(18, 6) as figure_high,
            unit_code,
            figure_rule,
            source_code,
            is_corroborated,
            publication_id,
            file_id,
            line::bigint as line,
            figure_rank::bigint as figure_rank,
            value_usd::decimal(18, 3) as value_usd,
            exports_valuation_code::varchar as exports_valuation_code,
            imports_valuation_code::varchar as imports_valuation_code
        from figures

    )

select *
from {{ shown_step('pair_figure') }}
