-- Every day of the months of dim_period: what metrics over time are laid on.
select
    make_date(month.year_number, extract(month from month.period_start), day_of_month.number) as date_day,
    month.period_code as month_code,
    month.year_number
from {{ ref('dim_period') }} as month
inner join ({{ number_rows(1, 31) }}) as day_of_month on day_of_month.number <= extract(day from month.period_end)
where month.freq_code = 'M'
