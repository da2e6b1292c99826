-- How a reporter's statistic compares with what its partners say of the same trade, over the partners with whom both
-- sides are known and one of them traded.
with
    mirrored as (

        select
            exporter_code as reporter_code,
            'X' as flow_code,
            period_code,
            value_exporter_usd as own_usd,
            value_importer_fob_usd as partner_usd,
            symmetric_gap,
            log_gap
        from {{ ref('mirror_gap') }}
        where pair_status = 'both' and greatest(value_exporter_usd, value_importer_fob_usd) > 0

        union all

        select
            importer_code as reporter_code,
            'M' as flow_code,
            period_code,
            value_importer_fob_usd as own_usd,
            value_exporter_usd as partner_usd,
            symmetric_gap,
            log_gap
        from {{ ref('mirror_gap') }}
        where pair_status = 'both' and greatest(value_exporter_usd, value_importer_fob_usd) > 0

    ),

    summed as (

        select
            reporter_code,
            flow_code,
            period_code,
            count(*) as n_partners,
            sum(own_usd) as own_usd,
            sum(partner_usd) as partner_usd,
            sum(abs(own_usd - partner_usd)) as apart_usd,
            sum(case when symmetric_gap > 0.25 then own_usd + partner_usd else 0 end) as far_apart_usd,
            median(abs(log_gap)) as median_abs_log_gap
        from mirrored
        group by reporter_code, flow_code, period_code

    )

select
    summed.reporter_code,
    area.area_name as reporter_name,
    summed.flow_code,
    summed.period_code,
    cast(summed.n_partners as bigint) as n_partners,
    cast(summed.own_usd as decimal(18, 3)) as value_own_usd,
    cast(summed.partner_usd as decimal(18, 3)) as value_partner_usd,
    {{ ratio('summed.own_usd - summed.partner_usd', 'summed.own_usd + summed.partner_usd') }} as bias,
    {{ ratio('summed.apart_usd', 'summed.own_usd + summed.partner_usd') }} as asymmetry_index,
    summed.median_abs_log_gap,
    100 * {{ ratio('summed.far_apart_usd', 'summed.own_usd + summed.partner_usd') }} as far_apart_pct
from summed
inner join {{ ref('dim_area') }} as area on summed.reporter_code = area.area_code
