-- What the products of a pair's flow leave of its published total: one cell "not specified by product" for each pair,
-- flow and period whose detail is short of the total of the same source, in the currency of both, so that adding up
-- products gives the total. The same of a code that is broken down: what its finer codes leave of it has its key with
-- a dash behind it, but for rounding, one unit of the currency a product. Codes come before the total, the finest
-- first: each is held against all that is added up below it. Detail that exceeds its total leaves nothing; the gate
-- tells it. Where detail exceeds the total of the pair only with what it leaves of codes, these count for nothing.
-- Reason for size: every depth needs what the deeper ones leave.
{%- set pair = ['source_code', 'reporter_code', 'partner_code', 'flow_code', 'period_code'] %}
{%- set part_columns = pair + ['product_key', 'value_usd', 'value_original', 'original_currency_code'] %}
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
        held_against_{{ n_digits }} as (

            select
                whole.*,
                added.n_currencies = 0 as is_in_dollars,
                added.n_parts,
                {% for amount, left_over in [('amount', 'remainder'), ('base_amount', 'remainder_of_base')] %}
                    case
                        when added.n_currencies = 0
                        then whole.value_usd
                        when
                            whole.value_usd is null
                            and added.n_in_dollars = 0
                            and added.n_currencies = 1
                            and added.original_currency_code = whole.original_currency_code
                        then whole.value_original
                    end
                    - added.{{ amount }} as {{ left_over }}{{ ',' if not loop.last }}
                {% endfor %}
            from cells as whole
            inner join
                (
                    select
                        {% for name in pair %} part.{{ name }}, {% endfor %}
                        {{ whole_key }} as product_key,
                        count(*) as n_parts,
                        count(part.value_usd) as n_in_dollars,
                        count(
                            distinct case when part.value_usd is null then part.original_currency_code end
                        ) as n_currencies,
                        max(
                            case when part.value_usd is null then part.original_currency_code end
                        ) as original_currency_code,
                        sum(coalesce(part.value_usd, part.value_original)) as amount,
                        coalesce(
                            sum(case when part.is_base then coalesce(part.value_usd, part.value_original) end), 0
                        ) as base_amount
                    from
                        (
                            select {{ part_columns | join(', ') }}, true as is_base
                            from cells
                            where is_base
                            {% for deeper in depths if deeper > n_digits %}
                                union all
                                select
                                    {{ pair | join(', ') }},
                                    product_key || '-',
                                    case when is_in_dollars then remainder end,
                                    remainder,
                                    original_currency_code,
                                    false as is_base
                                from held_against_{{ deeper }}
                                where remainder > n_parts
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

    exceeded as (select {{ pair | join(', ') }} from held_against_0 where remainder < - n_parts),

    remainders as (

        select *, case when remainder < - n_parts then remainder_of_base else remainder end as left_over
        from held_against_0
        {% for n_digits in depths if n_digits > 0 %}
            union all
            select whole.*, whole.remainder as left_over
            from held_against_{{ n_digits }} as whole
            left join
                exceeded
                on {% for name in pair %}
                    whole.{{ name }} = exceeded.{{ name }} {{ 'and' if not loop.last }}
                {% endfor %}
            where whole.remainder > whole.n_parts and exceeded.source_code is null
        {% endfor %}

    )

select
    source_code,
    reporter_code,
    partner_code,
    flow_code,
    case when product_key = 'TOTAL' then 'UNALLOCATED' else product_key || '-' end as product_key,
    period_code,
    {% for name in ['value_usd', 'value_usd_min', 'value_usd_max'] %}
        cast(case when is_in_dollars then left_over end as decimal(18, 3)) as {{ name }},
    {% endfor %}
    cast(left_over as decimal(18, 3)) as value_original,
    case when is_in_dollars then 'USD' else original_currency_code end as original_currency_code,
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
where left_over > 0
