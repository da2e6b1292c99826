-- Every landed trade record of the inbox and of live sources is a cell or is counted as excluded, to the row and to
-- the cent of what was published in dollars, before corrections.
with
    landed_rows as (

        {{ union_of_feeds('landed_rows', ['file_id', 'n_rows', 'value_usd']) }}

        union all

        -- figures of tables of one's own, with their value where it is in US dollars and no quantity
        select
            file_id,
            1 as n_rows,
            case
                when currency_code = 'USD' and flow_term <> '-' then coalesce(value_original, 0) else 0
            end as value_usd
        from {{ ref('stg_own__trade') }}

    ),

    landed as (select file_id, sum(n_rows) as n_rows, sum(value_usd) as value_usd from landed_rows group by file_id),

    accounted as (

        select file_id, n_rows, coalesce(value_usd, 0) as value_usd
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
