-- Every month of a pair and year is in one row of the mart, whatever the sources: added up, the rows are never more
-- than the year. Pairs of rows of one pair that cover a month both.
select one.reporter_code, one.partner_code, one.period_code, other.period_code as other_period_code
from {{ ref('bilateral_month') }} as one
inner join
    {{ ref('bilateral_month') }} as other
    on one.reporter_code = other.reporter_code
    and one.partner_code = other.partner_code
    and one.year_number = other.year_number
    and one.period_code < other.period_code
    and one.period_start <= other.period_end
    and one.period_end >= other.period_start
