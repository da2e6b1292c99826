{#- dbt sources that are no contract of a publisher: what landing, the ledger and the last release keep. -#}
{% macro not_contracts() -%} {{ return(['landed', 'ledger', 'last_release']) }} {%- endmacro %}

{#-
    The contracts a table draws on, through every model between, from dbt's graph: {unique_id: [source_code, ...]}.
-#}
{% macro contracts_behind() -%}
    {%- set known = {} -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
        {%- do _contracts_behind(node.unique_id, known) -%}
    {%- endfor -%}
    {{ return(known) }}
{%- endmacro %}

{#- One node of the walk; `known` remembers what was walked before. -#}
{% macro _contracts_behind(unique_id, known) -%}
    {%- if unique_id not in known -%}
        {%- set found = [] -%}
        {%- if unique_id in graph.sources -%} {%- do found.append(graph.sources[unique_id].source_name) -%}
        {%- elif unique_id in graph.nodes -%}
            {%- for parent in graph.nodes[unique_id].depends_on.nodes -%}
                {%- do found.extend(_contracts_behind(parent, known)) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- do known.update({unique_id: found | reject('in', not_contracts()) | unique | sort | list}) -%}
    {%- endif -%}
    {{ return(known[unique_id]) }}
{%- endmacro %}
