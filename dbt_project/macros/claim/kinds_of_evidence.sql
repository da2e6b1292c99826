{#- Kinds of evidence for a statement: each has its macro, claim_evidence_<kind>. A unit test may look at one of them. -#}
{% macro kinds_of_evidence() -%}
    {{ return(['figure', 'change', 'rank', 'streak', 'target', 'event', 'settlement']) }}
{%- endmacro %}
