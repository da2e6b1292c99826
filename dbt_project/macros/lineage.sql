{#- dbt sources that are no contract of a publisher: what landing, the ledger and the last release keep. -#}
{% macro not_contracts() -%} {{ return(['landed', 'ledger', 'last_release']) }} {%- endmacro %}

{#-
    The contracts a table draws on, through every model between, from dbt's graph: {unique_id: [source_code, ...]}.
-#}
{% macro contracts_behind() -%}
    {%- set known, waiting = {}, namespace(nodes=graph.nodes.values() | selectattr('resource_type', 'eq', 'model') | list) -%}
    {%- for source in graph.sources.values() -%}
        {%- set names = [] if source.source_name in not_contracts() else [source.source_name] -%}
        {%- do known.update({source.unique_id: names}) -%}
    {%- endfor -%}
    {%- for node in graph.nodes.values() if node.resource_type != 'model' -%}
        {%- do known.update({node.unique_id: []}) -%}
    {%- endfor -%}
    {#- every round knows the nodes whose parents are known; the lineage has no circle, so no round is in vain -#}
    {%- for _ in graph.nodes if waiting.nodes -%}
        {%- set left = [] -%}
        {%- for node in waiting.nodes -%}
            {%- set parents = node.depends_on.nodes -%}
            {%- if parents | reject('in', known) | list -%} {%- do left.append(node) -%}
            {%- else -%}
                {%- set found = [] -%}
                {%- for parent in parents -%} {%- do found.extend(known[parent]) -%}
                {%- endfor -%}
                {%- do known.update({node.unique_id: found | unique | sort | list}) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- set waiting.nodes = left -%}
    {%- endfor -%}
    {{ return(known) }}
{%- endmacro %}

{#- The contracts each released table draws on, as rows of SQL: schema, table, source. -#}
{% macro table_sources() -%}
    {%- set named, rows = [], [] -%}
    {%- set known = contracts_behind() if execute else {} -%}
    {%- for node in (graph.nodes.values() if execute else []) if node.resource_type == 'model' and is_released(node) -%}
        {%- for source in known[node.unique_id] -%}
            {%- do named.append((node.schema, node.alias or node.name, source)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for table in (tables_without_model() if execute else []) -%}
        {%- do named.append(('raw', table.name, table.contract.source_name)) -%}
    {%- endfor -%}
    {%- for each in named | sort -%} {%- do rows.append("('" ~ each | join("', '") ~ "')") -%} {%- endfor -%}
    {{ return(rows) }}
{%- endmacro %}
