-- Every record of Eurostat in warehouse codes, with the reason why it is no trade cell, if it is none. In answers of
-- the API value and weight of a cell are two rows; in the bulk files they stand side by side, a row per statistical
-- procedure.
with
    unioned as (

        select
            'trade' as table_name,
            reporter,
            partner,
            product,
            flow,
            '1' as stat_procedure,
            time_period as period,
            cast(max(case when indicators = 'VALUE_IN_EUROS' then obs_value end) as decimal(18, 3)) as value_eur,
            cast(
                max(case when indicators = 'QUANTITY_IN_100KG' then obs_value end) * 100 as decimal(18, 3)
            ) as net_weight_kg,
            count(*) as n_rows,
            file_id,
            coalesce(min(case when indicators = 'VALUE_IN_EUROS' then line end), min(line)) as line
        from {{ landed('comext', 'trade') }}
        group by reporter, partner, product, flow, time_period, file_id

        union all

        select
            'bulk' as table_name,
            reporter,
            partner,
            product_nc as product,
            flow,
            stat_procedure,
            case
                when right(period, 2) = '52' then left(period, 4) else left(period, 4) || '-' || right(period, 2)
            end as period,
            value_eur,
            quantity_kg as net_weight_kg,
            1 as n_rows,
            file_id,
            line
        from {{ landed('comext', 'bulk') }}

    ),

    area as (select code, area_code from {{ ref('area_code') }} where code_system = 'comext'),

    -- the United Kingdom as a whole, of which XI and XU are parts
    whole as (

        select distinct reporter, product, flow, period
        from unioned
        where partner in (select code from area where area_code = 'GBR') and value_eur is not null

    ),

    coded as (

        select
            record.*,
            whole.reporter is not null as has_whole,
            reporter.area_code as reporter_area_code,
            -- as a partner the Union has a name of its own
            case when record.partner <> 'EU27_2020' then partner.area_code end as partner_area_code,
            try_cast(left(record.period, 4) as integer) as year_number
        from unioned as record
        left join area as reporter on record.reporter = reporter.code
        left join area as partner on record.partner = partner.code
        left join
            whole
            on case when record.partner in ('XI', 'XU') then record.reporter end = whole.reporter
            and record.product = whole.product
            and record.flow = whole.flow
            and record.period = whole.period

    )

select
    'comext' as source_code,
    table_name,
    reporter_area_code as reporter_code,
    partner_area_code as partner_code,
    case flow when '1' then 'M' when '2' then 'X' end as flow_code,
    case
        when product = 'TOTAL' then 'TOTAL' else {{ hs_revision_of_year('year_number') }} || ':' || product
    end as product_key,
    case when product = 'TOTAL' then 0 else length(product) end as n_digits,
    replace(period, '-', '-M') as period_code,
    value_eur,
    net_weight_kg,
    n_rows,
    case
        when partner in ('XI', 'XU')
        then case when has_whole then 'part_of_an_area' else 'part_without_its_whole' end
        when
            (reporter_area_code is null and reporter like 'E%' and length(reporter) > 2)
            or (partner_area_code is null and (position('_' in partner) > 0 or partner like 'EA%'))
        then 'group_of_areas'
        when reporter_area_code is null or partner_area_code is null
        then 'unknown_area'
        when stat_procedure not in ('1', '2', '3', '9')
        then 'unknown_procedure'
        when value_eur is null
        then 'no_value'
    end as excluded_reason,
    file_id,
    line
from coded
