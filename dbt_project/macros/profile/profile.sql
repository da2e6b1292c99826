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

        trade as (select * from {{ rows_of_pair(ref('bilateral_year')) }}),

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
