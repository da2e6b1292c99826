-- One row per cell of the quoted sources: its dollars, yuan and quantity, each by the report chosen for it.
with
    chosen as (

        select
            *,
            row_number() over (
                partition by cell_key
                order by
                    case measure_code when 'value_usd' then 1 when 'value_cny' then 2 else 3 end,
                    n_reports desc nulls last,
                    unit_code
            ) as position
        from ({{ chosen_figures(['value_usd', 'value_cny', 'quantity']) }}) as figure

    ),

    -- the report the cell as a whole is credited to
    headline as (select * from chosen where position = 1),

    -- one quantity a cell: in the unit most publications use
    quantities as (

        select *
        from chosen
        where measure_code = 'quantity'
        qualify row_number() over (partition by cell_key order by n_reports desc nulls last, unit_code) = 1

    ),

    dollars as (select * from chosen where measure_code = 'value_usd'),

    yuan as (select * from chosen where measure_code = 'value_cny'),

    matched as ({{ report_corrections(ref('int_trade_report_corrected'), 'printed_') }}),

    -- cells one of whose figures is a corrected one
    corrected as (

        select distinct chosen.cell_key
        from chosen
        inner join
            matched as correction
            on chosen.report_key = correction.report_key
            and chosen.measure_code
            = case correction.measure_code when 'value_original' then 'value_cny' else correction.measure_code end
        where correction.is_expected

    )

select
    report.source_code,
    report.reporter_code,
    report.partner_code,
    report.flow_code,
    report.product_key,
    report.period_code,
    cast(dollars.amount as decimal(18, 3)) as value_usd,
    cast(dollars.amount_min as decimal(18, 3)) as value_usd_min,
    cast(dollars.amount_max as decimal(18, 3)) as value_usd_max,
    cast(coalesce(yuan.amount, dollars.amount) as decimal(18, 3)) as value_original,
    case
        when yuan.amount is not null then 'CNY' when dollars.amount is not null then 'USD'
    end as original_currency_code,
    headline.n_reports,
    headline.choice_rule,
    cast(null as double) as net_weight_kg,
    quantities.amount as quantity,
    quantities.unit_code as quantity_unit_code,
    report.valuation_code,
    report.coverage,
    'observed' as cell_state,
    corrected.cell_key is not null as is_corrected,
    case when dollars.amount is not null then report.uncorrected_value_usd end as uncorrected_value_usd,
    report.publication_id,
    report.file_id,
    report.line,
    report.product_key = 'TOTAL' as is_base,
    report.report_key
from headline
inner join {{ ref('int_trade_report_corrected') }} as report on headline.report_key = report.report_key
left join dollars on headline.cell_key = dollars.cell_key
left join yuan on headline.cell_key = yuan.cell_key
left join quantities on headline.cell_key = quantities.cell_key
left join corrected on headline.cell_key = corrected.cell_key
