{#- How far a stated figure may lie from the one found, as a part of it, and still be called close: half a percent. -#}
{% macro close_share() -%} 0.005 {%- endmacro %}
