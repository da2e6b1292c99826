{{ config(tags=['heavy']) }}
-- The reconciled trade of a pair by product. A side that does not name a product the other names, but holds some of
-- the pair's value back (confidential codes, chapters only, no products at all), is taken to hide it there: as much as
-- the other names, all such products together no more than what is held back. Whatever is left is UNALLOCATED; it is
-- below zero where products exceed their total.
-- Reason for size: products, what is hidden and the remainder need one another.
with
    cells as (

        select trade.*
        from {{ ref('trade_cell') }} as trade
        inner join
            {{ ref('int_mirror_report') }} as report
            on trade.source_code = report.source_code
            and trade.reporter_code = report.reporter_code
            and trade.partner_code = report.partner_code
            and trade.flow_code = report.flow_code
            and trade.period_code = report.period_code
            and report.total_rule is distinct from 'no_rate'
        where trade.is_additive and length(trade.product_key) >= 9

    ),

    converted as ({{ trade_in_revision('cells', "'" ~ reconciled_revision() ~ "'") }}),

    named as (

        select
            case when flow_code = 'X' then reporter_code else partner_code end as exporter_code,
            case when flow_code = 'X' then partner_code else reporter_code end as importer_code,
            left(product_key, 9) as product_key,
            period_code,
            cast(sum(case when flow_code = 'X' then value_usd end) as decimal(18, 3)) as exported_usd,
            cast(sum(case when flow_code = 'M' then value_usd end) as decimal(18, 3)) as imported_usd,
            max(case when is_converted then 1 else 0 end) = 1 as is_converted
        from converted
        -- codes of no product (999999, 9999AA, chapters of national use) are what a side holds back
        where
            conversion_state in ('converted', 'same_revision')
            and substr(reported_product_key, 4, 2) not in ('98', '99')
            and {{ is_number('substr(reported_product_key, 4, 6)') }}
        group by all

    ),

    sides as (

        select
            pair.*,
            named.product_key,
            named.exported_usd,
            {{ to_money(ratio('named.imported_usd', '1 + coalesce(pair.tau, 0)')) }} as fob_usd,
            case when pair.value_importer_cif_usd is not null then named.imported_usd end as cif_usd,
            named.is_converted
        from {{ ref('fct_trade_reconciled_pair') }} as pair
        inner join
            named
            on pair.exporter_code = named.exporter_code
            and pair.importer_code = named.importer_code
            and pair.period_code = named.period_code

    ),

    filled as (

        select
            *,
            {% for side, own, other, total in [
                ('exporter', 'exported_usd', 'fob_usd', 'value_exporter_usd'),
                ('importer', 'fob_usd', 'exported_usd', 'value_importer_fob_usd'),
            ] %}
                -- what the side holds back of the pair, a thousandth being nothing, for each dollar only the other
                -- names
                case
                    when {{ own }} is not null
                    then 1
                    when {{ total }} is null
                    then null
                    when {{ total }} - coalesce(sum({{ own }}) over pair, 0) > 0.001 * {{ total }}
                    then
                        least(
                            1,
                            {{ ratio(total ~ ' - coalesce(sum(' ~ own ~ ') over pair, 0)',
                            'sum(case when ' ~ own ~ ' is null then ' ~ other ~ ' end) over pair') }}
                        )
                    else 0
                end as {{ side }}_share{{ ',' if not loop.last }}
            {% endfor %}
        from sides
        window pair as (partition by exporter_code, importer_code, period_code)

    ),

    valued as (

        select
            *,
            {% for side, own in [('exporter', 'exported_usd'), ('importer', 'fob_usd')] %}
                case
                    when {{ own }} is not null
                    then 'observed'
                    when {{ side }}_state in ('missing', 'no_rate')
                    then {{ side }}_state
                    when {{ side }}_share > 0
                    then 'suppressed'
                    else 'implied_zero'
                end as {{ side }}_product_state,
            {% endfor %}
            coalesce(exported_usd, {{ to_money('exporter_share * fob_usd') }}) as exported_or_hidden_usd,
            coalesce(fob_usd, {{ to_money('importer_share * exported_usd') }}) as imported_or_hidden_usd
        from filled

    ),

    products as (

        select
            *,
            case when exporter_product_state = 'implied_zero' then 0 else exported_usd end as product_exporter_usd,
            case
                when importer_product_state = 'implied_zero' and value_importer_cif_usd is not null then 0 else cif_usd
            end as product_importer_cif_usd,
            case when importer_product_state = 'implied_zero' then 0 else fob_usd end as product_importer_fob_usd,
            {{ reconciled_usd('weight_exporter', 'exported_or_hidden_usd', 'imported_or_hidden_usd') }} as product_usd,
            {{ reconciled_usd(
                'coalesce(' ~ lone_report_weight('valued') ~ ', 0.5)', 'exported_or_hidden_usd', 'imported_or_hidden_usd'
            ) }}
            as product_mean_usd
        from valued

    ),

    taken as (

        select
            exporter_code,
            importer_code,
            period_code,
            sum(product_exporter_usd) as exporter_usd,
            sum(product_importer_cif_usd) as cif_usd,
            sum(product_importer_fob_usd) as fob_usd,
            sum(product_usd) as reconciled_usd,
            sum(product_mean_usd) as mean_usd
        from products
        group by exporter_code, importer_code, period_code

    )

