"""Exchange rates of the synthetic world: one daily series per currency, from which each bank derives its own."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import sin
from random import Random

FIRST, LAST = date(2019, 1, 1), date(2024, 12, 31)
_USD_PER_UNIT = {
    "USD": 1.0, "EUR": 1.1, "CNY": 0.145, "RUB": 0.0145, "INR": 0.0133, "HKD": 0.1281, "KZT": 0.0023, "CHF": 1.08,
    "VND": 0.0000428, "AMD": 0.0025, "AUD": 0.69, "BRL": 0.2, "BYN": 0.35, "GBP": 1.27,
}  # fmt: skip
_FOUR = Decimal("0.0001")


@lru_cache(maxsize=32768)
def usd_per_unit(currency: str, day: date) -> float:
    """USD for one unit on a day: a slow swing and a small daily error; the rouble falls in March 2022."""
    if currency == "USD":
        return 1.0
    days = (day - FIRST).days
    swing = 1 + 0.05 * sin(days / 190 + len(currency) + ord(currency[0]))
    shock = 0.6 if currency == "RUB" and date(2022, 3, 1) <= day < date(2022, 5, 1) else 1.0
    return _USD_PER_UNIT[currency] * swing * shock * (1 + Random(f"{currency}{day}").uniform(-0.004, 0.004))


def four_places(value: float) -> Decimal:
    """A rate as printed: four decimals."""
    return Decimal(repr(value)).quantize(_FOUR, ROUND_HALF_UP)


def days(first: date, last: date) -> list[date]:
    """Every day from first to last, inside the years the world knows."""
    first, last = max(first, FIRST), min(last, LAST)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
