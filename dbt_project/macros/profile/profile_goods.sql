{#- Commodities as the press groups them, printed or added up from HS codes. -#}
{% macro profile_commodity() -%}
    select
        {{ profile_row('commodity', "case mix.flow_code when 'X' then 'exports_usd' when 'M' then 'imports_usd'"
            ~ " else 'turnover_usd' end", {
            'detail': 'mix.commodity_group_code',
            'reporter_code': 'mix.reporter_code',
            'partner_code': 'mix.partner_code',
            'period_code': 'mix.period_code',
            'value': 'mix.value_usd',
            'unit': "'usd'",
            'state': "case when mix.value_usd is null then 'missing'"
                ~ " when source.report_kind = 'compiled' then 'estimated' else 'observed' end",
            'basis_code': "case when source.report_kind = 'compiled' then 'derived' end",
            'rule_code': 'mix.value_rule',
            'reason_code': "case when mix.value_usd is null then 'no_amount' end",
            'share_pct': 'mix.share_of_flow_pct',
            'source_code': 'mix.source_code',
            'publication_id': 'mix.publication_id',
            'file_id': 'mix.file_id',
            'line': 'mix.line',
        }) }}
    from {{ rows_of_pair(ref('commodity_mix')) }} as mix
    left join {{ ref('dim_source') }} as source on mix.source_code = source.source_code
{%- endmacro %}

{#-
    Chapters of the HS, from the source of highest priority that has the pair by product, and what it does not specify by
    product. All is joined from the left, and rows without a chapter are left out at last: of an inner join, or of what
    makes one of it, the engine makes filters that are asked of every cell before the pair is.
-#}
{% macro profile_chapter() -%}
    select
        {{ profile_row('chapter', "case goods.flow_code when 'X' then 'exports_usd' else 'imports_usd' end", {
            'detail': 'goods.chapter_code',
            'reporter_code': 'goods.reporter_code',
            'partner_code': 'goods.partner_code',
            'period_code': 'goods.period_code',
            'value': 'goods.value_usd',
            'unit': "'usd'",
            'state': "'computed'",
            'rule_code': "'sum_of_cells'",
            'n_known': 'goods.n_cells',
            'valuation_code': 'goods.valuation_code',
            'source_code': 'goods.source_code',
            'file_id': 'goods.file_id',
        }) }}
    from
        (
            select
                chapter.*,
                period.freq_code,
                dense_rank() over (
                    partition by
                        chapter.reporter_code,
                        chapter.partner_code,
                        chapter.flow_code,
                        chapter.period_code,
                        chapter.chapter_code is null
                    order by source.priority nulls last, chapter.source_code
                ) as choice
            from
                (
                    select
                        cell.reporter_code,
                        cell.partner_code,
                        cell.flow_code,
                        cell.period_code,
                        coalesce(
                            product.chapter_code, case when product.product_level = 'residual' then 'not_specified' end
                        ) as chapter_code,
                        cell.source_code,
                        min(cell.valuation_code) as valuation_code,
                        min(cell.file_id) as file_id,
                        count(*) as n_cells,
                        sum(cell.value_usd)::decimal(18, 3) as value_usd
                    from {{ rows_of_pair(ref('fct_trade')) }} as cell
                    left join {{ ref('dim_product') }} as product on cell.product_key = product.product_key
                    where cell.flow_code in ('X', 'M')
                    group by all
                ) as chapter
            left join {{ ref('dim_period') }} as period on chapter.period_code = period.period_code
            left join {{ ref('dim_source') }} as source on chapter.source_code = source.source_code
        ) as goods
    where goods.choice = 1 and goods.freq_code = 'A' and goods.chapter_code is not null
{%- endmacro %}
