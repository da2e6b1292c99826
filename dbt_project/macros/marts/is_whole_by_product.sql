{#- Whether a report of yearly_report names all partners and all products, so that what it does not show is zero. -#}
{% macro is_whole_by_product(report) -%}
    ({{ report }}.report_state = 'whole' and {{ report }}.has_all_products)
{%- endmacro %}
