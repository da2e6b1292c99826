-- Every landed trade record of the inbox and of live sources is a cell or is counted as excluded, to the row and to
-- the cent of what was published in dollars, before corrections.
with
    landed as (

        select file_id, count(*) as n_rows, sum(value_usd) as value_usd
        from {{ ref('int_comtrade_record_unioned') }}
        where source_code <> 'comtrade_bulk'
        group by file_id

        union all

        select file_id, count(*) as n_rows, sum(primary_value) as value_usd
        from {{ ref('stg_comtrade_bulk__trade') }}
        group by file_id

        union all

        select file_id, sum(n_rows) as n_rows, sum(value_usd) as value_usd
        from {{ ref('int_baci_pair_sum') }}
        group by file_id

        union all

        select file_id, count(*) as n_rows, sum(coalesce(value_usd, 0)) as value_usd
        from {{ ref('stg_imf_imts__partner_trade') }}
        group by file_id

        union all

        -- a record of the Census Bureau holds two figures: of the month and since January
        {% for table in ['exports', 'imports'] %}
            select file_id, 2 * count(*) as n_rows, sum(value_month_usd + value_cumulative_usd) as value_usd
            from {{ ref('stg_census__' ~ table) }}
            group by file_id

            union all
        {% endfor %}

        -- a record of China's customs holds several figures: flows or years, of the month and cumulated
        {% set flows, spans = ['total', 'exports', 'imports'], ['month', 'cumulative'] %}
        {% for table, figures, of_spans in [
            ('gacc__preliminary_country', flows, spans),
            ('gacc__preliminary_commodity', ['value'], spans + ['cumulative_before']),
            ('gacc_bulletin__country', flows, spans),
            ('gacc_bulletin__division', flows[1:], spans),
        ] %}
            {% set names = [] %}
            {% for figure in figures %}
                {% for span in of_spans %} {% do names.append(figure ~ '_' ~ span) %} {% endfor %}
            {% endfor %}
            select
                file_id,
                {{ names | length }} * count(*) as n_rows,
                sum(
                    case
                        when currency_code = 'USD'
                        then
                            cast(
                                ({% for name in names %}coalesce({{ name }}, 0) {{ '+' if not loop.last }} {% endfor %})
                                * unit_factor as decimal(18, 3)
                            )
                        else 0
                    end
                ) as value_usd
            from {{ ref('stg_' ~ table) }}
            group by file_id
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}

        union all

        select
            file_id,
            count(*) as n_rows,
            sum(case when currency_code = 'USD' then coalesce(value_original, 0) else 0 end) as value_usd
        from {{ ref('stg_own__trade') }}
        group by file_id

    ),

    accounted as (

        select file_id, n_rows, value_usd
        from {{ ref('excluded_row') }}

        union all

        select file_id, sum(n_cells) as n_rows, coalesce(sum(published_usd), 0) as value_usd
        from {{ ref('trade_pair_sum') }}
        -- what products leave of a total is no landed record
        where file_id in (select file_id from landed) and cell_state <> 'suppressed'
        group by file_id

    ),

    kept as (select file_id, sum(n_rows) as n_rows, sum(value_usd) as value_usd from accounted group by file_id)

select
    landed.file_id,
    landed.n_rows as n_rows_landed,
    kept.n_rows as n_rows_kept,
    landed.value_usd as value_usd_landed,
    kept.value_usd as value_usd_kept
from landed
left join kept on landed.file_id = kept.file_id
where landed.n_rows is distinct from kept.n_rows or landed.value_usd is distinct from kept.value_usd
