{#- Distinct HS chapters a report of one reporter, flow and period must span before its
    products are added up to a total: fewer means a download of chosen commodities. -#}
{% macro min_chapters_of_a_total() %} 20{% endmacro %}
