{#- Name, type and meaning of the columns of marts.profile; the sections give all but the last. -#}
{% macro pair_profile_columns() -%}
    {{ return([
        (
            'section', 'varchar', 'trade, members (a group added up), mirror (both reports of a flow, exporter first), '
                ~ 'rank, commodity (groups of the press), chapter (HS), settlement, target, event, statement or '
                ~ 'missing.',
        ),
        ('item', 'varchar', 'What is measured, with its unit in the name.'),
        ('detail', 'varchar', 'Perimeter of a rank, commodity, chapter, currency, or id of a target, event, statement.'),
        (
            'name', 'varchar', 'As recorded in the source: name of an event, scope of a settlement share, who announced '
                ~ 'a target, who made a statement.',
        ),
        ('reporter_code', 'varchar', 'Whose statistic, position, measure or subject it is.'),
        ('partner_code', 'varchar', 'The other side, or WLD.'),
        ('period_code', 'varchar', 'Period, year due, or day; the month of an event of which no day is known.'),
        (
            'value', 'decimal(18, 3)', 'The figure, in the unit of the row; NULL where it is not known. '
                ~ 'Of a rank the place among named partners.',
        ),
        (
            'value_min', 'decimal(18, 3)', 'Least it can be; of a rank the best place, of a streak the certain years, '
                ~ 'whoever the trade without a named partner was with.',
        ),
        (
            'value_max', 'decimal(18, 3)', 'Most it can be; of a rank the worst place, of a streak the possible years, '
                ~ 'whoever the trade without a named partner was with.',
        ),
        ('unit', 'varchar', 'Unit of the three values: usd, percent, rank, years, or the unit a statement was made in.'),
        (
            'state', 'varchar', 'observed, by_partner, estimated, computed, no_rate (known in its own currency only) or '
                ~ 'missing; the state of a rank, a target (reached, reached_late, not_reached, unknown) or the verdict on a statement.',
        ),
        (
            'basis_code', 'varchar', 'Whose report the figure is: own, mirror or derived '
                ~ '(core.dim_code, list basis).',
        ),
        (
            'rule_code', 'varchar', 'How the figure came about (list rule); of a missing report what is used instead '
                ~ '(list stand_in), of a statement how it was tested.',
        ),
        (
            'reason_code', 'varchar', 'Why the figure is missing (list figure_gap), why a report is (list report_gap), '
                ~ 'or what became of a target (list target_outcome).',
        ),
        ('cause_codes', 'varchar', 'Known causes of a gap between both reports, separated by blanks (list mirror_cause).'),
        (
            'n_known', 'bigint', 'What the figure stands on: economies observed for a rank, pairs of members known, cells '
                ~ 'of a chapter.',
        ),
        ('n_total', 'bigint', 'Out of how many: economies ranked, pairs of members.'),
        ('n_mirrored', 'bigint', 'Known ones by the report of the partner, in whole or in part.'),
        ('n_missing', 'bigint', 'Economies nobody reports, or years without a report since a target was announced.'),
        ('share_pct', 'decimal(18, 4)', 'Share of a commodity in the flow, percent.'),
        ('announced_text', 'varchar', 'Day, month or year a target was announced, as far as known.'),
        ('due_year', 'integer', 'Year a target is due.'),
        ('year_reached', 'integer', 'First year a target was reached in.'),
        ('n_years_late', 'integer', 'Years after its due year in which a target was reached.'),
        ('last_known_year', 'integer', 'Last year reported since a target was announced.'),
        ('first_missing_year', 'integer', 'First year since then without a report.'),
        ('last_missing_year', 'integer', 'Last year since then without a report.'),
        ('valuation_code', 'varchar', 'Valuation, exports + imports for a turnover.'),
        ('source_code', 'varchar', 'Source.'),
        ('publication_id', 'varchar', 'Publication.'),
        ('file_id', 'varchar', 'Raw file.'),
        ('line', 'bigint', 'Line of the raw file.'),
        ('known_from', 'timestamp', 'When that file was fetched, UTC: the vintage.'),
    ]) }}
{%- endmacro %}
