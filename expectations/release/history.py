"""core.trade_cell_history: what was known at a time stays what was known at that time.

Method: a state of a cell that has ended is past. The next release may add states that end, and change or drop none. And
what the last release gave is the answer for the time it was built, though none of it had ended then; so the answer of
core.trade_asof for a past time is the same in every release. Only other code, or another contract of one of your
tables, may tell the past anew.

core.fct_trade_revision lays the two answers for that time side by side wherever a cell is not what it was. A cell that
is what it was and stands in a newer file has an older vintage in core.trade_cell_restated, else that was forgotten. Not
asked: whether a value without an exchange rate was known as such.
"""

from __future__ import annotations

from expectations.release.rule import CELL_KEY, Rule, error

TABLE = "core.trade_cell_history"
REVISIONS = "core.fct_trade_revision"
CELLS = "core.trade_cell"
SAME_RULES = """
    select last_release.built_at
    from core.dim_release as last_release inner join core.dim_release as this_release
        on this_release.is_this_release and last_release.code_fingerprint = this_release.code_fingerprint
    where last_release.is_last_release
"""
_SAME = f"{CELL_KEY}, vintage_number"
_FROZEN = f"{_SAME}, value_usd, known_from, known_to"


def _checksums(states: str) -> str:
    """Sources and periods, each with the number of its states that have ended and a checksum of what stays as it is."""
    counted = f"count(*) as n_rows, sum(hash({_FROZEN})) as checksum"
    return f"select source_code, period_code, {counted} from {states} group by all"


RULES: list[Rule] = [
    error(
        TABLE,
        "history_is_frozen",
        "No past state of a cell has changed or gone since the last release by the same code",
        "A past state of a figure has changed or gone since the last release",
        f"""
        with
            -- of a part that is the same, down to a checksum of its rows, no row need be laid beside the other
            other_part as (
                select source_code, period_code
                from ({_checksums("{earlier}")}) as before
                left join ({_checksums("judged")}) as now using (source_code, period_code)
                where
                    (before.n_rows is distinct from now.n_rows or before.checksum is distinct from now.checksum)
                    and exists (select 1 from core.dim_release where is_this_release and not is_other_code)
            ),
            before as (select * from {{earlier}} semi join other_part using (source_code, period_code)),
            now as (select * from judged semi join other_part using (source_code, period_code))
        select
            before.source_code, before.reporter_code, before.partner_code, before.flow_code, before.product_key,
            before.period_code, before.vintage_number, before.value_usd as value_usd_before, now.value_usd,
            before.known_from as known_from_before, now.known_from, before.known_to as known_to_before, now.known_to,
            before.file_id, before.line
        from before
        left join now using ({_SAME})
        where
            before.source_code in (select source_code from core.dim_source)
            and (
                now.source_code is null
                or now.value_usd is distinct from before.value_usd
                or now.known_from <> before.known_from
                or now.known_to <> before.known_to
            )
        order by all
        """,
        "every state that had ended, as it was",
        earlier=f"select {_FROZEN}, file_id, line from previous.{TABLE}",
        key=_SAME,
    ),
    error(
        REVISIONS,
        "last_answer_stands",
        "What the last release by the same code gave is the answer for the time it was built",
        "A figure the last release gave is no more the answer for its time",
        f"""
        select
            {CELL_KEY}, before_value_usd, recomputed_value_usd as value_usd_as_of_then, value_usd,
            before_file_id as file_id, before_line as line
        from judged
        where
            was_published and not is_by_the_same_rules and before_conversion_rule is distinct from 'no_rate'
            and exists ({SAME_RULES})
        order by all
        """,
        "every figure of the last release as a vintage",
        key=CELL_KEY,
    ),
    error(
        CELLS,
        "cell_keeps_its_vintage",
        "A cell the last release by the same code had has been known since before that",
        "A figure the last release gave counts as new since",
        f"""
        with
            newer as (
                select file.file_id, file.known_from
                from core.dim_raw_file as file inner join ({SAME_RULES}) as last_release
                    on file.known_from > last_release.built_at
            ),
            part as (
                select source_code, period_code from judged semi join newer using (file_id) group by all
                intersect
                select source_code, period_code from {{earlier}} as before group by all
            ),
            came as (
                select {CELL_KEY}, value_usd, known_from, file_id, line
                from judged inner join newer using (file_id) semi join part using (source_code, period_code)
                anti join (
                    select restated.* from core.trade_cell_restated as restated
                    semi join part using (source_code, period_code)
                ) as known using ({CELL_KEY})
            )
        -- of the last release only these parts: all its cells would be held in memory
        select came.*
        from came
        semi join (
            select before.* from {{earlier}} as before semi join part using (source_code, period_code)
        ) as there using ({CELL_KEY})
        order by all
        """,
        "a vintage from before for each",
        earlier=f"select {CELL_KEY} from previous.{CELLS}",
        key=CELL_KEY,
    ),
]
