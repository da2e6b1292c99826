{#- Currencies the pair settles in, and those of all trade of either side. -#}
{% macro profile_settlement() -%}
    select
        {{ profile_row('settlement', "case when share.partner_code = 'WLD' then 'share_of_all_trade_pct' "
            ~ "else 'share_of_pair_pct' end", {
            'detail': 'share.currency_code',
            'reporter_code': 'share.reporter_code',
            'partner_code': 'share.partner_code',
            'period_code': 'share.period_code',
            'value': 'share.share_pct',
            'value_min': 'share.share_pct_min',
            'value_max': 'share.share_pct_max',
            'unit': "'percent'",
            'state': "'observed'",
            'name': 'share.scope_text',
            'rule_code': 'share.choice_rule',
            'publication_id': 'share.publication_id',
            'file_id': 'share.file_id',
            'line': 'share.line',
        }) }}
    from {{ ref('settlement_currency') }} as share
    inner join
        sides
        on share.reporter_code = sides.reporter_code
        and share.partner_code in (sides.partner_code, {{ world_code() }})
{%- endmacro %}

{#- Targets set for the pair, against the turnover each side reported. -#}
{% macro profile_target() -%}
    select
        {{ profile_row('target', "'target_usd'", {
            'detail': 'target.target_id',
            'reporter_code': 'target.reporter_code',
            'partner_code': 'target.partner_code',
            'period_code': 'cast(target.due_year as varchar)',
            'value': 'case when target.target_low_usd = target.target_high_usd then target.target_low_usd end',
            'value_min': 'target.target_low_usd',
            'value_max': 'target.target_high_usd',
            'unit': "'usd'",
            'state': "case when target.latest_usd is null then 'missing' when target.is_reached_by_due is false and target.is_reached then 'reached_late' "
                ~ "when target.is_reached then 'reached' "
                ~ "when not target.is_reached then 'not_reached' else 'unknown' end",
            'name': 'target.announced_by',
            'reason_code': 'target.outcome_code',
            'n_missing': 'target.n_missing_years',
            'announced_text': 'target.announced_text',
            'due_year': 'target.due_year',
            'year_reached': 'target.year_reached',
            'n_years_late': 'target.n_years_late',
            'last_known_year': 'target.last_known_year',
            'first_missing_year': 'target.first_missing_year',
            'last_missing_year': 'target.last_missing_year',
            'publication_id': 'target.publication_id',
            'file_id': 'target.file_id',
            'line': 'target.line',
        }) }}
    from {{ ref('target_progress') }} as target
    inner join sides on target.reporter_code = sides.reporter_code and target.partner_code = sides.partner_code
{%- endmacro %}

{#- Events one side, or a group it was in that day, imposed on the other. -#}
{% macro profile_event() -%}
    select
        {{ profile_row('event', 'happened.event_kind', {
            'detail': 'happened.event_id',
            'reporter_code': 'event.imposing_code',
            'partner_code': 'event.target_code',
            'period_code': "left(cast(happened.event_on as varchar), case when happened.date_precision = 'month' then 7 else 10 end)",
            'state': "'observed'",
            'name': 'happened.event_name',
            'publication_id': 'event.publication_id',
            'file_id': 'event.file_id',
            'line': 'event.line',
        }) }}
    from {{ ref('fct_event') }} as event
    inner join {{ ref('dim_event') }} as happened on event.event_id = happened.event_id
    inner join sides on event.target_code = sides.partner_code
    left join
        {{ ref('bridge_area_group') }} as member
        on event.imposing_code = member.group_code
        and member.area_code = sides.reporter_code
        and member.member_from <= happened.event_on
        and (member.member_to is null or member.member_to >= happened.event_on)
    where event.imposing_code = sides.reporter_code or member.group_code is not null
{%- endmacro %}

{#- Statements about the pair with the verdict on each. -#}
{% macro profile_statement() -%}
    select
        {{ profile_row('statement', 'claim.statement_kind', {
            'detail': 'claim.statement_id',
            'reporter_code': 'said.subject_code',
            'partner_code': 'said.counterpart_code',
            'period_code': 'claim.claimed_period_text',
            'value': 'claim.claimed_value',
            'value_min': 'claim.found_low',
            'value_max': 'claim.found_high',
            'unit': 'claim.unit_code',
            'state': 'claim.verdict',
            'name': 'claim.said_by',
            'rule_code': 'claim.found_rule',
            'publication_id': 'claim.publication_id',
            'file_id': 'claim.file_id',
            'line': 'claim.line',
        }) }}
    from {{ ref('claim_check') }} as claim
    inner join {{ ref('fct_statement') }} as said on claim.statement_id = said.statement_id
    inner join sides on said.subject_code = sides.reporter_code and said.counterpart_code = sides.partner_code
{%- endmacro %}
