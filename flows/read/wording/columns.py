"""Names of columns as a reader would say them, for the heads of tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_KIND = re.compile(r"_(code|number|key|text)$")
_UNIT = re.compile(r"_(usd|pct|kg|days)(?=_|$)")
_UNITS = {"usd": "USD", "pct": "%", "kg": "kg", "days": "days"}
_WORDS = {"turnover": "total trade", "yoy": "growth"}


def column_in_words(column: str) -> str:
    """What a column holds and its unit.

    >>> column_in_words("turnover_usd_before")
    'total trade before, USD'
    >>> column_in_words("n_rows")
    'number of rows'
    >>> column_in_words("reporter_code")
    'reporter'
    """
    found = _UNIT.search(column)
    parts = _UNIT.sub("", _KIND.sub("", column), count=1).split("_")
    said = " ".join(_WORDS.get(part, part) for part in parts)
    said = f"number of {said[2:]}" if said.startswith("n ") else said
    return f"{said}, {_UNITS[found[1]]}" if found else said


def columns_in_words(columns: Iterable[str]) -> list[str]:
    """The words of columns of one table: where two would be alike, both keep their names without underscores."""
    names = list(columns)
    counts = Counter(column_in_words(name) for name in names)
    return [name.replace("_", " ") if counts[column_in_words(name)] > 1 else column_in_words(name) for name in names]
