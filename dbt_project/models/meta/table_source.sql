-- Which sources a table or view can draw on, by the lineage of the models. A licence follows the figures through it.
{% set known = contracts_behind() if execute else {} %}
{% set tables = [] %}
{% if execute %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' and is_released(node) %}
        {% for source in known[node.unique_id] %}
            {% do tables.append((node.schema, node.alias or node.name, source)) %}
        {% endfor %}
    {% endfor %}
    {% for table in tables_without_model() %}
        {% do tables.append(('raw', table.name, table.contract.source_name)) %}
    {% endfor %}
{% endif %}
{% if not tables %} select '' as schema_name, '' as table_name, '' as source_code
{% else %}
    select *
    from
        (
            values
                {% for schema, table, source in tables | sort %}
                    ('{{ schema }}', '{{ table }}', '{{ source }}') {{ ',' if not loop.last }}
                {% endfor %}
        ) as listed(schema_name, table_name, source_code)
{% endif %}
