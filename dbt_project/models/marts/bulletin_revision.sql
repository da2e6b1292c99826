-- China's customs twice: the preliminary release and the bulletin that revises it, cell by cell. Where one of them is
-- chosen it is the bulletin, by the priority of its contract; the preliminary release where no bulletin is there yet.
with
    release as (

        select source_code, reporter_code, partner_code, flow_code, product_key, period_code, value_usd, file_id, line
        from {{ ref('trade_printed_cell') }}
        where source_code in ('gacc', 'gacc_bulletin') and conversion_rule = 'published' and value_usd is not null

    ),

    ranked as (

        select
            release.*,
            row_number() over (
                partition by
                    release.reporter_code,
                    release.partner_code,
                    release.flow_code,
                    release.product_key,
                    release.period_code
                order by source.priority nulls last, release.source_code
            ) as position
        from release
        inner join {{ ref('dim_source') }} as source on release.source_code = source.source_code

    )

select
    reporter_code,
    partner_code,
    flow_code,
    product_key,
    period_code,
    max(value_usd) filter (where source_code = 'gacc') as preliminary_usd,
    max(value_usd) filter (where source_code = 'gacc_bulletin') as bulletin_usd,
    (
        max(value_usd) filter (where source_code = 'gacc_bulletin') - max(value_usd) filter (where source_code = 'gacc')
    )::decimal(18, 3) as revision_usd,
    (
        100 * (
            {{ ratio(
                "max(value_usd) filter (where source_code = 'gacc_bulletin')",
                "max(value_usd) filter (where source_code = 'gacc')",
            ) }} - 1
        )
    )::decimal(18, 3) as revision_pct,
    max(source_code) filter (where position = 1) as chosen_source_code,
    case
        when count(*) = 2
        then 'bulletin_before_preliminary'
        when max(source_code) = 'gacc'
        then 'only_preliminary'
        else 'only_bulletin'
    end as choice_rule,
    max(file_id) filter (where position = 1) as file_id,
    (max(line) filter (where position = 1))::bigint as line
from ranked
group by reporter_code, partner_code, flow_code, product_key, period_code
