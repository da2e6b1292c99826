"""What a column of figures holds, as a reader would say it."""

from __future__ import annotations

import re

from flows.read.wording.codes import code_words

_UNITS = re.compile(r"_(usd|pct|bn|kg|days)(?=_|$)")
_ALONE = ("statement", "event", "missing")  # sections whose items are kinds; a row is known by its detail


def figure_words(section: str | None, item: str, detail: str | None, counted: str | None = None) -> str:
    """What a figure is: of a column of a mart, or of a row of marts.profile by its section, item and detail; `counted`
    is the column of that row with what the figure stands on, where it is that number.

    >>> figure_words(None, "exports_known_usd", None)
    'exports, sum of the known pairs'
    >>> figure_words("statement", "level", "c006")
    'statement c006, level'
    >>> figure_words(None, "year_turnover_usd", None)
    'total trade of the year'
    >>> figure_words("rank", "rank", "without_hkg", "n_missing")
    'number of partners of which no report is loaded, for the place by total trade, without Hong Kong'
    """
    if counted:
        what = code_words().get(("figure_count", f"{section}_{counted}")) or _from_name(counted)
        return f"{what}, for the {figure_words(section, item, detail)}"
    if section in _ALONE:
        return f"{section} {detail or ''}".strip() + f", {item.replace('_', ' ')}"
    said = code_words().get(("figure", item)) or _from_name(item)
    told = code_words().get(("figure_detail", str(detail))) or str(detail).replace("_", " ")
    of = "" if detail in (None, "all", "TOTAL") else f", {told}"
    return said + of


def _from_name(column: str) -> str:
    """The name of a column without its unit and underscores; a count begins with n."""
    said = _UNITS.sub("", column).replace("_", " ")
    said = said.replace("turnover", "total trade").replace("year total trade", "total trade of the year")
    return f"number of {said[2:]}" if said.startswith("n ") else said
