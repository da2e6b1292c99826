-- Where the partner alone reports, what it says stays possible: the interval holds its figure as the reporter would
-- say it.
-- Only a list of the reporter's largest partners of that year binds it.
select interval_rows.*, evidence.mirror_estimate_usd
from {{ ref('partner_value_interval') }} as interval_rows
inner join
    {{ ref('partner_evidence') }} as evidence
    on interval_rows.reporter_code = evidence.reporter_code
    and interval_rows.partner_code = evidence.partner_code
    and interval_rows.year_number = evidence.year_number
    and interval_rows.measure = evidence.measure
left join
    {{ ref('reporter_total_bound') }} as bounds
    on interval_rows.reporter_code = bounds.reporter_code
    and interval_rows.year_number = bounds.year_number
    and interval_rows.measure = bounds.measure
where
    interval_rows.value_state = 'mirror_only'
    and evidence.own_usd is null
    and least(evidence.mirror_estimate_usd, coalesce(bounds.most_of_one_usd, evidence.mirror_estimate_usd))
    not between interval_rows.low_usd - 0.01
    and interval_rows.high_usd + 0.01
