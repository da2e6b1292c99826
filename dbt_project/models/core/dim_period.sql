-- The calendar of the warehouse: for every year spoken of and every year between, the year, its months,
-- quarters and cumulative spans, and January with February; plus the odd spans that occur.
-- Reason for size: only the calendar asks which spans occur.
with
    -- every span of days a record speaks of: by its days, or by its year
    days_of_records as (
        {{ union_of_feeds('spans', ['period_start', 'period_end'], shared=['int_trade_report_corrected']) }}
    ),

    years_of_records as (

        {% for table in var('dated_tables', []) %}
            select distinct {{ table.year }} as year_text
            from {{ landed(table.source, table.name) }}
            union all
        {% endfor %}
        select distinct left(period_code, 4) as year_text
        from {{ ref('stg_own__trade') }}

    ),

    days_of_years as (

        select
            try_cast(year_text || '-01-01' as date) as period_start,
            try_cast(year_text || '-12-31' as date) as period_end
        from years_of_records

    ),

    occurring as (

        select period_start, period_end
        from days_of_records

        union

        select period_start, period_end
        from days_of_years
        where period_start is not null

    ),

    years as (

        select numbers.number as year_number
        from ({{ number_rows(1900, 2100) }}) as numbers
        inner join
            (
                select
                    min(extract(year from period_start)) as first_year, max(extract(year from period_end)) as last_year
                from occurring
            ) as bounds
            on numbers.number between bounds.first_year and bounds.last_year

    ),

    -- first and last month of the regular spans; January to February appears twice, cumulative and as one period
    shapes as (

        select first_month, last_month, false as is_pair
        from ({{ calendar_spans() }}) as regular_span

        union all

        select 1 as first_month, 2 as last_month, true as is_pair

    ),

    regular as (

        select
            make_date(years.year_number, shapes.first_month, 1) as period_start,
            last_day(make_date(years.year_number, shapes.last_month, 1)) as period_end,
            shapes.is_pair
        from years
        cross join shapes

    ),

    spans as (

        select period_start, period_end, is_pair
        from regular
        union
        select period_start, period_end, false as is_pair
        from occurring

    ),

    coded as (

        select
            period_start,
            period_end,
            case
                when is_pair
                then {{ year_text('period_start') }} || '-M01M02'
                else {{ period_code('period_start', 'period_end') }}
            end as period_code
        from spans

    ),

    kinds as (

        select
            *,
            case
                when length(period_code) = 4
                then 'A'
                when period_code like '%-M__M__'
                then 'M2'
                when period_code like '%-M__'
                then 'M'
                when period_code like '%-Q_'
                then 'Q'
                when period_code like '%-YTD__'
                then 'YTD'
                else 'R'
            end as freq_code
        from coded

    )

select
    period_code,
    freq_code,
    period_start,
    period_end,
    cast(extract(year from period_start) as integer) as year_number,
    cast(
        12 * (extract(year from period_end) - extract(year from period_start))
        + extract(month from period_end)
        - extract(month from period_start)
        + 1 as integer
    ) as period_months,
    case
        freq_code
        when 'A'
        then period_code
        when 'M'
        then {{ month_name('period_start') }} || ' ' || left(period_code, 4)
        when 'Q'
        then 'quarter ' || right(period_code, 1) || ' of ' || left(period_code, 4)
        when 'R'
        then replace(period_code, '/', ' to ')
        else {{ month_name('period_start') }} || ' to ' || {{ month_name('period_end') }} || ' ' || left(period_code, 4)
    end as period_name
from kinds
