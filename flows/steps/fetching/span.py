"""Spans of time as people give them: from a year or a month to a year or a month."""

from __future__ import annotations

import re
from typing import Self

from pydantic import BaseModel, ConfigDict

from flows.errors import EntrepotError

_PERIOD = re.compile(r"(\d{4})(?:-?(?:Q([1-4])|M?(0[1-9]|1[0-2])))?")


class Span(BaseModel):
    """Months from `first` to `last`, both included, written YYYY-MM."""

    model_config = ConfigDict(frozen=True)

    first: str
    last: str

    @classmethod
    def between(cls, first: str, last: str) -> Self:
        """From the beginning of one year, quarter or month to the end of another.

        Raises EntrepotError when a text is no period or they are the wrong way round.
        """
        span = cls(first=_months(first)[0], last=_months(last)[1])
        if span.first > span.last:
            raise EntrepotError(f"{first} comes after {last}; give the earlier period first.")
        return span

    @property
    def years(self) -> tuple[int, int]:
        """First and last year."""
        return int(self.first[:4]), int(self.last[:4])

    def touches(self, period: str) -> bool:
        """Whether any month of `period` lies in the span; what has no period does."""
        if not period:
            return True
        first, last = _months(period)
        return first <= self.last and last >= self.first


def _months(period: str) -> tuple[str, str]:
    """First and last month of a year (2021), quarter (2021-Q1) or month (2021-03, 202103)."""
    found = _PERIOD.fullmatch(period.strip())
    if found is None:
        raise EntrepotError(f"{period!r} is not a period; write a year such as 2021 or a month such as 2021-03.")
    year, quarter, month = found.groups()
    if quarter:
        return f"{year}-{3 * int(quarter) - 2:02d}", f"{year}-{3 * int(quarter):02d}"
    return f"{year}-{month or '01'}", f"{year}-{month or '12'}"
