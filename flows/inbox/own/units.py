"""What one unit of a printed figure is worth, by the words around it: the currency, and thousands or millions of it."""

from __future__ import annotations

import re
from decimal import Decimal

from flows.contracts.contract import code_list
from flows.settings import ROOT

_CURRENCIES = (
    ("AUD", re.compile(r"australian dollar|\bA\$", re.IGNORECASE)),
    ("CAD", re.compile(r"canadian dollar|\bC(?:AN?)?\$", re.IGNORECASE)),
    ("NZD", re.compile(r"new zealand dollar|\bNZ\$", re.IGNORECASE)),
    ("HKD", re.compile(r"hong kong dollar|\bHK\$", re.IGNORECASE)),
    ("SGD", re.compile(r"singapore dollar|\bS\$", re.IGNORECASE)),
    ("TWD", re.compile(r"taiwan dollar|\bNT\$", re.IGNORECASE)),
    ("BRL", re.compile(r"\bR\$|\breais\b", re.IGNORECASE)),
    ("USD", re.compile(r"usd|us\$|(?<![a-z])\$|dollar|долл|美元", re.IGNORECASE)),
    ("EUR", re.compile(r"(?<![a-z])eur(?![a-z])|€|(?<![a-z])euros?(?![a-z])|евро(?!п)|欧元", re.IGNORECASE)),
    ("CNY", re.compile(r"(?<![a-z])(?:cny|rmb)(?![a-z])|yuan|юан|人民币", re.IGNORECASE)),
    ("RUB", re.compile(r"(?<![a-z])rub(?![a-z])|r(?:o|)ubles?|рубл|\b\u0440\u0443\u0431\b", re.IGNORECASE)),
    ("GBP", re.compile(r"gbp|£", re.IGNORECASE)),
    ("JPY", re.compile(r"jpy|\byen\b|¥|日元|иен", re.IGNORECASE)),
)
CURRENCY_CODES = frozenset(
    code for code in code_list("currency", ROOT / "dbt_project" / "seeds") if re.fullmatch("[A-Z]{3}", code)
)
# A heading in capitals may hold the first two without a thought of Albania or Tonga, any other heading all of them.
_WORDS_IN_CAPITALS = {"ALL", "TOP"}
_WORDS = {
    *_WORDS_IN_CAPITALS, "BAM", "COP", "CUP", "GEL", "MAD", "MOP", "PEN", "RON", "SIT", "SOS", "STD", "SVC", "TRY",
}  # fmt: skip
CURRENCY_CODES_NO_WORDS = CURRENCY_CODES - _WORDS
_CURRENCY_CODE = re.compile(
    rf"(?<![A-Za-z])(?:{'|'.join(sorted(CURRENCY_CODES - _WORDS_IN_CAPITALS))}"
    rf"|(?i:{'|'.join(sorted(CURRENCY_CODES_NO_WORDS))}))(?![A-Za-z])"
)
# Economies whose own money goes by the word or the sign of another: a currency, its clear names, and who they are.
_OF_SEVERAL = (
    (
        "USD",
        re.compile(
            r"usd|\bu\.?s\.?a?\.? ?(?:\$|dollar)|\$ ?u\.?s|united states|americ|américain|долл|美元|\babd",
            re.IGNORECASE,
        ),
        "ATG AUS BHS BLZ BMU BRB BRN CAN CYM DMA FJI GRD GUY HKG JAM KIR KNA LBR LCA NAM NRU NZL SGP SLB SUR TTO TUV "
        "TWN VCT ARG CHL COL CUB DOM MEX URY",
    ),
    ("JPY", re.compile(r"jpy|yen|日元|円|иен", re.IGNORECASE), "CHN"),
    ("RUB", re.compile(r"(?<![a-z])rub(?![a-z])|russ|росси", re.IGNORECASE), "BLR"),
)
_MULTIPLIERS = (
    (Decimal(10**9), re.compile(r"十亿")),
    (Decimal(10**8), re.compile(r"亿")),
    (Decimal(10**6), re.compile(r"百万")),
    (Decimal(10**4), re.compile(r"万")),
    (Decimal(10**9), re.compile(r"billion|milliard|\bbn\b|_bn|mrd|млрд|миллиард", re.IGNORECASE)),
    (Decimal(10**6), re.compile(r"million|\bmn\b|_mn|\bmio|\bmill?\b|\bmln|_mln|млн|миллион", re.IGNORECASE)),
    (Decimal(10**6), re.compile(r"(?:usd|us\$|\$|eur|€|£|gbp)\s?m\b|\bm\s?(?:usd|us\$|\$|eur|€|£|gbp)", re.IGNORECASE)),
    (Decimal(1000), re.compile(
        r"thousand|'000|\u2019000|\b1[ .,]?000\b|\b000\b|_th|\bths|\bthds|\bthou|\btsd|тыс|千|"
        r"(?:usd|us\$|\$|eur|€|£|gbp)\s?k\b|\bk\s?(?:usd|us\$|\$|eur|€|£|gbp)", re.IGNORECASE)),
)  # fmt: skip


# What one unit of a weight is in kilograms. A ton of 2,000 or 2,240 pounds and MT, a million or metric, stay open.
_OPEN_WEIGHT = re.compile(r"short|long ton|\bmt\b", re.IGNORECASE)
_KILOGRAMS = (
    (Decimal(10**6), re.compile(r"(?<![^\W_])kt(?![^\W_])", re.IGNORECASE)),
    (Decimal(1), re.compile(
        r"(?<![^\W\d_])(?:kgs?|kilos?|kilograms?|kilogrammes?|кг)(?![^\W_])|килограмм|千克|公斤", re.IGNORECASE)),
    (Decimal(100), re.compile(r"(?<![^\W\d_])dt(?![^\W_])|quintal|центнер", re.IGNORECASE)),
    (Decimal(1000), re.compile(r"tonn|(?<![^\W\d_])(?:tons?|т|t)(?![^\W_])|тонн|吨", re.IGNORECASE)),
)  # fmt: skip


def kilograms_in(text: str) -> Decimal | None:
    """What one unit of a column of weights is in kilograms by its name: 1,000 kg, t, thousand tonnes; none if open."""
    if _OPEN_WEIGHT.search(text):
        return None
    unit = next((worth for worth, pattern in _KILOGRAMS if pattern.search(text)), None)
    thousands = multiplier_in(text.replace("千克", "")) or 1
    return None if unit is None else unit * thousands


def currency_in(text: str) -> str | None:
    """The currency a text names: in words or signs, else by its code."""
    words = next((code for code, pattern in _CURRENCIES if pattern.search(text)), None)
    code = _CURRENCY_CODE.search(text)
    return words or (code[0].upper() if code else None)


def economies_in_doubt(text: str, currency: str | None) -> frozenset[str]:
    """The economies for whom the word or sign of a text may mean their own money and not the currency it usually means.

    "$" or "dollars" is Canada's as well as that of the United States.
    """
    for code, clear, economies in _OF_SEVERAL:
        if code == currency and not clear.search(text):
            return frozenset(economies.split())
    return frozenset()


def multiplier_in(text: str) -> Decimal | None:
    """What one unit is worth by the words of a text; none where it says nothing."""
    return next((number for number, pattern in _MULTIPLIERS if pattern.search(text)), None)
