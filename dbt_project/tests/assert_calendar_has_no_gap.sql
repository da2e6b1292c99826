-- Between the first and the last year of the calendar every year stands, so that a missing year can be seen to miss.
with
    years as (

        select year_number, lead(year_number) over (order by year_number) as next_year
        from {{ ref('dim_period') }}
        where freq_code = 'A'

    )

select year_number, next_year
from years
where next_year <> year_number + 1
