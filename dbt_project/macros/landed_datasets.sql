{#-
    What landed, seen as datasets: one per source, reporter, flow, period and classification, with what may be said of
    cells that are not in it. TOTAL is the trade without products; a source that gives all partners by product only
    (BACI) has its totals in them. Partners are complete where the source says so, or where they add up to its World but
    for the rounding of what is printed: what is left beyond that is the trade of a partner that is not there. Where a
    cell has no dollars for want of a rate, some partners and products only are known in dollars, and an absent one is no
    zero. The first step of fct_availability.
-#}
{% macro landed_datasets() -%}
    {#- Reason for size: what a dataset has and how complete it is are asked of the same sums. -#}
    {%- set dataset = 'source_code, reporter_code, flow_code, period_code' %}
    {%- set measures = 'coverage, cell_state, partner_code, partner_kind, amount, value_usd, base_amount, n_digits, n_cells, publication_id, file_id' %}
    with
        sums as (

            select
                sums.source_code,
                sums.reporter_code,
                sums.flow_code,
                sums.period_code,
                sums.classification_code,
                sums.coverage,
                sums.cell_state,
                sums.partner_code,
                partner.area_kind as partner_kind,
                case when sums.cell_state is distinct from 'suppressed' then sums.value_any_currency end as amount,
                case when sums.cell_state is distinct from 'suppressed' then sums.value_usd end as value_usd,
                case when sums.is_additive then sums.value_usd end as base_amount,
                greatest(sums.product_key_length - length(sums.classification_code) - 1, 0) as n_digits,
                case when sums.cell_state = 'suppressed' then 0 else sums.n_cells end as n_cells,
                sums.publication_id,
                sums.file_id
            from {{ ref('trade_pair_sum') }} as sums
            inner join {{ ref('area') }} as partner on sums.partner_code = partner.area_code
            -- what products leave of a total is no product a dataset has; what they leave of a code it has in the code
            where sums.classification_code <> 'UNALLOCATED'

        ),

        -- what adding up gives of each partner, beside its published total: all that products leave of it is in there
        added_by_partner as (

            select
                sums.source_code,
                sums.reporter_code,
                sums.flow_code,
                sums.period_code,
                sums.partner_code,
                sum(case when sums.is_additive then sums.value_usd end) as added_usd,
                sum(case when sums.classification_code = 'TOTAL' then sums.value_usd end) as total_usd,
                sum(sums.n_without_rate) as n_without_rate
            from {{ ref('trade_pair_sum') }} as sums
            inner join {{ ref('area') }} as partner on sums.partner_code = partner.area_code
            where partner.area_kind in ('economy', 'nes', 'special')
            group by {{ dataset }}, sums.partner_code

        ),

        added as (

            select
                {{ dataset }},
                sum(added_usd) as added_usd,
                sum(greatest(added_usd - total_usd, 0)) as product_excess_usd,
                sum(n_without_rate) as n_without_rate
            from added_by_partner
            group by {{ dataset }}

        ),

        with_totals as (

            select {{ dataset }}, classification_code, {{ measures }}
            from sums

            union all

            select {{ dataset }}, 'TOTAL' as classification_code, {{ measures }}
            from
                (
                    select
                        *,
                        max(case when classification_code = 'TOTAL' then 1 else 0 end) over (
                            partition by {{ dataset }}
                        ) as n_totals
                    from sums
                ) as by_product
            where coverage = 'complete' and classification_code <> 'TOTAL' and base_amount is not null and n_totals = 0

        ),

        grouped as (

            select
                {{ dataset }},
                classification_code,
                max(case when coverage = 'complete' then 1 else 0 end) = 1 as says_complete,
                max(case when coverage = 'download' then 1 else 0 end) = 1 as is_download,
                -- observed, where any cell is
                max(case when cell_state = 'observed' then 1 else 0 end) = 1 as is_observed,
                min(cell_state) as other_state,
                cast(sum(n_cells) as bigint) as row_count,
                count(distinct case when partner_kind = 'economy' then partner_code end) as n_partners,
                sum(case when partner_kind in ('economy', 'nes', 'special') then amount end) as partners_amount,
                sum(case when partner_kind = 'world' then amount end) as world_amount,
                sum(case when partner_kind in ('economy', 'nes', 'special') then value_usd end) as partners_usd,
                sum(case when partner_kind = 'world' then value_usd end) as world_usd,
                sum(base_amount) as base_amount,
                max(case when base_amount is not null then n_digits end) as n_digits,
                {{ rounding_of_sum('amount', 'n_cells', "partner_kind in ('economy', 'nes', 'special', 'world')") }}
                as rounding_amount,
                min(publication_id) as publication_id,
                min(file_id) as file_id,
                count(distinct file_id) as n_files
            from with_totals
            group by {{ dataset }}, classification_code

        ),

        compared as (

            select
                grouped.*,
                max(case when grouped.classification_code = 'TOTAL' then grouped.partners_amount end) over (
                    partition by grouped.source_code, grouped.reporter_code, grouped.flow_code, grouped.period_code
                ) as total_amount,
                -- a report may have its pairs in several revisions of the HS, each pair in one of them
                sum(case when grouped.classification_code not in ('TOTAL', 'G') then grouped.base_amount end) over (
                    partition by grouped.source_code, grouped.reporter_code, grouped.flow_code, grouped.period_code
                ) as products_amount,
                added.added_usd - coalesce(added.product_excess_usd, 0) as added_usd,
                added.product_excess_usd,
                coalesce(added.n_without_rate, 0) = 0 as is_in_dollars,
                grouped.is_download
                and grouped.n_partners > 0
                and abs(grouped.world_amount - grouped.partners_amount)
                <= least(grouped.rounding_amount, 0.001 * grouped.world_amount) as adds_up
            from grouped
            left join
                added
                on grouped.source_code = added.source_code
                and grouped.reporter_code = added.reporter_code
                and grouped.flow_code = added.flow_code
                and grouped.period_code = added.period_code

        )

    select
        {{ dataset }},
        classification_code,
        case
            when n_partners = 0
            then 'world'
            when is_in_dollars and (says_complete or adds_up)
            then 'complete'
            else 'selected'
        end as partner_scope,
        -- what a partner that is not named may have all the same, where they are complete by adding up
        case
            when is_in_dollars and adds_up and not says_complete and world_amount > 0
            then
                cast(
                    {{ ratio('least(rounding_amount, 0.001 * world_amount)', 'world_amount') }}
                    * world_usd as decimal(28, 3)
                )
        end as partner_tolerance_usd,
        -- of the trade without products all that adding up leaves of the World, whatever of it has landed
        cast(
            case
                when classification_code = 'TOTAL'
                then world_usd - coalesce(added_usd, partners_usd, 0)
                when n_partners > 0
                then world_usd - partners_usd
            end as decimal(28, 3)
        ) as partner_shortfall_usd,
        cast(
            case when classification_code = 'TOTAL' then product_excess_usd end as decimal(28, 3)
        ) as product_excess_usd,
        case
            when classification_code = 'TOTAL'
            then 'total'
            when
                classification_code <> 'G'
                and is_in_dollars
                and (says_complete or (base_amount is not null and products_amount >= 0.999 * total_amount))
            then 'complete'
            else 'selected'
        end as product_scope,
        cast(case when classification_code = 'TOTAL' then 0 else n_digits end as integer) as product_digits,
        case when is_observed then 'observed' else other_state end as cell_state,
        row_count,
        n_partners,
        publication_id,
        file_id,
        n_files
    from compared
{%- endmacro %}
