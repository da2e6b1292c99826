"""Intervals as they are printed: a place among partners where reports are missing, `11-23` or `between 11th and 23rd`,
and what a statement claims, `98-115 bn USD`.
"""

from __future__ import annotations

import re
from typing import Any

import duckdb

from flows.contracts import Source
from flows.read.figures import Figure, as_figures, of_what_was_asked
from flows.read.published import ask
from flows.settings import Settings

_PLACE = r"(\d{1,3})(?:st|nd|rd|th)?"
_ENDS = re.compile(rf"(?:between\s+)?{_PLACE}\s*(?:-|\u2013|\bto\b|\band\b)\s*{_PLACE}(?:\s*bn usd)?")
_PLACES = """
select
    'marts.partner_rank' as kept_in, null as section, 'place' as item,
    'by ' || replace(measure, 'turnover', 'total trade') || ', ' || perimeter.perimeter_name as detail,
    reporter_code, partner_code, cast(year_number as varchar) as period_code, cast($best as double) as figure,
    $worst as until, 'place' as unit, null as rule_code, null as source_code, null as file_id, null as line
from marts.partner_rank
inner join (select distinct perimeter_code, perimeter_name from core.dim_rank_perimeter) as perimeter
    using (perimeter_code)
where
    (rank_best_if_unallocated = $best and rank_worst_if_unallocated = $worst)
    or (rank_best = $best and rank_worst = $worst)
order by measure = 'turnover' desc, perimeter_code = 'all' desc, year_number desc, reporter_code, partner_code
"""
_CLAIMED = """
select
    'core.fct_statement' as kept_in, 'statement' as section, 'claimed' as item, statement_id as detail,
    subject_code as reporter_code, counterpart_code as partner_code, period_from as period_code,
    cast(claimed_value as double) as figure, cast(claimed_value_high as double) as until, unit_code as unit,
    null as rule_code, null as source_code, file_id, line
from core.fct_statement
where claimed_value = $best and claimed_value_high = $worst
order by statement_id
"""


def read_place(text: str) -> tuple[int, int] | None:
    """The two ends of the interval in `text`, such as the best and the worst place; None where it is none.

    >>> read_place("between 11th and 23rd"), read_place("11-23"), read_place("-6.7")
    ((11, 23), (11, 23), None)
    """
    found = _ENDS.fullmatch(text.strip().lower())
    ends = (int(found[1]), int(found[2])) if found else (0, 0)
    return ends if 0 < ends[0] < ends[1] else None


def find_places(
    settings: Settings,
    con: duckdb.DuckDBPyConnection,
    contracts: dict[str, Source],
    place: tuple[int, int],
    asked: dict[str, str | None],
    limit: int,
) -> list[Figure]:
    """The ranks that are this interval, by total trade among all partners first, the latest year first; then claims."""
    ends = {"best": place[0], "worst": place[1]}
    rows: list[dict[str, Any]] = [row for sql in (_PLACES, _CLAIMED) for row in ask(con, sql, ends).records()]
    return as_figures(settings, con, contracts, of_what_was_asked(rows, asked), limit)
