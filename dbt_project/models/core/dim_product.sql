-- Products as a tree: total, section, chapter, heading, subheading; beside it the groups the press names. A code
-- without a text in the records takes the one of UN Comtrade's list of its revision, where that has been fetched.
-- Reason for size: every level of the tree and the groups beside it stand in one place.
with
    -- texts of UN Comtrade's own product lists, without the code and the dashes they begin with
    reference as (

        select
            classification_code || ':' || product_code as product_key,
            n_digits,
            regexp_replace(
                case
                    when left(product_text, length(product_code) + 3) = product_code || ' - '
                    then right(product_text, length(product_text) - length(product_code) - 3)
                    else product_text
                end,
                '^[- ]+',
                ''
            ) as product_name
        from {{ landed('comtrade_reference', 'product') }}
        where n_digits > 0

    ),

    occurring as (

        select
            product_key,
            split_part(product_key, ':', 1) as hs_revision,
            split_part(product_key, ':', 2) as product_code,
            product_name
        from {{ ref('int_product_occurring') }}

        union all

        -- what any record may be converted into (bridge_product_revision)
        select distinct
            from_revision || ':' || from_code as product_key,
            from_revision as hs_revision,
            from_code as product_code,
            cast(null as varchar) as product_name
        from {{ ref('int_product_link') }}

    ),

    -- a subheading brings its heading along, and a tariff line both, so that the tree has no gap; what a publisher
    -- keeps confidential is known by chapter only
    codes as (

        select hs_revision, product_code, product_name
        from occurring

        {% for n_digits in [4, 6] %}
            union all

            select
                hs_revision, left(product_code, {{ n_digits }}) as product_code, cast(null as varchar) as product_name
            from occurring
            where
                length(product_code) > {{ n_digits }} and (length(product_code) < 8 or {{ is_number('product_code') }})
        {% endfor %}

    ),

    coded as (

        select
            hs_revision || ':' || product_code as product_key,
            hs_revision,
            product_code,
            max(product_name) as product_name
        from codes
        group by hs_revision, product_code

    ),

    tree as (

        select
            coded.product_key,
            nullif(coded.hs_revision, 'HS') as hs_revision,
            coded.product_code,
            case
                coalesce(reference.n_digits, length(coded.product_code))
                when 2
                then 'chapter'
                when 4
                then 'heading'
                when 8
                then 'tariff_line'
                else 'subheading'
            end as product_level,
            coalesce(
                coded.product_name,
                case length(coded.product_code) when 2 then chapter.chapter_name end,
                reference.product_name,
                case
                    when length(coded.product_code) = 8 and {{ is_number('coded.product_code') }}
                    then 'CN ' || coded.product_code
                    when length(coded.product_code) = 8
                    then 'Confidential trade, CN ' || coded.product_code
                end,
                'HS ' || coded.product_code
            ) as product_name,
            case
                when length(coded.product_code) = 2
                then 'S:' || chapter.section_code
                when
                    length(coded.product_code) = 4
                    or (length(coded.product_code) = 8 and not {{ is_number('coded.product_code') }})
                then 'HS:' || left(coded.product_code, 2)
                else
                    coded.hs_revision
                    || ':'
                    || left(coded.product_code, case length(coded.product_code) when 8 then 6 else 4 end)
            end as parent_product_key,
            left(coded.product_code, 2) as chapter_code,
            chapter.section_code
        from coded
        left join {{ ref('hs_chapter') }} as chapter on left(coded.product_code, 2) = chapter.chapter_code
        left join reference on coded.product_key = reference.product_key
        where coded.hs_revision <> 'HS' or length(coded.product_code) > 2

        union all

        select
            'HS:' || chapter_code,
            cast(null as varchar),
            chapter_code,
            'chapter',
            chapter_name,
            'S:' || section_code,
            chapter_code,
            section_code
        from {{ ref('hs_chapter') }}

    ),

    -- codes that occur beside finer ones, which may leave something of them (int_trade_cell_unspecified)
    broken_down as (

        {% for n_digits in [2, 4, 6] %}
            select left(product_key, {{ 3 + n_digits }}) as product_key
            from {{ ref('int_product_occurring') }}
            where length(product_key) > {{ 3 + n_digits }} {{ 'union' if not loop.last }}
        {% endfor %}

    )

select *
from tree

union all

select
    tree.product_key || '-',
    tree.hs_revision,
    tree.product_code || '-',
    'residual',
    tree.product_name || ', not specified further',
    tree.product_key,
    tree.chapter_code,
    tree.section_code
from tree
inner join {{ ref('int_product_occurring') }} as occurring on tree.product_key = occurring.product_key
inner join broken_down on tree.product_key = broken_down.product_key

union all

select
    'S:' || section_code,
    cast(null as varchar),
    section_code,
    'section',
    section_name,
    'TOTAL',
    cast(null as varchar),
    section_code
from {{ ref('hs_section') }}

union all

select
    'G:' || commodity_group_code,
    cast(null as varchar),
    commodity_group_code,
    'group',
    commodity_group_name,
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar)
from {{ ref('commodity_group') }}

union all

select
    'TOTAL',
    cast(null as varchar),
    'TOTAL',
    'total',
    'All products',
    cast(null as varchar),
    cast(null as varchar),
    cast(null as varchar)

union all

-- what remains of a pair's trade once all products are taken out; fct_trade and fct_trade_reconciled have it
select
    'UNALLOCATED',
    cast(null as varchar),
    'UNALLOCATED',
    'residual',
    'Not specified by product',
    'TOTAL',
    cast(null as varchar),
    cast(null as varchar)
