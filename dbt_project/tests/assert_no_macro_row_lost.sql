-- Every landed figure of the World Bank is published in fct_macro or counted as excluded.
with
    landed as (select file_id, count(*) as n_rows from {{ ref('stg_world_bank__indicator') }} group by file_id),

    accounted as (

        select file_id, n_rows
        from {{ ref('excluded_row') }}
        where source_code = 'world_bank'
        union all
        select file_id, count(*) as n_rows
        from {{ ref('fct_macro') }}
        where publication_id = 'wdi'
        group by file_id

    ),

    kept as (select file_id, sum(n_rows) as n_rows from accounted group by file_id)

select landed.file_id, landed.n_rows as n_rows_landed, kept.n_rows as n_rows_kept
from landed
left join kept on landed.file_id = kept.file_id
where landed.n_rows is distinct from kept.n_rows
