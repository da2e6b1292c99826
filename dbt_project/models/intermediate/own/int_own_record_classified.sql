-- Every figure of a table of one's own in warehouse codes, with the reason why it is no trade cell, if it is none.
-- Codes longer than six digits are added up to the subheading, unless the file has the subheading itself. Where
-- files overlap the one fetched last counts; where a file gives a cell in two currencies, US dollars do; where it
-- calls a group, or the world, by two names, the first: two names of an economy may be two parts of it, and are added.
-- Reason for size: every role a contract can name is read here, and only here.
with
    -- what an area may be called, by code system; words in lower case, numbers without zeros
    area_term as (

        select code_system, lower(code) as term, area_code
        from {{ ref('area_code') }}
        where code_system <> 'press'
        union
        select 'm49' as code_system, cast(try_cast(m49_code as integer) as varchar) as term, area_code
        from {{ ref('area') }}
        where m49_code is not null
        union
        select 'name' as code_system, lower(area_name) as term, area_code
        from {{ ref('area') }}
        union
        -- a contract may give a name its code
        select 'name' as code_system, lower(area_code) as term, area_code
        from {{ ref('area') }}
        union
        select 'name' as code_system, lower(area_name_variant) as term, area_code
        from {{ ref('area_name_variant') }}

    ),

    coded as (

        select
            figure.*,
            reporter.area_code as reporter_code,
            partner.area_code as partner_code,
            flow.flow_code,
            -- by which name the file calls a group, or the world: an economy's names make no difference
            {% for role in ['reporter', 'partner'] %}
                case
                    when {{ role }}_area.area_kind in ('group', 'world')
                    then {{ own_area_key('figure.' ~ role ~ '_code_system', 'figure.' ~ role ~ '_term') }}
                    else ''
                end as {{ role }}_aggregate_name,
            {% endfor %}
            case
                when figure.product_term = 'TOTAL'
                then 'TOTAL'
                when try_cast(figure.product_term as bigint) > 0
                then
                    {{ padded_code('figure.product_term',
                        'greatest(figure.product_digits, length(figure.product_term) + mod(length(figure.product_term), 2))') }}
            end as product_code
        from {{ ref('stg_own__trade') }} as figure
        left join
            area_term as reporter
            on figure.reporter_code_system = reporter.code_system
            and {{ own_area_key('figure.reporter_code_system', 'figure.reporter_term') }} = reporter.term
        left join
            area_term as partner
            on figure.partner_code_system = partner.code_system
            and {{ own_area_key('figure.partner_code_system', 'figure.partner_term') }} = partner.term
        left join {{ ref('area') }} as reporter_area on reporter.area_code = reporter_area.area_code
        left join {{ ref('area') }} as partner_area on partner.area_code = partner_area.area_code
        left join {{ ref('flow') }} as flow on upper(figure.flow_term) = flow.flow_code

    ),

    reasoned as (

        select
            coded.*,
            file.fetched_at,
            case when product_code = 'TOTAL' then 0 else length(left(product_code, 6)) end as n_digits,
            case
                when product_code = 'TOTAL' then 'TOTAL' else classification_code || ':' || left(product_code, 6)
            end as product_key,
            case
                when value_original is null
                then 'no_value'
                when flow_term = '-'
                then 'other_measure'
                when value_original < 0
                then 'negative_value'
                when reporter_code is null or partner_code is null
                then 'unmapped_area'
                when flow_code is null
                then 'unmapped_flow'
                when product_code is null or (product_code <> 'TOTAL' and chapter.chapter_code is null)
                then 'unmapped_product'
                when period_code is null
                then 'unmapped_period'
                -- a forecast: so it stays when its time has come
                when
                    make_date(
                        cast(left(period_code, 4) as integer),
                        case
                            when period_code like '%-Q_'
                            then 3 * cast(right(period_code, 1) as integer) - 2
                            when length(period_code) > 4
                            then cast(right(period_code, 2) as integer)
                            else 1
                        end,
                        1
                    )
                    > cast(file.fetched_at as date)
                then 'future_period'
            end as reason
        from coded
        inner join {{ files_of_records() }} as file on coded.file_id = file.file_id
        left join {{ ref('hs_chapter') }} as chapter on left(coded.product_code, 2) = chapter.chapter_code

    ),

    ranked as (

        select
            reasoned.*,
            dense_rank() over (
                one_cell order by reasoned.fetched_at desc nulls last, reasoned.file_id
            ) as file_position,
            min(case when currency_code = 'USD' then '' else currency_code end) over one_cell_of_a_file
            as best_currency,
            min(length(product_code)) over one_cell_of_a_file as shortest_code,
            reporter_aggregate_name || ' ' || partner_aggregate_name
            <> first_value(reporter_aggregate_name || ' ' || partner_aggregate_name) over (
                partition by
                    reasoned.source_code,
                    reporter_code,
                    partner_code,
                    flow_code,
                    product_code,
                    period_code,
                    reason,
                    reasoned.file_id,
                    currency_code
                order by line, value_position
            ) as is_named_otherwise
        from reasoned
        window
            one_cell as (
                partition by
                    reasoned.source_code, reporter_code, partner_code, flow_code, product_key, period_code, reason
            ),
            one_cell_of_a_file as (
                partition by
                    reasoned.source_code,
                    reporter_code,
                    partner_code,
                    flow_code,
                    product_key,
                    period_code,
                    reason,
                    reasoned.file_id
            )

    )

select
    source_code,
    table_name,
    reporter_term,
    partner_term,
    flow_term,
    product_term,
    reporter_code,
    partner_code,
    flow_code,
    product_key,
    n_digits,
    classification_code,
    period_code,
    value_original,
    currency_code,
    net_weight_kg,
    quantity,
    quantity_unit_term,
    coverage,
    file_position,
    case
        when reason is not null
        then reason
        when file_position > 1
        then 'superseded_by_later_file'
        when case when currency_code = 'USD' then '' else currency_code end > best_currency
        then 'other_currency'
        when length(product_code) > shortest_code
        then 'detail_of_a_total'
        when is_named_otherwise
        then 'aggregate_named_twice'
    end as excluded_reason,
    value_position,
    file_id,
    line
from ranked
