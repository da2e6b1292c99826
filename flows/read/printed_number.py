"""A figure as somebody printed it: its value, and what its last digit stands for."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from flows.errors import EntrepotError

_TRY = "try `entrepot explain 146.88`"
_MOST_DIGITS = 15  # before the point: more than any statistic prints
_MOST_PLACES = 20  # after it: a chart writes all digits of a double, small ones too
_DECORATION = re.compile(r"[\s%$\u00b0]|US dollars|USD|years?$|partners?$|economies$", re.IGNORECASE)
_UNITS = {
    "percent": re.compile(r"%|percent", re.IGNORECASE),
    "money": re.compile(r"\$|dollars|USD|\d\s*(?:bn|billions?|m|mn|millions?|thousands?)\b", re.IGNORECASE),
    "years": re.compile(r"years?\s*$", re.IGNORECASE),
}
_MINUS = str.maketrans(dict.fromkeys("\u2212\u2013", "-"))
_PLACE = re.compile(r"(?<=\d)(st|nd|rd|th)$", re.IGNORECASE)
_SCALE = re.compile(r"(?<=\d)(bn|billions?|m|mn|millions?|thousands?)$|^(bn|m)(?=[-+\d])", re.IGNORECASE)
_BILLIONS_IN = {"b": 1.0, "m": 1e-3, "t": 1e-6}  # by the first letter of the scale
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?")


class Printed(NamedTuple):
    """A figure, and one unit of its last digit. Amounts are in billions of dollars."""

    value: float
    unit: float


def unit_printed(text: str) -> str | None:
    """The unit that stands with a figure: percent, money or years; None where there is none.

    >>> unit_printed("18.3 %"), unit_printed("USD 240 bn"), unit_printed("146.88")
    ('percent', 'money', None)
    """
    return next((unit for unit, sign in _UNITS.items() if sign.search(text)), None)


def read_printed(text: str) -> Printed:
    """The figure in `text`, which may have a sign, a unit and commas between thousands: `-6.7 %`, `1,234.56`, `11th`.

    An amount in millions or thousands, `350.1 m USD`, `0.06 thousand USD`, is turned into billions. Raises
    EntrepotError where it is no number, where a comma separates no thousands, and where nobody prints such a figure.
    """
    bare = _PLACE.sub("", _DECORATION.sub("", text).translate(_MINUS))
    scale = _SCALE.search(bare)
    bare = _SCALE.sub("", bare)
    if "," in bare and not _THOUSANDS.fullmatch(bare):
        raise EntrepotError(
            f"The comma in {text!r} separates no thousands; write decimals after a point, such as 12.3 or 1,234.5."
        )
    try:
        decimal = Decimal(bare.replace(",", ""))
    except ArithmeticError as error:
        raise EntrepotError(f"{text!r} is not a number; {_TRY}.") from error
    exponent = decimal.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else None
    if places is None or not 0 <= places <= _MOST_PLACES or abs(decimal.adjusted()) > _MOST_DIGITS:
        raise EntrepotError(f"{text!r} is not a printed figure; {_TRY}.")
    to_billions = _BILLIONS_IN[scale[0][0].lower()] if scale else 1.0
    return Printed(float(decimal) * to_billions, 10.0**-places * to_billions)
