-- Size of economies: gross domestic product, population, and what else is fetched. Groups of the World Bank are left
-- out.
select
    area_code,
    indicator_code,
    indicator_name,
    period_code,
    case when unit_code = 'USD' then cast(figure as decimal(18, 3)) end as value_usd,
    case when unit_code = 'persons' then cast(figure as decimal(18, 3)) end as value_persons,
    case when unit_code is null then figure end as value_in_own_unit,
    publication_id,
    file_id,
    line
from {{ ref('int_macro_record_classified') }}
where excluded_reason is null
