{{ config(materialized='ephemeral') }}
-- Figures of the Census Bureau by raw file, with their value, current US dollars: a record holds two, of the month and
-- since January.
{% for table in ['exports', 'imports'] %}
    select file_id, 2 * count(*) as n_rows, sum(value_month_usd + value_cumulative_usd) as value_usd
    from {{ landed('census', table) }}
    group by file_id
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
