{{ config(tags=['heavy']) }}
-- Trade in classifications other than the Harmonized System, SITC and BEC, each with its total, side by side and never
-- mixed: one row per cell of a source in one classification. Downloads overlap: the file fetched last wins. Products
-- nest, some as far as five digits and some no further than three, so what may be added up are the codes that no
-- finer code of the same classification begins with.
with
    per_file as (

        select
            record.source_code,
            record.reporter_code,
            record.partner_code,
            record.flow_code,
            record.classification_code,
            record.commodity_code,
            record.period_code,
            record.n_digits,
            record.file_id,
            file.fetched_at,
            min(record.commodity_name) as commodity_name,
            sum(record.value_usd) as value_usd,
            {{ exact_sum('record.net_weight_kg') }} as net_weight_kg,
            min(record.line) as line
        from {{ ref('int_comtrade_record_classified') }} as record
        inner join {{ files_of_records() }} as file on record.file_id = file.file_id
        where
            {{ is_other_classification() }}
            and coalesce(record.excluded_reason, '') in ('', 'kept_in_its_classification')
        group by all

    ),

    latest as (

        select *
        from per_file
        qualify
            row_number() over (
                partition by
                    source_code,
                    reporter_code,
                    partner_code,
                    flow_code,
                    classification_code,
                    commodity_code,
                    period_code
                order by fetched_at desc nulls last, file_id nulls last
            )
            = 1

    ),

    followed as (

        select
            *,
            -- sorted as text, what a code is split into stands right behind it
            lead(case when n_digits > 0 then commodity_code end) over (
                partition by source_code, reporter_code, partner_code, flow_code, classification_code, period_code
                order by case when n_digits > 0 then commodity_code end nulls first
            ) as next_code
        from latest

    )

select
    cell.source_code,
    cell.reporter_code,
    cell.partner_code,
    cell.flow_code,
    cell.classification_code,
    cell.commodity_code,
    cell.period_code,
    cell.commodity_name,
    cast(cell.n_digits as integer) as n_digits,
    cast(cell.value_usd as decimal(18, 3)) as value_usd,
    cell.net_weight_kg,
    case
        when cell.n_digits = 0
        then cell.next_code is null
        else cell.next_code is null or left(cell.next_code, length(cell.commodity_code)) <> cell.commodity_code
    end
    and cell.flow_code in ('X', 'M')
    and reporter.area_kind in ('economy', 'nes', 'special')
    and partner.area_kind in ('economy', 'nes', 'special') as is_additive,
    cell.file_id,
    cell.line
from followed as cell
inner join {{ ref('area') }} as reporter on cell.reporter_code = reporter.area_code
inner join {{ ref('area') }} as partner on cell.partner_code = partner.area_code
