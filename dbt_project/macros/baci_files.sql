{#-
    The yearly files of BACI that count. A year may have landed in several HS revisions; is_base marks the one that covers
    most years, then the oldest. list_number tells the releases apart, each with its list of economies.
-#}
{% macro baci_files() -%}
    select
        'baci' as source_code,
        right(file.partition_key, 4) as period_code,
        file.file_id,
        file.release_label,
        file.classification_code,
        row_number() over (
            partition by right(file.partition_key, 4) order by file.n_years desc nulls last, file.classification_code
        )
        = 1 as is_base,
        cast(dense_rank() over (order by file.release_label) as integer) as list_number,
        source.valuation_exports as valuation_code
    from
        (
            select
                file_id,
                coalesce(release_label, '') as release_label,
                {{ hs_classification_code('hs_revision') }} as classification_code,
                count(*) over (partition by hs_revision) as n_years,
                partition_key
            from {{ ref('stg_landed__file') }}
            where source_code = 'baci' and table_name = 'trade_year' and is_current
        ) as file
    inner join {{ ref('stg_ledger__source') }} as source on source.source_code = 'baci'
{%- endmacro %}
