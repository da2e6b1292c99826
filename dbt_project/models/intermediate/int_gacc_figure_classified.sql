-- Which figures of the tables of China's customs are cells, in warehouse codes, and why the others are none. The
-- preliminary release and the bulletin are two sources, each with its own cells. The preliminary tables in yuan and in
-- dollars are one cell: where there are dollars, the yuan stand beside them. Of areas the labels of a cell add up
-- (islands and towns customs lists apart belong to one economy), of products the first counts.
-- Reason for size: what rules a figure out, its labels and its currencies are looked at one after the other.
{% set tables = ['int_gacc_country_unpivoted', 'int_gacc_commodity_unpivoted', 'int_gacc_division_unpivoted'] %}
with
    figure as (

        {% for name in tables %}
            select *
            from {{ ref(name) }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}

    ),

    reasoned as (

        select
            figure.*,
            {{ period_code('figure.period_start', 'figure.period_end') }} as period_code,
            case
                when amount is null and quantity is null
                then 'no_value'
                when span = 'cumulative_before'
                then 'base_of_printed_growth'
                when partner_code is null or product_key is null
                then 'unlisted_label'
                when table_name = 'division' and product_key = 'TOTAL'
                then 'total_of_table_by_country'
            end as reason
        from figure

    ),

    labelled as (

        select
            reasoned.*,
            row_number() over (
                partition by file_id, partner_code, product_key, flow_code, span, reason order by line
            ) as label_position,
            count(*) over one_cell as n_labels,
            cast(sum(amount) over one_cell as decimal(18, 3)) as label_sum
        from reasoned
        window one_cell as (partition by file_id, partner_code, product_key, flow_code, span, reason)

    ),

    ranked as (

        select
            labelled.*,
            case when product_key = 'TOTAL' then label_sum else amount end as cell_amount,
            row_number() over files as position,
            first_value(labelled.file_id) over files as leading_file_id
        from labelled
        inner join {{ files_of_records() }} as file on labelled.file_id = file.file_id
        where label_position = 1
        window
            files as (
                partition by
                    labelled.source_code, partner_code, product_key, flow_code, period_code, currency_code, reason
                order by file.fetched_at desc nulls last, labelled.file_id, labelled.span, labelled.line
            )

    ),

    paired as (

        select
            *,
            {% for currency in ['usd', 'cny'] %}
                {% set leads = "currency_code = '" ~ currency | upper ~ "' and position = 1 and reason is null" %}
                max(case when {{ leads }} then cell_amount end) over one_cell as value_{{ currency }},
                max(case when {{ leads }} then quantity end) over one_cell as quantity_{{ currency }},
                max(case when {{ leads }} and quantity is not null then quantity_unit_code end) over one_cell
                as unit_{{ currency }}
                {{ ',' if not loop.last }}
            {% endfor %}
        from ranked
        window one_cell as (partition by source_code, partner_code, product_key, flow_code, period_code)

    )

select
    labelled.source_code,
    labelled.table_name,
    'CHN' as reporter_code,
    labelled.partner_code,
    labelled.product_key,
    labelled.label,
    labelled.flow_code,
    labelled.span,
    labelled.period_start,
    labelled.period_end,
    labelled.period_code,
    labelled.currency_code,
    labelled.amount,
    paired.value_usd,
    paired.value_cny,
    coalesce(paired.quantity_usd, paired.quantity_cny) as quantity,
    case when paired.quantity_usd is not null then paired.unit_usd else paired.unit_cny end as quantity_unit_code,
    case when labelled.n_labels = 1 then labelled.yoy_pct end as yoy_pct,
    case
        when labelled.reason is not null
        then labelled.reason
        when labelled.label_position > 1 and labelled.product_key = 'TOTAL'
        then 'added_to_cell'
        when labelled.label_position > 1
        then 'second_label_of_product'
        when paired.position > 1 and paired.leading_file_id = labelled.file_id
        then 'same_period_twice'
        when paired.position > 1
        then 'superseded_by_later_file'
        when labelled.currency_code = 'CNY' and paired.value_usd is not null
        then 'added_to_cell'
    end as excluded_reason,
    labelled.file_id,
    labelled.line
from labelled
left join
    paired
    on labelled.file_id = paired.file_id
    and labelled.line = paired.line
    and labelled.flow_code = paired.flow_code
    and labelled.span = paired.span
