{#- The figures a report may print, each with its column, its unit and the column of its decimals. -#}
{% macro printed_figures() -%}
    {{ return({
        'value_usd': ('value_usd', "'USD'", 'value_usd_decimals'),
        'value_cny': ('value_cny', "'CNY'", 'value_cny_decimals'),
        'quantity': ('quantity', 'quantity_unit_code', 'quantity_decimals'),
        'yoy_pct': ('yoy_pct', 'yoy_currency', 'yoy_decimals'),
    }) }}
{%- endmacro %}

{#-
    Which report of a figure is believed, one row per cell, figure and unit: the one most publications corroborate, then
    the most precise one, then the one that stands in the most precise report, so that exports, imports and turnover come
    from one where they can, then the latest. choice_rule names the step that decided. Growth in dollars and growth in
    yuan are two figures; so are quantities in two units. Figures of one kind do not bear on those of another, so values
    and growth are chosen where they are needed.
-#}
{% macro chosen_figures(measures) -%}
    {#- Reason for size: the figures, their pairs and the choice among them are one question. -#}
    with
        report as (

            select
                *,
                {{ ['source_code', 'reporter_code', 'partner_code', 'flow_code', 'product_key', 'period_code'] | join(" || '|' || ") }}
                as cell_key,
                -- exports, imports and turnover of one record belong together
                sum(coalesce(value_usd_decimals, 0)) over (partition by source_code, file_id, line) as n_report_decimals
            from {{ ref('int_trade_report_corrected') }}

        ),

        figure as (

            {% for measure in measures %}
                {%- set amount, unit, decimals = printed_figures()[measure] %}
                select
                    cell_key,
                    '{{ measure }}' as measure_code,
                    coalesce({{ unit }}, 'unclear') as unit_code,
                    report_key,
                    cast({{ amount }} as double) as amount,
                    {{ decimals }} as n_decimals,
                    n_report_decimals::bigint as n_report_decimals,
                    publication_id,
                    published_on
                from report
                where {{ amount }} is not null
                {% if not loop.last %}
                    union all
                {% endif %}
            {% endfor %}

        ),

        -- every figure beside every figure of the same cell, itself included: do the two reports say the same?
        paired as (

            select
                figure.cell_key,
                figure.measure_code,
                figure.unit_code,
                figure.report_key,
                other.report_key as other_key,
                other.publication_id as other_publication_id,
                abs(figure.amount - other.amount)
                <= {{ agreement_margin('figure.measure_code', 'figure.amount', 'other.amount') }} as agrees
            from figure
            inner join
                figure as other
                on figure.cell_key = other.cell_key
                and figure.measure_code = other.measure_code
                and figure.unit_code = other.unit_code

        ),

        support as (

            select
                report_key, measure_code, count(distinct case when agrees then other_publication_id end) as n_agreeing
            from paired
            group by report_key, measure_code

        ),

        ranked as (

            select
                figure.*,
                support.n_agreeing,
                row_number() over (
                    partition by figure.cell_key, figure.measure_code, figure.unit_code
                    order by
                        support.n_agreeing desc nulls last,
                        figure.n_decimals desc nulls last,
                        figure.n_report_decimals desc nulls last,
                        figure.published_on desc nulls last,
                        figure.publication_id,
                        figure.report_key
                ) as position
            from figure
            inner join support on figure.report_key = support.report_key and figure.measure_code = support.measure_code

        ),

        -- the best report that contradicts the chosen one: what it took to beat it is the rule that decided
        rivals as (

            select
                paired.report_key as chosen_key,
                paired.measure_code,
                rival.n_agreeing,
                rival.n_decimals,
                rival.n_report_decimals
            from paired
            inner join
                ranked as rival on paired.other_key = rival.report_key and paired.measure_code = rival.measure_code
            where not paired.agrees
            qualify row_number() over (partition by paired.report_key, paired.measure_code order by rival.position) = 1

        ),

        spread as (

            select
                cell_key,
                measure_code,
                unit_code,
                min(amount) as amount_min,
                max(amount) as amount_max,
                count(distinct publication_id) as n_reports
            from figure
            group by cell_key, measure_code, unit_code

        )

    select
        chosen.cell_key,
        chosen.measure_code,
        chosen.unit_code,
        chosen.report_key,
        chosen.amount,
        spread.amount_min,
        spread.amount_max,
        spread.n_reports,
        case
            when rivals.chosen_key is null and spread.n_reports = 1
            then 'only_report'
            when rivals.chosen_key is null
            then 'reports_agree'
            when chosen.n_agreeing > rivals.n_agreeing
            then 'most_corroborated'
            when chosen.n_decimals > rivals.n_decimals or chosen.n_report_decimals > rivals.n_report_decimals
            then 'most_precise'
            else 'latest_report'
        end as choice_rule
    from ranked as chosen
    inner join
        spread
        on chosen.cell_key = spread.cell_key
        and chosen.measure_code = spread.measure_code
        and chosen.unit_code = spread.unit_code
    left join rivals on chosen.report_key = rivals.chosen_key and chosen.measure_code = rivals.measure_code
    where chosen.position = 1
{%- endmacro %}
