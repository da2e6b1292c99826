-- Every span of days a record speaks of: by its days, or by its year.
with
    days as ({{ union_of_feeds('spans', ['period_start', 'period_end'], shared=['int_trade_report_corrected']) }}),

    years as (

        {% for table in var('dated_tables', []) %}
            select distinct {{ table.year }} as year_text
            from {{ landed(table.source, table.name) }}
            union all
        {% endfor %}
        select distinct left(period_code, 4) as year_text
        from {{ ref('stg_own__trade') }}

    ),

    year_days as (

        select
            try_cast(year_text || '-01-01' as date) as period_start,
            try_cast(year_text || '-12-31' as date) as period_end
        from years

    )

select period_start, period_end
from days

union

select period_start, period_end
from year_days
where period_start is not null
