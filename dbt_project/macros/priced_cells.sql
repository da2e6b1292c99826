{#-
    Every trade cell with its dollars: what was not published in dollars is turned into them by the chosen average rate
    of the period; without a rate the dollars stay unknown. is_additive marks the cells that may be summed without
    counting twice: known dollars of exports and imports, between single areas, at one product level. Read by trade_cell
    and its details: what a source says of all its cells (one report, in dollars) spares it the second time. What products
    leave of a total is one more cell, which follows from the others.
-#}
{% macro priced_cells(with_remainders=true) -%}
    {%- set columns = [
        'source_code', 'reporter_code', 'partner_code', 'flow_code', 'product_key', 'period_code', 'value_usd',
        'value_usd_min', 'value_usd_max', 'value_original', 'original_currency_code', 'n_reports', 'choice_rule',
        'net_weight_kg', 'quantity', 'quantity_unit_code', 'valuation_code', 'coverage', 'cell_state', 'is_corrected',
        'uncorrected_value_usd', 'publication_id', 'file_id', 'line', 'is_base', 'has_detail',
        'has_correction',
    ] %}
    with
        -- the chosen average rate of a currency and the dollar: quoted both ways round, dollars for one unit first
        dollar_rate as (

            select
                case when base_currency = 'USD' then quote_currency else base_currency end as currency_code,
                period_code,
                rate,
                quote_currency = 'USD' as is_dollars_per_unit,
                publication_id
            from {{ ref('int_exchange_rate_chosen') }}
            where is_chosen and rate_basis = 'period_average' and 'USD' in (base_currency, quote_currency)
            qualify
                row_number() over (
                    partition by case when base_currency = 'USD' then quote_currency else base_currency end, period_code
                    order by case when quote_currency = 'USD' then 0 else 1 end nulls last, publication_id nulls last
                )
                = 1

        ),

        published as (

            select {{ columns | join(', ') }}
            from ({{ corrected_cells() }}) as cells
            {% if with_remainders %}
                union all
                select {{ columns | join(', ') }}
                from {{ ref('int_trade_cell_unspecified') }}
            {% endif %}

        ),

        converted as (

            select
                cells.*,
                case
                    when rate.is_dollars_per_unit
                    then cast(cast(cells.value_original as decimal(28, 3)) * rate.rate as decimal(18, 3))
                    else {{ to_money(ratio('cells.value_original', 'rate.rate')) }}
                end as converted_usd,
                rate.publication_id as average_publication_id
            from published as cells
            left join
                dollar_rate as rate
                on cells.value_usd is null
                and cells.original_currency_code = rate.currency_code
                and cells.period_code = rate.period_code

        )

    select
        cells.source_code,
        cells.reporter_code,
        cells.partner_code,
        cells.flow_code,
        cells.product_key,
        cells.period_code,
        coalesce(cells.value_usd, cells.converted_usd) as value_usd,
        coalesce(cells.value_usd_min, cells.converted_usd) as value_usd_min,
        coalesce(cells.value_usd_max, cells.converted_usd) as value_usd_max,
        cells.value_original,
        cells.original_currency_code,
        case
            when cells.value_usd is not null
            then 'published'
            when cells.converted_usd is not null
            then 'average_rate'
            when cells.value_original is not null
            then 'no_rate'
        end as conversion_rule,
        cells.average_publication_id as rate_publication_id,
        cells.n_reports,
        cells.choice_rule,
        cells.net_weight_kg,
        cells.quantity,
        cells.quantity_unit_code,
        cells.valuation_code,
        cells.coverage,
        cells.cell_state,
        cells.is_corrected,
        cells.uncorrected_value_usd,
        cells.publication_id,
        cells.file_id,
        cells.line,
        cells.has_detail,
        cells.has_correction,
        cells.is_base,
        cells.is_base
        and cells.flow_code in ('X', 'M')
        and coalesce(cells.value_usd, cells.converted_usd) is not null
        and reporter.area_kind in ('economy', 'nes', 'special')
        and partner.area_kind in ('economy', 'nes', 'special') as is_additive
    from converted as cells
    inner join {{ ref('area') }} as reporter on cells.reporter_code = reporter.area_code
    inner join {{ ref('area') }} as partner on cells.partner_code = partner.area_code
{%- endmacro %}

{#- The models these cells are made of, for those that are told by int_trade_cell_part what changed. -#}
{% macro made_into_priced_cells() -%}
    {{ return(
        ['int_quoted_cell_chosen', 'int_own_cell_chosen', 'int_trade_cell_unspecified', 'int_exchange_rate_chosen']
        + fed('cells') | map(attribute='model') | list
    ) }}
{%- endmacro %}
