"""Which column says the scale of each row, as UNIT_MULT does, and what each of its texts multiplies a figure by."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from flows.inbox.own.units import multiplier_in

SCALE_NAME = re.compile(
    r"unit.?mult|multiplier|power.?(?:code|of.?ten)|scalar|(?<![^\W_])scale(?![^\W_])|magnitude|multiplik|multiplic|"
    r"множител|масштаб|倍数|乘数",
    re.IGNORECASE,
)
_LARGEST_POWER = 15
_USUAL_POWERS = (0, 3, 6, 9)
_LABELLED = re.compile(r"(\d{1,2})\s*[:=]\s*\S.*")  # the code with its label, 6: Millions
_ONE = re.compile(r"(?:in )?(?:units?|ones?|single units?|einheiten?|unités?|unidades?|единиц\w*)", re.IGNORECASE)


class Scale(BaseModel):
    """A column and the factor of each of its texts, with the usual powers of ten where it has such.

    `is_open` where nobody can tell what its texts mean: 1 is one in a column of factors, and ten in one of powers.
    """

    model_config = ConfigDict(frozen=True)

    column: int
    factors: dict[str, Decimal] = {}
    is_open: bool = False

    def of(self, text: str | None) -> Decimal | None:
        """The factor of a text; none where the column does not say it."""
        return {known.lower(): factor for known, factor in self.factors.items()}.get((text or "").lower())


def scale_in(names: Sequence[str], columns: Sequence[Sequence[str]], free: Collection[int]) -> Scale | None:
    """The column, one of `free`, that is called a scale; one that is read goes before one that is not."""
    called = [at for at in free if SCALE_NAME.search(names[at]) and columns[at]]
    found = [Scale(column=at, factors=factors) for at in called if (factors := _factors(sorted(set(columns[at]))))]
    return found[0] if found else Scale(column=called[0], is_open=True) if called else None


def _factors(texts: Sequence[str]) -> Mapping[str, Decimal]:
    """What each text multiplies by: all are powers of ten, or factors, or words; empty where that is in doubt."""
    numbers = {text: number for text in texts if (number := _number(text)) is not None}
    if len(numbers) == len(texts):
        return _of_numbers(numbers)
    words = {text: Decimal(1) if _ONE.fullmatch(text) else multiplier_in(text) for text in texts}
    return {text: factor for text, factor in words.items() if factor} if all(words.values()) else {}


def _number(text: str) -> int | None:
    label = _LABELLED.fullmatch(text)
    plain = (label[1] if label else text).removesuffix(".0")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= _LARGEST_POWER + 1 else None


def _of_numbers(numbers: Mapping[str, int]) -> Mapping[str, Decimal]:
    are_powers = all(number <= _LARGEST_POWER for number in numbers.values())
    are_factors = all(re.fullmatch("10*", str(number)) for number in numbers.values())
    if are_powers == are_factors:
        return {}
    if are_factors:
        return {text: Decimal(number) for text, number in numbers.items()}
    usual = {} if any(map(_LABELLED.fullmatch, numbers)) else {str(power): power for power in _USUAL_POWERS}
    return {text: Decimal(10) ** power for text, power in (usual | dict(numbers)).items()}
