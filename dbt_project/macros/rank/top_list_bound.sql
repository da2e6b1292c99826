{% macro top_list_bound() %}
    -- Where a source gives only a reporter's five largest partners, no other partner can exceed the
    -- smallest of the list. A place taken by trade without a named partner counts as a place.
    with
        reports as (

            select
                report.source_code,
                report.publication_id,
                report.reporter_code,
                report.partner_code,
                report.flow_code,
                period.year_number,
                report.value_usd,
                report.coverage = 'top5' as is_listed,
                partner.area_kind in ('nes', 'special') as is_unallocated
            from {{ ref('fct_trade_report') }} as report
            inner join {{ ref('dim_period') }} as period on report.period_code = period.period_code
            inner join {{ ref('dim_area') }} as partner on report.partner_code = partner.area_code
            where
                report.product_key = 'TOTAL'
                and report.flow_code in ('X', 'M')
                and report.value_usd is not null
                and period.freq_code = 'A'

        ),

        lists as (

            select
                source_code,
                publication_id,
                reporter_code,
                flow_code,
                year_number,
                min(value_usd) filter (where is_listed) as smallest_usd,
                count(distinct partner_code) as n_listed
            from reports
            where is_listed or is_unallocated
            group by source_code, publication_id, reporter_code, flow_code, year_number
            having count(distinct partner_code) >= 5

        )

    select
        reporter_code,
        flow_code,
        year_number::integer as year_number,
        smallest_usd::decimal(18, 3) as bound_usd,
        n_listed::bigint as n_listed,
        source_code,
        publication_id
    from lists
    where smallest_usd is not null
    qualify
        row_number() over (
            partition by reporter_code, flow_code, year_number order by smallest_usd, source_code, publication_id
        )
        = 1
{% endmacro %}
