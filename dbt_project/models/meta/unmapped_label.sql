-- Names customs prints that no code list knows: partners and commodities, whose figures are in no cell, and units,
-- whose quantities are left out unless the same table in the other currency has them. How much they hold, and their
-- part of what the same table prints in all.
with
    figure as (

        select
            source_code,
            table_name,
            case when product_key = 'TOTAL' then 'area' else 'product' end as label_kind,
            label,
            currency_code,
            file_id,
            amount,
            excluded_reason = 'unlisted_label' as is_unlisted,
            product_key = 'TOTAL' and coalesce(partner_code, '') = 'WLD' as is_total
        from {{ ref('int_gacc_figure_classified') }}
        where coalesce(excluded_reason, '') not in ('no_value', 'base_of_printed_growth')

    ),

    -- a table by country says its total; commodities overlap, so all of them together stand for one
    table_size as (

        select
            source_code,
            table_name,
            currency_code,
            sum(case when table_name <> 'preliminary_commodity' and not is_total then 0 else amount end) as amount
        from figure
        group by source_code, table_name, currency_code

    ),

    unlisted as (

        select
            source_code,
            table_name,
            label_kind,
            label,
            currency_code,
            count(*) as n_rows,
            count(distinct file_id) as n_files,
            cast(sum(amount) as decimal(18, 3)) as amount
        from figure
        where is_unlisted
        group by source_code, table_name, label_kind, label, currency_code

    )

select
    unlisted.source_code,
    unlisted.table_name,
    unlisted.label_kind,
    unlisted.label,
    unlisted.currency_code,
    unlisted.n_rows,
    unlisted.n_files,
    unlisted.amount,
    cast(100 * {{ ratio('unlisted.amount', 'table_size.amount') }} as decimal(28, 4)) as share_of_table_pct
from unlisted
left join
    table_size
    on unlisted.source_code = table_size.source_code
    and unlisted.table_name = table_size.table_name
    and unlisted.currency_code = table_size.currency_code

union all

select
    'gacc',
    'preliminary_commodity',
    'quantity_unit',
    coalesce(record.quantity_unit, 'none printed'),
    record.currency_code,
    count(*),
    count(distinct record.file_id),
    cast(null as decimal(18, 3)),
    cast(null as decimal(28, 4))
from {{ landed('gacc', 'preliminary_commodity') }} as record
left join
    {{ ref('quantity_unit') }} as unit
    on lower(replace(replace(record.quantity_unit, ' ', ''), ',', '')) = unit.unit_term
where coalesce(record.quantity_cumulative, record.quantity_month) is not null and unit.unit_term is null
group by coalesce(record.quantity_unit, 'none printed'), record.currency_code
