-- What the products of a pair's flow leave of its published total: one cell "not specified by product" for each pair,
-- flow and period whose detail is short of the total of the same source, in the currency of both, so that adding up
-- products gives the total. The same of a code that is broken down: what its finer codes leave of it has its key with
-- a dash behind it, but for rounding, one unit of the currency a product. Codes come before the total, the finest
-- first: each is held against all that is added up below it. Detail that exceeds its total leaves nothing; the gate
-- tells it.
-- Reason for size: every depth needs what the deeper ones leave.
{%- set pair = ['source_code', 'reporter_code', 'partner_code', 'flow_code', 'period_code'] %}
{%- set depths = [6, 4, 2, 0] %}
with
    cells as {{ kept_whole() }} (

        select cell.*
        from ({{ corrected_cells() }}) as cell
        inner join {{ ref('area') }} as reporter on cell.reporter_code = reporter.area_code
        inner join {{ ref('area') }} as partner on cell.partner_code = partner.area_code
        where
            cell.flow_code in ('X', 'M')
            and reporter.area_kind in ('economy', 'nes', 'special')
            and partner.area_kind in ('economy', 'nes', 'special')

    ),

    {% for n_digits in depths %}
        {%- set whole_key = "'TOTAL'" if n_digits == 0 else 'left(part.product_key, ' ~ (3 + n_digits) ~ ')' %}
        remainder_{{ n_digits }} as (

            select
                whole.*,
                case
                    when added.n_currencies = 0 and whole.value_usd - added.value_usd > added.tolerance
                    then whole.value_usd - added.value_usd
                end as remainder_usd,
                case
                    when
                        whole.value_usd is null
                        and added.n_in_dollars = 0
                        and added.n_currencies = 1
                        and added.original_currency_code = whole.original_currency_code
                        and whole.value_original - added.value_original > added.tolerance
                    then whole.value_original - added.value_original
                end as remainder_original
            from cells as whole
            inner join
                (
                    select
                        {% for name in pair %} part.{{ name }}, {% endfor %}
                        {{ whole_key }} as product_key,
                        {{ '0' if n_digits == 0 else 'count(*)' }} as tolerance,
                        count(part.value_usd) as n_in_dollars,
                        sum(part.value_usd) as value_usd,
                        sum(case when part.value_usd is null then part.value_original end) as value_original,
                        max(
                            case when part.value_usd is null then part.original_currency_code end
                        ) as original_currency_code,
                        count(
                            distinct case when part.value_usd is null then part.original_currency_code end
                        ) as n_currencies
                    from
                        (
                            select
                                {{ pair | join(', ') }}, product_key, value_usd, value_original, original_currency_code
                            from cells
                            where is_base
                            {% for deeper in depths if deeper > n_digits %}
                                union all
                                select
                                    {{ pair | join(', ') }},
                                    product_key || '-',
                                    remainder_usd,
                                    coalesce(remainder_usd, remainder_original),
                                    original_currency_code
                                from remainder_{{ deeper }}
                                where coalesce(remainder_usd, remainder_original) is not null
                            {% endfor %}
                        ) as part
                    inner join
                        cells as broken_down on not broken_down.is_base and broken_down.product_key = {{ whole_key }}
                        {% for name in pair %} and part.{{ name }} = broken_down.{{ name }} {% endfor %}
                    {% if n_digits > 0 %} where length(part.product_key) > {{ 3 + n_digits }} {% endif %}
                    group by {% for name in pair %} part.{{ name }}, {% endfor %} {{ whole_key }}
                ) as added
                on whole.product_key = added.product_key
                {% for name in pair %} and whole.{{ name }} = added.{{ name }} {% endfor %}
            where not whole.is_base

        ),
    {% endfor %}

    remainders as (
        {% for n_digits in depths %}
            select * from remainder_{{ n_digits }} {{ 'union all' if not loop.last }}
        {% endfor %}
    )

select
    source_code,
    reporter_code,
    partner_code,
    flow_code,
    case when product_key = 'TOTAL' then 'UNALLOCATED' else product_key || '-' end as product_key,
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
where coalesce(remainder_usd, remainder_original) is not null
