-- A partner as TradeMap shows it: what an economy trades with it, how that grows, and how big and how open to others
-- the partner's own market is. One source a row. Growth compares years measured alike: FOB with CIF is none, nor are
-- dollars with what a rate made dollars.
-- Reason for size: the pair, its growth and its market stand side by side.
{%- set pair = 'source_code, reporter_code, partner_code' %}
with
    import_market as materialized({{ import_market() }}),

    flows as (

        select
            {{ pair }},
            period.year_number,
            period.period_code,
            sum(case when traded.flow_code = 'X' then traded.value_usd end)::decimal(18, 3) as exports_usd,
            sum(case when traded.flow_code = 'M' then traded.value_usd end)::decimal(18, 3) as imports_usd,
            {% for name, flow in [('exports', 'X'), ('imports', 'M')] -%}
                {{ one_or_mixed("case when traded.flow_code = '" ~ flow ~ "' then traded.valuation_code end") }}
                as {{ name }}_valuation_code{{ ',' if not loop.last }}
            {% endfor %}
        from {{ ref('yearly_partner') }} as traded
        inner join {{ ref('dim_period') }} as period on traded.period_code = period.period_code
        where traded.is_other_economy
        group by all

    ),

    -- what an exchange rate made dollars
    converted as (

        select source_code, reporter_code, partner_code, period_code, true as is_converted
        from {{ ref('trade_pair_sum') }}
        where is_additive and flow_code in ('X', 'M') and n_converted > 0
        group by source_code, reporter_code, partner_code, period_code

    ),

    reports as (

        select
            report.source_code,
            report.reporter_code,
            period.year_number,
            report.period_code,
            max(case when report.flow_code = 'X' then report.report_state end) as exports_state,
            max(case when report.flow_code = 'M' then report.report_state end) as imports_state,
            max(case when report.flow_code = 'X' then report.value_usd end) as all_exports_usd,
            max(case when report.flow_code = 'M' then report.value_usd end) as all_imports_usd
        from {{ ref('yearly_report') }} as report
        inner join {{ ref('dim_period') }} as period on report.period_code = period.period_code
        group by all

    ),

    -- every pair in every year there should be a report of it
    known as (

        select
            {{ pair }},
            reports.year_number,
            reports.period_code,
            reports.exports_state,
            reports.imports_state,
            reports.all_exports_usd,
            reports.all_imports_usd,
            flows.exports_valuation_code,
            flows.imports_valuation_code,
            converted.is_converted,
            case
                when reports.exports_state = 'whole' then coalesce(flows.exports_usd, 0) else flows.exports_usd
            end as exports_usd,
            case
                when reports.imports_state = 'whole' then coalesce(flows.imports_usd, 0) else flows.imports_usd
            end as imports_usd
        from (select distinct {{ pair }} from flows) as pairs
        inner join reports using (source_code, reporter_code)
        left join flows using ({{ pair }}, year_number)
        left join
            converted
            on pairs.source_code = converted.source_code
            and pairs.reporter_code = converted.reporter_code
            and pairs.partner_code = converted.partner_code
            and reports.period_code = converted.period_code

    ),

    partner_profile as (

        select
            known.source_code,
            known.reporter_code,
            known.partner_code,
            known.period_code,
            known.exports_usd,
            known.imports_usd,
            (known.exports_usd - known.imports_usd)::decimal(18, 3) as balance_usd,
            case
                when known.exports_state = 'whole' then 100 * {{ ratio('known.exports_usd', 'known.all_exports_usd') }}
            end as share_of_exports_pct,
            case
                when known.imports_state = 'whole' then 100 * {{ ratio('known.imports_usd', 'known.all_imports_usd') }}
            end as share_of_imports_pct,
            {% for flow in ['exports', 'imports'] -%}
                case
                    when {{ is_measured_alike("'" ~ flow ~ "'", 'known', 'last_year') }}
                    then {{ growth_pct('known.' ~ flow ~ '_usd', 'last_year.' ~ flow ~ '_usd') }}
                end as {{ flow }}_growth_pct,
                case
                    when {{ is_measured_alike("'" ~ flow ~ "'", 'known', 'five_years') }}
                    then 100 * (power({{ ratio('known.' ~ flow ~ '_usd', 'five_years.' ~ flow ~ '_usd') }}, 0.2) - 1)
                end as {{ flow }}_growth_5y_pct,
            {% endfor %}
            markets.value_usd as partner_imports_usd,
            markets.share_of_world_pct as partner_share_of_world_imports_pct,
            markets.rank_best as partner_rank_best,
            markets.rank_worst as partner_rank_worst,
            markets.n_missing,
            markets.suppliers_hhi as partner_suppliers_hhi,
            known.exports_state,
            known.imports_state,
            coalesce(markets.report_state, 'not_reported') as partner_imports_state
        from known
        {% for alias, years in [('last_year', 1), ('five_years', 5)] %}
            left join
                known as {{ alias }}
                on known.source_code = {{ alias }}.source_code
                and known.reporter_code = {{ alias }}.reporter_code
                and known.partner_code = {{ alias }}.partner_code
                and known.year_number - {{ years }} = {{ alias }}.year_number
        {% endfor %}
        left join
            import_market as markets
            on known.source_code = markets.source_code
            and known.partner_code = markets.partner_code
            and known.period_code = markets.period_code

    )

select *
from {{ shown_step('partner_profile') }}
