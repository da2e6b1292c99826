"""Which report says best what one side sells to the other."""

from __future__ import annotations

from collections import defaultdict

from flows.exports.site.pair import Pair
from flows.exports.site.parts import Row

_FEW = 3  # a year with fewer groups is passed over for an earlier one that has more


def chosen_rows(pair: Pair, seller: str, rows: dict[str, list[Row]]) -> list[Row]:
    """The rows of one report and year about what `seller` sells; HS chapters before groups of the press."""
    reports = pair.reports_of(seller)
    for name in ("chapters", "groups"):
        years: dict[tuple[str, int], list[Row]] = defaultdict(list)
        for row in rows[name]:
            if (
                (row["one_code"], row["flow_code"]) in reports
                and row["value_usd"] is not None
                and row.get("is_year", True)
            ):
                years[row["one_code"], row["year_number"]].append(row)
        if years:
            best = max(years, key=lambda key: _merit(key, years[key], seller))
            return sorted(years[best], key=lambda row: -row["value_usd"])
    return []


def _merit(key: tuple[str, int], rows: list[Row], seller: str) -> tuple[float, ...]:
    """How well a report breaks the flow down: with enough kinds the newest is best, else that of the largest part."""
    teller, year = key
    if len(rows) >= _FEW:
        return (1, year, len(rows), teller == seller)
    return (0, float(rows[0].get("share_of_flow_pct") or 0), year, teller == seller)
