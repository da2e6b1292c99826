{#-
    Products nest, and a report need not go equally deep everywhere: chapters beside a few subheadings. What may be added
    up are the codes that no finer code of the same pair begins with; what those leave of a coarser code is a cell of its
    own (int_trade_cell_unspecified), as what products leave of the total is.
-#}
{#- The next product of a pair: sorted as text, what a code is broken down into stands right behind it. -#}
{% macro next_product_key(pair, of) -%}
    lead({{ of }}.product_key) over (
        partition by {% for name in pair %} {{ of }}.{{ name }}{{ ', ' if not loop.last }} {% endfor %}
        order by case when {{ of }}.product_key = 'TOTAL' then 0 else 1 end, {{ of }}.product_key
    )
{%- endmacro %}

{#- Whether a cell is not broken down by the product behind it; a total is by any product. -#}
{% macro is_not_broken_down() -%}
    (
        next_product_key is null
        or (product_key <> 'TOTAL' and left(next_product_key, length(product_key)) <> product_key)
    )
{%- endmacro %}

{#-
    The revision of the Harmonized System that counts, one row per pair whose products are in several: of those whose
    coarsest codes reach the most of them, or the total of the pair, within a thousandth, the one with the finest codes,
    then the newest. `cells` is a CTE with one row per product and revision, `value` its column of values.
-#}
{% macro revision_chosen(cells, pair, value) -%}
    {%- set key = pair | join(', ') %}
    with
        several as (

            select {{ key }}
            from {{ cells }}
            where product_key <> 'TOTAL'
            group by {{ key }}
            having min(classification_code) <> max(classification_code)

        ),

        product as (

            select
                cell.*,
                {% for n_digits in [2, 4] %}
                    max(case when n_digits = {{ n_digits }} then 1 else 0 end) over (
                        partition by {{ key }}, left(product_key, {{ 3 + n_digits }})
                    )
                    = 1
                    and n_digits > {{ n_digits }}
                    {{ 'or' if not loop.last else 'as is_part' }}
                {% endfor %}
            from {{ cells }} as cell
            inner join several using ({{ key }})
            where product_key <> 'TOTAL'

        ),

        revision as (

            select
                {{ key }},
                classification_code,
                max(n_digits) as n_digits,
                sum(case when not is_part then {{ value }} end) as reached
            from product
            group by {{ key }}, classification_code

        ),

        total as (select {{ key }}, {{ value }} as total from {{ cells }} where product_key = 'TOTAL'),

        compared as (

            select revision.*, least(max(reached) over (partition by {{ key }}), total) as most
            from revision
            left join total using ({{ key }})

        )

    select {{ key }}, classification_code
    from compared
    qualify
        row_number() over (
            partition by {{ key }}
            order by case when reached >= 0.999 * most then 0 else 1 end, n_digits desc, classification_code desc
        )
        = 1
{%- endmacro %}
