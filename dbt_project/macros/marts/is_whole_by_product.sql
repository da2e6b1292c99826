{#- Whether a report of yearly_report names all partners and all products, so that what it does not show is zero. -#}
{% macro is_whole_by_product(report) -%}
    ({{ report }}.report_state = 'whole' and {{ report }}.has_all_products)
{%- endmacro %}

{#- Branches of a case that say why a report of yearly_report is not whole by product. -#}
{% macro product_obstacles(report) -%}
    when {{ report }}.report_state <> 'whole'
    then {{ report }}.report_state
    when {{ report }}.product_level is null
    then 'no_products'
    when not {{ report }}.has_all_products
    then 'selected_products'
{%- endmacro %}
