-- What the products of a pair's flow leave of its published total: one cell "not specified by product" for each pair,
-- flow and period whose detail is short of the total of the same source, in the currency of both, so that adding up
-- products gives the total. Detail that exceeds its total leaves nothing; the gate tells it.
{%- set pair = ['source_code', 'reporter_code', 'partner_code', 'flow_code', 'period_code'] %}
with
    cells as (

        select cell.*
        from ({{ corrected_cells() }}) as cell
        inner join {{ ref('area') }} as reporter on cell.reporter_code = reporter.area_code
        inner join {{ ref('area') }} as partner on cell.partner_code = partner.area_code
        where
            cell.flow_code in ('X', 'M')
            and reporter.area_kind in ('economy', 'nes', 'special')
            and partner.area_kind in ('economy', 'nes', 'special')

    ),

    totals as (select * from cells where product_key = 'TOTAL' and not is_base),

    details as (

        select
            {% for name in pair %} cells.{{ name }}, {% endfor %}
            count(*) as n_cells,
            count(cells.value_usd) as n_in_dollars,
            sum(cells.value_usd) as value_usd,
            sum(case when cells.value_usd is null then cells.value_original end) as value_original,
            max(case when cells.value_usd is null then cells.original_currency_code end) as original_currency_code,
            count(distinct case when cells.value_usd is null then cells.original_currency_code end) as n_currencies
        from cells
        inner join
            totals
            on {% for name in pair %} cells.{{ name }} = totals.{{ name }} {{ 'and' if not loop.last }} {% endfor %}
        where cells.is_base
        group by {% for name in pair %} cells.{{ name }}{{ ', ' if not loop.last }} {% endfor %}

    ),

    remainders as (

        select
            totals.*,
            case when details.n_currencies = 0 then totals.value_usd - details.value_usd end as remainder_usd,
            case
                when
                    totals.value_usd is null
                    and details.n_in_dollars = 0
                    and details.n_currencies = 1
                    and details.original_currency_code = totals.original_currency_code
                then totals.value_original - details.value_original
            end as remainder_original
        from totals
        inner join
            details
            on {% for name in pair %} totals.{{ name }} = details.{{ name }} {{ 'and' if not loop.last }} {% endfor %}

    )

select
    source_code,
    reporter_code,
    partner_code,
    flow_code,
    'UNALLOCATED' as product_key,
    period_code,
    cast(remainder_usd as decimal(18, 3)) as value_usd,
    cast(remainder_usd as decimal(18, 3)) as value_usd_min,
    cast(remainder_usd as decimal(18, 3)) as value_usd_max,
    cast(coalesce(remainder_usd, remainder_original) as decimal(18, 3)) as value_original,
    case when remainder_usd is not null then 'USD' else original_currency_code end as original_currency_code,
    n_reports,
    choice_rule,
    cast(null as double) as net_weight_kg,
    cast(null as double) as quantity,
    cast(null as varchar) as quantity_unit_code,
    valuation_code,
    coverage,
    'suppressed' as cell_state,
    false as is_corrected,
    cast(null as decimal(18, 3)) as uncorrected_value_usd,
    publication_id,
    file_id,
    line,
    true as is_base,
    has_detail,
    false as has_correction
from remainders
where coalesce(remainder_usd, remainder_original) > 0
