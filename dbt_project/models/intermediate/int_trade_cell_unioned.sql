-- Reason for size: every kind of trade source brings its cells to one shape here, and only here.
{{ config(materialized='ephemeral') }}
-- The cells of every source, side by side. is_additive marks those that may be summed without counting twice:
-- exports and imports, between single areas, at one product level. Reason for size: one block per source.
with
    quoted as (

        select
            source_code,
            reporter_code,
            partner_code,
            flow_code,
            product_key,
            period_code,
            value_usd,
            value_usd_min,
            value_usd_max,
            value_cny,
            n_reports,
            choice_rule,
            cast(null as double) as net_weight_kg,
            quantity,
            quantity_unit_code,
            valuation_code,
            coverage,
            publication_id,
            file_id,
            line,
            product_key = 'TOTAL' and value_usd is not null as is_base
        from {{ ref('int_quoted_cell_chosen') }}

    ),

    comtrade as (

        select
            cell.source_code,
            cell.reporter_code,
            cell.partner_code,
            cell.flow_code,
            cell.product_key,
            cell.period_code,
            cell.value_usd,
            cell.value_usd_min,
            cell.value_usd_max,
            cast(null as decimal(18, 3)) as value_cny,
            cell.n_reports,
            cell.choice_rule,
            cell.net_weight_kg,
            cell.quantity * coalesce(cast(unit.factor_to_base as double), 1) as quantity,
            coalesce(unit.base_unit, unit.unit_code) as quantity_unit_code,
            coalesce(valuation.valuation_code, {{ valuation_code('cell.flow_code', 'source') }}) as valuation_code,
            'download' as coverage,
            cast(null as varchar) as publication_id,
            cell.file_id,
            cell.line,
            cell.is_base
        from {{ ref('int_comtrade_cell_chosen') }} as cell
        inner join {{ ref('stg_ledger__source') }} as source on cell.source_code = source.source_code
        left join {{ ref('quantity_unit') }} as unit on cell.qty_unit_code = unit.unit_term
        left join
            {{ ref('int_comtrade_valuation_noted') }} as valuation
            on cell.source_code = valuation.source_code
            and cell.reporter_code = valuation.reporter_code
            and cell.period_code = valuation.period_code
            and right(cell.flow_code, 1) = valuation.flow_code

    ),

    baci as (

        select
            'baci' as source_code,
            cell.reporter_code,
            cell.partner_code,
            'X' as flow_code,
            cell.product_key,
            cell.period_code,
            cell.value_usd,
            cell.value_usd as value_usd_min,
            cell.value_usd as value_usd_max,
            cast(null as decimal(18, 3)) as value_cny,
            1 as n_reports,
            'only_report' as choice_rule,
            cell.net_weight_kg,
            cast(null as double) as quantity,
            cast(null as varchar) as quantity_unit_code,
            source.valuation_exports as valuation_code,
            'complete' as coverage,
            cast(null as varchar) as publication_id,
            cell.file_id,
            cell.line,
            cell.is_base
        from {{ ref('int_baci_cell') }} as cell
        inner join {{ ref('stg_ledger__source') }} as source on source.source_code = 'baci'
        where cell.reporter_code is not null and cell.partner_code is not null

    ),

    imf as (

        select
            source_code,
            reporter_code,
            partner_code,
            flow_code,
            'TOTAL' as product_key,
            period_code,
            value_usd,
            value_usd as value_usd_min,
            value_usd as value_usd_max,
            cast(null as decimal(18, 3)) as value_cny,
            1 as n_reports,
            'only_report' as choice_rule,
            cast(null as double) as net_weight_kg,
            cast(null as double) as quantity,
            cast(null as varchar) as quantity_unit_code,
            valuation_code,
            'download' as coverage,
            cast(null as varchar) as publication_id,
            file_id,
            line,
            true as is_base
        from {{ ref('int_imf_record_classified') }}
        where excluded_reason is null

    ),

    gacc as (

        select
            figure.source_code,
            figure.reporter_code,
            figure.partner_code,
            figure.flow_code,
            'TOTAL' as product_key,
            figure.period_code,
            figure.value_usd,
            figure.value_usd as value_usd_min,
            figure.value_usd as value_usd_max,
            figure.value_cny,
            1 as n_reports,
            'only_report' as choice_rule,
            cast(null as double) as net_weight_kg,
            cast(null as double) as quantity,
            cast(null as varchar) as quantity_unit_code,
            {{ valuation_code('figure.flow_code', 'source') }} as valuation_code,
            'selected' as coverage,
            cast(null as varchar) as publication_id,
            figure.file_id,
            figure.line,
            figure.value_usd is not null as is_base
        from {{ ref('int_gacc_figure_classified') }} as figure
        inner join {{ ref('stg_ledger__source') }} as source on figure.source_code = source.source_code
        where figure.excluded_reason is null

    ),

    cells as (

        {% for relation in ['quoted', 'comtrade', 'baci', 'imf', 'gacc'] %}
            select * from {{ relation }} {{ 'union all' if not loop.last }}
        {% endfor %}

    )

select
    cells.*,
    cells.is_base
    and cells.flow_code in ('X', 'M')
    and reporter.area_kind in ('economy', 'nes', 'special')
    and partner.area_kind in ('economy', 'nes', 'special') as is_additive
from cells
inner join {{ ref('area') }} as reporter on cells.reporter_code = reporter.area_code
inner join {{ ref('area') }} as partner on cells.partner_code = partner.area_code
