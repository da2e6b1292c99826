"""Periods as a table may write them: a day in a layout, and the code its period has here."""

from __future__ import annotations

from datetime import date

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip


def written(layout: str, day: date) -> str:
    """A day as a layout of flows/contracts/trade_roles.py shows it."""
    text = layout.replace("Mon", MONTHS[day.month - 1][:3]) if "Mon" in layout else layout
    if "Mon" not in layout:
        text = text.replace("MMM", f"M{day.month:02}").replace("MM", f"{day.month:02}")
    return text.replace("YYYY", str(day.year)).replace("DD", f"{day.day:02}").replace("q", str(_quarter(day)))


def code_of(layout: str, day: date) -> str:
    """The code of the period a layout shows of a day: its month, quarter or year."""
    if "Mon" in layout or "MM" in layout:
        return f"{day.year}-M{day.month:02}"
    return f"{day.year}{('-YTD03', '-Q2', '-Q3', '-Q4')[_quarter(day) - 1] if 'q' in layout else ''}"


def _quarter(day: date) -> int:
    return (day.month + 2) // 3
