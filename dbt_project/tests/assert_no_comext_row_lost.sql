-- Every landed record of Eurostat is a cell or is counted as excluded, to the row and to the euro.
with
    landed as (

        select
            file_id,
            count(*) as n_rows,
            sum(case when indicators = 'VALUE_IN_EUROS' then coalesce(obs_value, 0) else 0 end) as value_eur
        from {{ landed('comext', 'trade') }}
        group by file_id

        union all

        select file_id, count(*) as n_rows, sum(coalesce(value_eur, 0)) as value_eur
        from {{ landed('comext', 'bulk') }}
        group by file_id

    ),

    accounted as (

        select file_id, n_rows, value_original as value_eur
        from {{ ref('excluded_row') }}
        where source_code = 'comext'

        union all

        select file_id, count(*) as n_rows, sum(value_original) as value_eur
        from {{ ref('trade_cell') }}
        where source_code = 'comext' and cell_state <> 'suppressed'
        group by file_id

    ),

    kept as (select file_id, sum(n_rows) as n_rows, sum(value_eur) as value_eur from accounted group by file_id)

select
    landed.file_id,
    landed.n_rows as n_rows_landed,
    kept.n_rows as n_rows_kept,
    landed.value_eur as value_eur_landed,
    kept.value_eur as value_eur_kept
from landed
left join kept on landed.file_id = kept.file_id
where landed.n_rows is distinct from kept.n_rows or landed.value_eur is distinct from kept.value_eur
