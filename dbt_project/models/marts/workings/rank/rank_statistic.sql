-- The one statistic a ranking stands on, which places, totals and their trial all ask for.
with
    partner_report as materialized({{ partner_report() }}),

    rank_statistic as (select * from ({{ rank_statistic() }}) as statistic)

select *
from {{ shown_step('rank_statistic') }}