select
    exporter_code,
    importer_code,
    product_key,
    period_code,
    pair_kind,
    pair_status,
    case
        when exporter_product_state in ('missing', 'no_rate', 'suppressed')
        then 'importer_only'
        when importer_product_state in ('missing', 'no_rate', 'suppressed')
        then 'exporter_only'
        else 'both'
    end as basis,
    exporter_product_state as exporter_state,
    importer_product_state as importer_state,
    cast(product_exporter_usd as decimal(18, 3)) as value_exporter_usd,
    cast(product_importer_cif_usd as decimal(18, 3)) as value_importer_cif_usd,
    cast(product_importer_fob_usd as decimal(18, 3)) as value_importer_fob_usd,
    tau,
    tau_method,
    tau_se,
    weight_exporter,
    product_usd as value_reconciled_usd,
    product_mean_usd as value_mean_usd,
    is_converted
from products

union all

select
    pair.exporter_code,
    pair.importer_code,
    'UNALLOCATED' as product_key,
    pair.period_code,
    pair.pair_kind,
    pair.pair_status,
    pair.basis,
    pair.exporter_state,
    pair.importer_state,
    cast(pair.value_exporter_usd - coalesce(taken.exporter_usd, 0) as decimal(18, 3)) as value_exporter_usd,
    cast(pair.value_importer_cif_usd - coalesce(taken.cif_usd, 0) as decimal(18, 3)) as value_importer_cif_usd,
    cast(pair.value_importer_fob_usd - coalesce(taken.fob_usd, 0) as decimal(18, 3)) as value_importer_fob_usd,
    pair.tau,
    pair.tau_method,
    pair.tau_se,
    pair.weight_exporter,
    cast(pair.value_reconciled_usd - coalesce(taken.reconciled_usd, 0) as decimal(18, 3)) as value_reconciled_usd,
    cast(pair.value_mean_usd - coalesce(taken.mean_usd, 0) as decimal(18, 3)) as value_mean_usd,
    false as is_converted
from {{ ref('fct_trade_reconciled_pair') }} as pair
left join
    taken
    on pair.exporter_code = taken.exporter_code
    and pair.importer_code = taken.importer_code
    and pair.period_code = taken.period_code
where
    pair.basis is not null
    and (
        pair.value_exporter_usd is distinct from taken.exporter_usd
        or pair.value_importer_cif_usd is distinct from taken.cif_usd
        or pair.value_importer_fob_usd is distinct from taken.fob_usd
        or pair.value_reconciled_usd is distinct from taken.reconciled_usd
        or pair.value_mean_usd is distinct from taken.mean_usd
    )
