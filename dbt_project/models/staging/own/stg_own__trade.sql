-- The figures of every table whose contract maps it as trade. The build names these tables, so that the lineage knows
-- them; with none the table is empty.
select
    cast(null as varchar) as source_code,
    cast(null as varchar) as table_name,
    cast(null as varchar) as reporter_code_system,
    cast(null as varchar) as reporter_term,
    cast(null as varchar) as partner_code_system,
    cast(null as varchar) as partner_term,
    cast(null as varchar) as flow_term,
    cast(null as varchar) as classification_code,
    cast(null as varchar) as product_term,
    cast(null as integer) as product_digits,
    cast(null as varchar) as period_code,
    cast(null as decimal(18, 3)) as value_original,
    cast(null as varchar) as currency_code,
    cast(null as double) as net_weight_kg,
    cast(null as double) as quantity,
    cast(null as varchar) as quantity_unit_term,
    cast(null as varchar) as coverage,
    cast(null as integer) as value_position,
    cast(null as varchar) as file_id,
    cast(null as bigint) as line
where 1 = 0
{% for table in var('mapped_tables', []) %}
    union all
    {{ own_figures(table) }}
{% endfor %}
