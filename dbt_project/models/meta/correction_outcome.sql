-- Every correction with what the landed figures say of it. One that is not applied stops the build, unless its source
-- is not in this warehouse at all.
with
    in_reports as ({{ report_corrections(ref('int_trade_report_corrected'), 'printed_') }}),

    found as (

        select correction_code, figure, is_expected
        from in_reports
        union all
        select correction_code, figure, is_expected
        from ({{ cell_corrections() }}) as in_cells

    ),

    counted as (

        select
            correction_code,
            count(*) as n_found,
            sum(case when is_expected then 1 else 0 end) as n_corrected,
            min(case when not is_expected then figure end) as other_figure
        from found
        group by correction_code

    ),

    present as (select distinct source_code from {{ ref('stg_landed__file') }} where is_current),

    judged as (

        select
            correction.*,
            counted.other_figure,
            coalesce(counted.n_corrected, 0) as n_corrected,
            case
                when counted.n_corrected > 0
                then 'applied'
                when present.source_code is null
                then 'source_absent'
                when counted.n_found is null
                then 'no_figure'
                when {{ is_same_figure('counted.other_figure', 'correction.new_value') }}
                then 'already_right'
                else 'value_changed'
            end as correction_state
        from {{ ref('stg_ledger__correction') }} as correction
        left join counted on correction.correction_code = counted.correction_code
        left join present on correction.source_code = present.source_code

    )

select
    correction_code,
    source_code,
    publication_id,
    reporter_code,
    partner_code,
    flow_code,
    product_key,
    period_code,
    measure_code,
    cast(expected_value as double) as expected_value,
    cast(new_value as double) as new_value,
    case when correction_state in ('already_right', 'value_changed') then other_figure end as found_value,
    cast(n_corrected as bigint) as n_corrected,
    correction_state,
    reason,
    evidence,
    corrected_by,
    corrected_at,
    declared_in
from judged
