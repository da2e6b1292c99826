-- How concentrated an economy's exports or imports are over partners and over products. The universe n is all other
-- economies of the year, or all codes of the HS revision: it does not depend on what is loaded, and what a whole report
-- does not show is an implied zero of it.
-- Reason for size: seven indices over two dimensions, and why they may be unknown, from one reading.
{%- set report = 'source_code, reporter_code, flow_code, period_code' %}
with
    shares as (

        select
            pair.source_code,
            pair.reporter_code,
            pair.flow_code,
            pair.period_code,
            'partners' as dimension,
            pair.partner_code as part_key,
            pair.value_usd,
            {{ ratio('pair.value_usd', 'report.economies_usd') }} as share
        from {{ ref('yearly_partner') }} as pair
        inner join {{ ref('yearly_report') }} as report using ({{ report }})
        where pair.is_other_economy

        union all

        select {{ report }}, 'products', product_key, value_usd, product_share
        from {{ ref('yearly_product') }}
        where is_allocated

    ),

    measured as (

        select
            {{ report }},
            dimension,
            sum(value_usd) as value_usd,
            count(case when share > 0 then 1 end) as n_active,
            {{ exact_sum('share * share', 18) }} as hhi,
            {{ exact_sum('case when share > 0 then share * ln(share) else 0 end', 18) }} as sum_of_logs
        from shares
        group by {{ report }}, dimension

    ),

    reasoned as (

        select
            {{ report }},
            dimension,
            report.valuation_code,
            case when dimension = 'products' then report.product_level end as product_level,
            measured.value_usd,
            measured.n_active,
            measured.hhi,
            measured.sum_of_logs,
            case
                when dimension = 'partners'
                then universe.n_economies - 1
                when report.product_level = 'subheading'
                then universe.n_subheadings
                else universe.n_chapters
            end as n_universe,
            case
                when report.report_state <> 'whole'
                then report.report_state
                when dimension = 'products' and report.product_level is null
                then 'no_products'
                when dimension = 'products' and not report.has_all_products
                then 'selected_products'
                when coalesce(measured.value_usd, 0) = 0
                then 'no_trade'
            end as null_reason
        from {{ ref('yearly_report') }} as report
        cross join
            (
                select 'partners' as dimension
                union all
                select 'products'
            ) as dimensions
        inner join {{ ref('yearly_universe') }} as universe using (source_code, flow_code, period_code)
        left join measured using ({{ report }}, dimension)

    )

{% for code, value in [
    ('hhi', 'hhi'),
    ('hhi_normalised', 'case when n_universe > 1 then (hhi - 1.0 / n_universe) / (1 - 1.0 / n_universe) end'),
    (
        'concentration_unctad',
        'case when n_universe > 1 then (sqrt(hhi) - sqrt(1.0 / n_universe)) / (1 - sqrt(1.0 / n_universe)) end',
    ),
    ('hhi_equivalent', '1 / hhi'),
    ('theil', 'ln(n_universe) + sum_of_logs'),
    ('theil_extensive', 'ln(n_universe) - ln(n_active)'),
    ('theil_intensive', 'ln(n_active) + sum_of_logs'),
] %}
    select
        {{ report }},
        {{ world_code() }} as partner_code,
        'TOTAL' as product_key,
        '{{ code }}_' || dimension as indicator_code,
        product_level,
        case when null_reason is null then ({{ value }})::double end as value,
        cast(null as double) as numerator,
        case when null_reason is null then value_usd::double end as denominator,
        case when null_reason is null then n_active else 0 end as n_observed,
        case when null_reason is null then n_universe - n_active else 0 end as n_implied_zero,
        case when null_reason is null then 0 else n_universe end as n_missing,
        valuation_code,
        case
            when null_reason is not null
            then null_reason
            when '{{ code }}' in ('hhi_normalised', 'concentration_unctad') and n_universe <= 1
            then 'universe_of_one'
        end as null_reason
    from reasoned {{ 'union all' if not loop.last }}
{% endfor %}
