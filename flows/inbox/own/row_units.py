"""Which column says the unit of each row, and what one of each unit is worth: thousands of dollars, but not tonnes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from flows.formats.vocabulary import RATE_WORDS, VALUE_WORDS
from flows.formats.words import is_quantity
from flows.inbox.own.units import currency_in, kilograms_in, multiplier_in

UNIT_NAME = re.compile(r"unit(?!y)|единиц|ед\.?\s*изм|einheit|unité|unidad|单位", re.IGNORECASE)
_SAYS_WHAT = re.compile(
    r"indicator|measure|variable|series|element|concept|metric|показател|величин|kennzahl|merkmal|indicateur|indicador|"
    r"指标|项目",
    re.IGNORECASE,
)
_NO_CURRENCY = re.compile(
    r"\b(?:number|count|units?|items?|pieces?|pcs|heads?|pairs?|dozens?|lit(?:re|er)s?|kwh|mwh|m[23²³]|carats?|barrels?|"
    r"st(?:ü|ue)ck|шт|штук|голов|пар|литр\w*|neg|nmb)\b|net ?w|gross ?w|\bqty\b|ratio|percent|rate\b|件|台|个|辆",
    re.IGNORECASE,
)
_VALUE_WORD = re.compile(VALUE_WORDS, re.IGNORECASE)
# What a text in money may be besides a value: a price, a change, a share.
_NO_VALUE_OF_MONEY = re.compile(
    rf"{RATE_WORDS}|\bchange|\bindex|\bper\b|/\s*(?:kgs?|t|tons?|tonnes?|bbl|l|m3)\b|unit values?\b|unit prices?|"
    r"(?<!current )(?<!constant )\bprice\b|\brate\b",
    re.IGNORECASE,
)
_MOST_UNITS = 30  # different texts of a column that says what a figure is


class RowUnits(BaseModel):
    """A column and its texts that stand for money: of each its currency and its worth, where the text says them."""

    model_config = ConfigDict(frozen=True)

    column: int
    currencies: dict[str, str | None]
    worth: dict[str, Decimal | None]
    others: tuple[str, ...]

    @property
    def named(self) -> list[str]:
        """The currencies of the texts, each once, in the order of the rows."""
        return [code for code in dict.fromkeys(self.currencies.values()) if code]

    def of(self, currency: str | None) -> dict[str, Decimal | None]:
        """The units of one currency; all where the texts name none, or one that a person knows better."""
        fits = {text for text, code in self.currencies.items() if code in (currency, None)}
        texts = fits or (set(self.worth) if len(self.named) == 1 else set())
        return {text: worth for text, worth in self.worth.items() if text in texts}

    def splits(self, currency: str | None) -> bool:
        """Whether rows differ in what they hold: money beside quantities, or thousands beside millions."""
        kept = self.of(currency)
        return len(kept) < len(self.worth) + len(self.others) or len(set(kept.values())) > 1


def row_units(names: Sequence[str], columns: Sequence[Sequence[str]], free: Collection[int]) -> RowUnits | None:
    """The column, one of `free`, that says of each row the unit of its figure; none where all rows are alike in it.

    A column called a unit comes first, then one called an indicator or a measure, then any whose every text is either
    money or a quantity.
    """
    found = [units for at in free if (units := _units_in(at, names[at], columns[at])) is not None]
    ranked = sorted(found, key=lambda units: (not units.named, _rank(names[units.column])))
    return ranked[0] if ranked else None


def _rank(name: str) -> int:
    return 0 if UNIT_NAME.search(name) else 1 if _SAYS_WHAT.search(name) else 2


def _units_in(at: int, name: str, values: Sequence[str]) -> RowUnits | None:
    texts = list(dict.fromkeys(values))
    if not texts or len(texts) > _MOST_UNITS:
        return None
    money: Mapping[str, str | None] = {text: code for text in texts if (code := _currency_of_value(text))}
    rest = [text for text in texts if text not in money]
    is_named = _rank(name) < 2
    if money and not (is_named or all(map(_is_no_money, rest))):
        return None
    if not money:
        money = {text: None for text in texts if not _is_no_money(text)}
        is_said = is_named or all(map(_VALUE_WORD.search, money))
        if not money or len(money) == len(texts) or not is_said:
            return None
    worth = {text: multiplier_in(text) for text in money}
    return RowUnits(column=at, currencies=dict(money), worth=worth, others=tuple(t for t in texts if t not in money))


def _currency_of_value(text: str) -> str | None:
    return None if _NO_VALUE_OF_MONEY.search(text) else currency_in(text)


def _is_no_money(text: str) -> bool:
    """Whether a text names a weight, a count, a share, a price or a rate."""
    return is_quantity(text) or _NO_VALUE_OF_MONEY.search(text) is not None or _is_counted(text)


def _is_counted(text: str) -> bool:
    return _NO_CURRENCY.search(text) is not None or kilograms_in(text) is not None


def quantities_only(names: Sequence[str], columns: Sequence[Sequence[str]], free: Collection[int]) -> int | None:
    """The column called a unit all of whose texts are weights or counts: then no figure is money."""
    called = [at for at in free if UNIT_NAME.search(names[at]) and columns[at]]
    return next((at for at in called if all(map(_is_no_money, set(columns[at])))), None)
