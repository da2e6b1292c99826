{#-
    Every economy that ever stood in the reporter's trade, in the years it was there: a predecessor is no partner whose
    report is missing.
-#}
{% macro ranked_partners() %}
    select partners.reporter_code, partners.partner_code, years.year_number, measures.measure
    from (select distinct reporter_code, partner_code from {{ ref('partner_evidence') }}) as partners
    inner join
        (select distinct reporter_code, year_number from {{ ref('partner_evidence') }}) as years
        on partners.reporter_code = years.reporter_code
    inner join {{ ref('dim_area') }} as area on partners.partner_code = area.area_code
    cross join (values ('exports'), ('imports'), ('turnover')) as measures(measure)
    where {{ existed('area', 'years.year_number') }}
    union
    select reporter_code, partner_code, year_number, measure
    from {{ ref('partner_evidence') }}
{% endmacro %}
