{#-
    Areas, and the places of a source's products, each with a small number. Eleven million cells are grouped by numbers
    at a third of what their codes cost; the codes come back where the sums are few. A number means nothing outside its
    query.
-#}
{% macro numbered_areas() -%}
    select area_code, is_economy, cast(row_number() over (order by area_code nulls last) as smallint) as area_number
    from {{ ref('dim_area') }}
{%- endmacro %}

{#-
    Products of product_placed, one row for each key of a source: products, their chapters, and TOTAL.
    In DuckDB union is distinct, so every key has one number.
-#}
{% macro numbered_products() -%}
    select
        source_code,
        product_key,
        cast(row_number() over (order by source_code nulls last, product_key nulls last) as integer) as product_number
    from
        (
            select source_code, product_key
            from {{ ref('product_placed') }}
            union
            select source_code, chapter_key
            from {{ ref('product_placed') }}
            union
            select source_code, 'TOTAL'
            from {{ ref('product_placed') }}
        ) as keys
{%- endmacro %}

{#- product_placed with the numbers of its product and its chapter, from numbered_products() in the CTE `products`. -#}
{% macro numbered_places() -%}
    select placed.*, product.product_number, chapter.product_number as chapter_number
    from {{ ref('product_placed') }} as placed
    inner join
        products as product on placed.source_code = product.source_code and placed.product_key = product.product_key
    inner join
        products as chapter on placed.source_code = chapter.source_code and placed.chapter_key = chapter.product_key
{%- endmacro %}

{#-
    product_placed with the rank of its product among all keys as its number, for priced_cell and for what it is held
    against in one query. Read in place: of a CTE joined for it the engine expects too little, and looks up the cells.
-#}
{% macro ranked_places() -%}
    (select *, dense_rank() over (order by product_key nulls last) as product_number from {{ ref('product_placed') }})
{%- endmacro %}
