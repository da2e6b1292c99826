{#-
    Whether a group on either side of a pair gained or lost members between two days, so that its figures of two periods
    are of two groups. A member of the first day, or one that leaves on the last, was there all the time. Fixed lists
    (EU27, EU28) and economies never change.
-#}
{% macro members_changed(reporter_code, partner_code, first_day, last_day) -%}
    exists (
        select 1
        from {{ ref('bridge_area_group') }} as membership
        where
            membership.group_code in ({{ reporter_code }}, {{ partner_code }})
            and (
                (membership.member_from > {{ first_day }} and membership.member_from <= {{ last_day }})
                or (membership.member_to >= {{ first_day }} and membership.member_to < {{ last_day }})
            )
    )
{%- endmacro %}
