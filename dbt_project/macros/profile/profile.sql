{#-
    Everything the warehouse says of a pair, one row per figure: the body of the table macro marts.profile. Every
    section gives the same columns; the two directions of the pair are rows of their own.
-#}
{% macro pair_profile() -%}
    {%- set sections = [
        profile_trade(), profile_derived(), profile_group(), profile_mirror(), profile_rank(), profile_commodity(),
        profile_chapter(), profile_settlement(), profile_target(), profile_event(), profile_statement(), profile_missing(),
    ] -%}
    with
        sides as (

            select upper(of_area) as reporter_code, upper(with_area) as partner_code
            union all
            select upper(with_area) as reporter_code, upper(of_area) as partner_code

        ),

        trade as (

            select trade.*
            from {{ ref('bilateral_year') }} as trade
            inner join sides on trade.reporter_code = sides.reporter_code and trade.partner_code = sides.partner_code

        ),

        figures as (

            {% for section in sections %}
                {{ section }}
                {% if not loop.last %}
                    union all
                {% endif %}
            {% endfor %}

        )

    select figures.*, release.known_from
    from figures
    left join {{ ref('dim_raw_file') }} as release on figures.file_id = release.file_id
    order by
        figures.section,
        figures.reporter_code,
        figures.period_code,
        figures.item,
        figures.detail nulls first,
        figures.line
{%- endmacro %}

{#- Name, type and meaning of its columns; the sections give all but the last. -#}
{% macro pair_profile_columns() -%}
    {{ return([
        (
            'section', 'varchar', 'trade, members (a group added up), mirror (both reports of a flow, exporter first), '
                ~ 'rank, commodity (groups of the press), chapter (HS), settlement, target, event, statement or '
                ~ 'missing.',
        ),
        ('item', 'varchar', 'What is measured, with its unit in the name.'),
        ('detail', 'varchar', 'Perimeter of a rank, commodity, chapter, currency, or id of a target, event, statement.'),
        ('reporter_code', 'varchar', 'Whose statistic, position, measure or subject it is.'),
        ('partner_code', 'varchar', 'The other side, or WLD.'),
        ('period_code', 'varchar', 'Period, year due, or day.'),
        ('value', 'decimal(18, 3)', 'The figure, in the unit of the row; NULL where it is not known.'),
        ('value_min', 'decimal(18, 3)', 'Least it can be.'),
        ('value_max', 'decimal(18, 3)', 'Most it can be.'),
        ('unit', 'varchar', 'Unit of the three values.'),
        (
            'state', 'varchar', 'observed, by_partner (the other side reports it), computed, missing; the state of a '
                ~ 'rank, a target (reached, not_reached, unknown) or the verdict on a statement.',
        ),
        ('note', 'varchar', 'What to know beside it: rule, counts of what is missing, evidence.'),
        ('valuation_code', 'varchar', 'Valuation, exports + imports for a turnover.'),
        ('source_code', 'varchar', 'Source.'),
        ('publication_id', 'varchar', 'Publication.'),
        ('file_id', 'varchar', 'Raw file.'),
        ('line', 'bigint', 'Line of the raw file.'),
        ('known_from', 'timestamp', 'When that file was fetched, UTC: the vintage.'),
    ]) }}
{%- endmacro %}

{#- The columns of a section, in their order; what it has not is NULL. -#}
{% macro profile_row(section, item, values) -%}
    '{{ section }}' as section,
    {{ item }} as item,
    {%- for column, data_type, _ in pair_profile_columns()[2:-1] %}
        cast({{ values.get(column, 'null') }} as {{ data_type }}) as {{ column }} {%- if not loop.last %},{% endif %}
    {%- endfor %}
{%- endmacro %}

{#- Whose report a figure is. -#}
{% macro profile_basis(basis) -%}
    case {{ basis }} when 'own' then 'observed' when 'mirror' then 'by_partner' else 'missing' end
{%- endmacro %}
