-- Which sources a table or view can draw on, by the lineage of the models. A licence follows the figures through it.
{% set rows = table_sources() %}
{% if not rows %} select '' as schema_name, '' as table_name, '' as source_code
{% else %} select * from (values {{ rows | join(',\n') }}) as listed(schema_name, table_name, source_code)
{% endif %}
