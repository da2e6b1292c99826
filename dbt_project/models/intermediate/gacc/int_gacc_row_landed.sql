{{ config(materialized='ephemeral') }}
-- Figures of China's customs by raw file, with their value where it is in US dollars: a record holds several, flows or
-- years, of the month and cumulated.
{% set flows, spans = ['total', 'exports', 'imports'], ['month', 'cumulative'] %}
{% for source_code, table, figures, of_spans in [
    ('gacc', 'preliminary_country', flows, spans),
    ('gacc', 'preliminary_commodity', ['value'], spans + ['cumulative_before']),
    ('gacc_bulletin', 'country', flows, spans),
    ('gacc_bulletin', 'division', flows[1:], spans),
] %}
    {% set names = [] %}
    {% for figure in figures %}
        {% for span in of_spans %} {% do names.append(figure ~ '_' ~ span) %} {% endfor %}
    {% endfor %}
    select
        file_id,
        {{ names | length }} * count(*) as n_rows,
        sum(
            case
                when currency_code = 'USD'
                then
                    cast(
                        ({% for name in names %}coalesce({{ name }}, 0) {{ '+' if not loop.last }} {% endfor %})
                        * unit_factor as decimal(18, 3)
                    )
                else 0
            end
        ) as value_usd
    from {{ landed(source_code, table) }}
    group by file_id
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
