-- Why a statement could not be tested, in words; of use only where the verdict says so.
select
    statement.statement_id,
    case
        when statement.claimed_value is null
        then 'it gives no figure to compare'
        when statement.statement_kind = 'rank' and statement.measure <> 'turnover'
        then 'ranks are computed for turnover only'
        when statement.statement_kind = 'rank' and period.period_months <> 12
        then 'ranks are computed for calendar years only'
        when statement.statement_kind in ('rank', 'streak')
        then subject.area_name || ' gave no list of partners for that year'
        when statement.statement_kind = 'target'
        then 'no announcement of that target is on record'
        when statement.statement_kind = 'event'
        then 'no event of that kind is on record'
        when statement.statement_kind in ('share', 'settlement_share')
        then 'no such share of ' || subject.area_name || ' is known for that period'
        when statement.reporter_code in (statement.subject_code, statement.counterpart_code)
        then cited.area_name || ', whose statistic is cited, reported no such figure for that period'
        else 'neither side reported such a figure for that period'
    end as reason
from {{ ref('fct_statement') }} as statement
left join {{ ref('dim_period') }} as period on statement.period_from = period.period_code
left join {{ ref('dim_area') }} as subject on statement.subject_code = subject.area_code
left join {{ ref('dim_area') }} as cited on statement.reporter_code = cited.area_code
