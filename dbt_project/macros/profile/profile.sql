{#-
    Everything the warehouse says of a pair, one row per figure: the body of the table macro marts.profile. Every
    section gives the same columns, codes and numbers only; the two directions of the pair are rows of their own.
-#}
{% macro pair_profile() -%}
    {%- set sections = [
        profile_trade(), profile_group(), profile_mirror(), profile_rank(), profile_commodity(),
        profile_chapter(), profile_settlement(), profile_target(), profile_event(), profile_statement(), profile_missing(),
    ] -%}
    with
        sides as (

            select upper(of_area) as reporter_code, upper(with_area) as partner_code
            union all
            select upper(with_area) as reporter_code, upper(of_area) as partner_code

        ),

        known as (select * from {{ rows_of_pair(ref('bilateral_year')) }}),

        ranked as (select * from {{ rows_of_pair(ref('partner_rank')) }} as ranks where not is_among_few),

        -- every year from the first with a figure, of members of a group too, or a rank, to the last of the release
        -- or of a side that came to an end
        years as (

            select unnest(range(span.first_year, span.last_year + 1)) as year_number
            from
                (
                    select
                        (
                            select min(year_number)
                            from
                                (
                                    select year_number
                                    from known
                                    union all
                                    select year_number
                                    from {{ rows_of_pair(ref('bilateral_group_year')) }} as added_up
                                    where greatest(n_turnover_known, n_exports_known, n_imports_known) > 0
                                    union all
                                    select year_number
                                    from ranked
                                    where rank_best is not null
                                ) as told
                        ) as first_year,
                        least(
                            (select max(year_number) from {{ ref('bilateral_year') }}),
                            (
                                select min(extract(year from area.valid_to))
                                from {{ target.database }}.core.dim_area as area
                                where area.area_code in (upper(of_area), upper(with_area))
                            )
                        ) as last_year
                    where exists (select 1 from known)
                ) as span

        ),

        trade as (

            select
                sides.reporter_code,
                sides.partner_code,
                years.year_number,
                cast(years.year_number as varchar) as period_code,
                known.* exclude (reporter_code, partner_code, year_number, period_code)
            from sides
            cross join years
            left join
                known
                on sides.reporter_code = known.reporter_code
                and sides.partner_code = known.partner_code
                and years.year_number = known.year_number

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
{%- endmacro %}

{#-
    Rows of a relation about either way of the pair, to select from: two comparisons with what was asked for, so that
    the engine skips the rest of the file, of which a join would read a good part.
-#}
{% macro rows_of_pair(relation) -%}
    (
        {%- for reporter, partner in [('of_area', 'with_area'), ('with_area', 'of_area')] %}
            select *
            from {{ relation }}
            where reporter_code = upper({{ reporter }}) and partner_code = upper({{ partner }})
            {% if not loop.last %}
                union all
            {% endif %}
        {%- endfor %}
    )
{%- endmacro %}

{#-
    The columns of a section, in their order; what it has not is NULL. `item` is an expression, `values` gives the
    expression of a column, or one for each item where the section has profile_items.
-#}
{% macro profile_row(section, item, values) -%}
    '{{ section }}' as section,
    {{ item }} as item,
    {%- for column, data_type, _ in pair_profile_columns()[2:-1] %}
        {%- set value = values.get(column, 'null') %}
        cast({{ value if value is string else profile_by_item(value) }} as {{ data_type }}) as {{ column }}
        {%- if not loop.last %},{% endif %}
    {%- endfor %}
{%- endmacro %}

{#- The value of an item; an item that is not named has none. -#}
{% macro profile_by_item(values) -%}
    case figure.item {% for item, value in values.items() %} when '{{ item }}' then {{ value }} {% endfor %} end
{%- endmacro %}

{#- Figures a row of a section is told as, a row each: a relation to cross join, read once however many they are. -#}
{% macro profile_items(items) -%}
    (values {% for item in items %} ('{{ item }}') {%- if not loop.last %}, {% endif %} {% endfor %}) as figure(item)
{%- endmacro %}

{#- Whose report a figure is. -#}
{% macro profile_basis(basis) -%}
    case
        {{ basis }}
        when 'own'
        then 'observed'
        when 'mirror'
        then 'by_partner'
        when 'derived'
        then 'estimated'
        else 'missing'
    end
{%- endmacro %}
