-- Every figure of the tables of China's customs in warehouse codes, with what rules it out as a cell and the labels it
-- shares a cell with in its table: islands and towns customs lists apart belong to one economy.
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

    )

select
    reasoned.*,
    row_number() over (
        partition by file_id, partner_code, product_key, flow_code, span, reason order by line
    ) as label_position,
    count(*) over one_cell as n_labels,
    cast(sum(amount) over one_cell as decimal(18, 3)) as label_sum
from reasoned
window one_cell as (partition by file_id, partner_code, product_key, flow_code, span, reason)
