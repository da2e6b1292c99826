"""Where the figures come from: licences, age, rejected lines, codes nobody knows."""

from __future__ import annotations

from expectations import thresholds
from expectations.release.rule import Rule, error, warning

SOURCE = "core.dim_source"
FILE = "core.dim_raw_file"
EXCLUDED = "meta.excluded_row"
UNMAPPED = "meta.unmapped_area_code"

_ROWS_BY_LICENCE = """
with landed as (
    select source.source_code, source.is_redistributable, sum(file.row_count) as n_rows
    from core.dim_raw_file as file
    join core.dim_source as source using (source_code)
    where file.is_current
    group by all
)
select
    format('{:,}', coalesce(sum(n_rows) filter (where is_redistributable), 0)::bigint)
    || ' landed rows are redistributable, '
    || format('{:,}', coalesce(sum(n_rows) filter (where not is_redistributable), 0)::bigint) || ' are not'
    || coalesce(
        ' (' || string_agg(source_code, ', ' order by source_code) filter (where not is_redistributable) || ')', ''
    )
from landed
"""

# Records are at several product levels, so what they are compared with is too: every cell but those with World.
_UNMAPPED = """
with kept as (
    select cell.source_code, sum(cell.value_usd) as value_usd
    from (select * from core.fct_trade union all select * from core.fct_trade_total) as cell
    join core.dim_area as partner on partner.area_code = cell.partner_code
    where partner.area_kind <> 'world'
    group by all
),
unmapped as (
    select
        source_code, file_id, reason, n_rows, value_usd,
        coalesce(sum(value_usd) over (partition by source_code), 0) as source_value_usd
    from judged
    where reason like '{reasons}'
)
select
    unmapped.* exclude (source_value_usd),
    round(100 * source_value_usd / nullif(source_value_usd + coalesce(kept.value_usd, 0), 0), 3) as share_pct
from unmapped
left join kept using (source_code)
where source_value_usd > {share} * (source_value_usd + coalesce(kept.value_usd, 0))
    -- a source whose every code is unknown; one without values, such as of populations, has no share to exceed
    or kept.value_usd is null and (source_value_usd > 0 or {share} < 0)
order by all
"""

RULES: list[Rule] = [
    error(
        SOURCE,
        "source_licence_known",
        "Every source has a publisher, a licence, and says whether its figures are redistributable",
        "A source lacks a publisher or a licence",
        """
        select source_code, publisher, licence, is_redistributable
        from judged
        where
            nullif(trim(licence), '') is null
            or nullif(trim(publisher), '') is null
            or is_redistributable is null
        order by all
        """,
        "a licence for every source",
        note=_ROWS_BY_LICENCE,
        key="source_code",
    ),
    warning(
        SOURCE,
        "source_fresh",
        "The newest file of a source is no older than the source's own rhythm allows",
        "The newest file of a source is older than its rhythm allows",
        """
        select
            source.source_code, source.cadence, source.max_age_days,
            max(file.known_from) as newest_at,
            date_diff('day', max(file.known_from), now() at time zone 'UTC') as age_days,
            arg_max(file.file_id, file.known_from) as file_id
        from judged as source
        join core.dim_raw_file as file using (source_code)
        where source.max_age_days is not null
        group by all
        having age_days > source.max_age_days
        order by all
        """,
        "an age within the limit of the source (max_age_days)",
        key="source_code",
    ),
    error(
        FILE,
        "file_on_record",
        "The release names the files it was made from",
        "The release does not name the files it was made from",
        "select count(*) as n_files from judged where is_current having count(*) = 0",
        "at least one current file",
    ),
    warning(
        FILE,
        "file_few_rejects",
        f"No current file had more than {thresholds.REJECT_SHARE:.0%} of its lines rejected",
        f"A file had more than {thresholds.REJECT_SHARE:.0%} of its lines rejected",
        f"""
        select
            source_code, table_name, file_id, row_count, reject_count,
            round(100 * reject_count / (row_count + reject_count), 2) as rejected_pct
        from judged
        where is_current and reject_count > {thresholds.REJECT_SHARE} * (row_count + reject_count)
        order by all
        """,
        f"at most {thresholds.REJECT_SHARE:.0%}",
        key="file_id",
    ),
    # A code its publisher invents stops nothing by itself: the rows are kept as landed, counted by value, and told.
    warning(
        EXCLUDED,
        "unmapped_codes_negligible",
        f"Codes no list knows hold at most {thresholds.UNMAPPED_SHARE:.1%} of a source's value",
        f"Codes that no list knows hold more than {thresholds.UNMAPPED_SHARE:.1%} of a source's value",
        _UNMAPPED.replace("{share}", str(thresholds.UNMAPPED_SHARE)).replace("{reasons}", "unknown%"),
        f"at most {thresholds.UNMAPPED_SHARE:.1%} of the value",
        key="source_code, reason, file_id",
    ),
    warning(
        EXCLUDED,
        "unmapped_codes_none",
        "Every code of every source is in a code list",
        "A source uses a code that no list knows",
        _UNMAPPED.replace("{share}", "-1").replace("{reasons}", "unknown%"),
        "no unknown area, flow or period",
        key="source_code, reason, file_id",
    ),
    # A word of a table of one's own must not stop what others published.
    warning(
        EXCLUDED,
        "own_words_mapped",
        "Every area, flow, product and period of your tables is known here",
        "Your tables use an area, flow, product or period that is not known here",
        _UNMAPPED.replace("{share}", "-1").replace("{reasons}", "unmapped%"),
        "none unknown; `values` in the contract of a table gives words their codes",
        key="source_code, reason, file_id",
        remedy="Give each word its code under `values:` in the contract of the table and run again (the head of the "
        "contract lists names without a code), or accept that these rows are left out",
    ),
    warning(
        UNMAPPED,
        "listed_codes_known",
        "Every area code UN Comtrade lists or uses is in our list of codes",
        "UN Comtrade uses an area code that is not in our list",
        "select * from judged order by share_pct desc nulls last, code",
        "every code in our list (seed area_code)",
        key="code",
    ),
]
