"""core.trade_cell_history: what was known at a time stays what was known at that time.

Method: a state of a cell that has ended is past. The next release may add states that end, and change or drop none; so
the answer of core.trade_asof for a past time is the same in every release. Only other code may tell the past anew.
"""

from __future__ import annotations

from expectations.release.rule import CELL_KEY, Rule, error

TABLE = "core.trade_cell_history"
_SAME = f"{CELL_KEY}, vintage_number"

RULES: list[Rule] = [
    error(
        TABLE,
        "history_is_frozen",
        "No past state of a cell has changed or gone since the last release by the same code",
        "A past state of a figure has changed or gone since the last release",
        f"""
        select
            before.source_code, before.reporter_code, before.partner_code, before.flow_code, before.product_key,
            before.period_code, before.vintage_number, before.value_usd as value_usd_before, now.value_usd,
            before.known_from as known_from_before, now.known_from, before.known_to as known_to_before, now.known_to,
            before.file_id, before.line
        from {{earlier}} as before
        left join judged as now using ({_SAME})
        where
            before.source_code in (select source_code from core.dim_source)
            and (
                now.source_code is null
                or now.value_usd is distinct from before.value_usd
                or now.known_from <> before.known_from
                or now.known_to <> before.known_to
            )
            and exists (select 1 from core.dim_release where is_this_release and not is_other_code)
        order by all
        """,
        "every state that had ended, as it was",
        earlier=f"select {_SAME}, value_usd, known_from, known_to, file_id, line from previous.{TABLE}",
        key=_SAME,
    ),
]
