"""What one unit of a printed figure is worth, by the words around it: the currency, and thousands or millions of it."""

from __future__ import annotations

import re
from decimal import Decimal

from flows.contracts.contract import code_list
from flows.formats.words import is_quantity
from flows.settings import ROOT

_CURRENCIES = (
    ("AUD", re.compile(r"australian dollar|\bA\$", re.IGNORECASE)),
    ("CAD", re.compile(r"canadian dollar|\bC(?:AN?)?\$", re.IGNORECASE)),
    ("NZD", re.compile(r"new zealand dollar|\bNZ\$", re.IGNORECASE)),
    ("HKD", re.compile(r"hong kong dollar|\bHK\$", re.IGNORECASE)),
    ("SGD", re.compile(r"singapore dollar|\bS\$", re.IGNORECASE)),
    ("TWD", re.compile(r"taiwan dollar|\bNT\$", re.IGNORECASE)),
    ("BRL", re.compile(r"\bR\$|\breais\b", re.IGNORECASE)),
    ("USD", re.compile(r"usd|us\$|(?<![a-z])\$|d[oó]ll?ar|долл|美元|달러", re.IGNORECASE)),
    ("EUR", re.compile(r"(?<![a-z])eur(?![a-z])|€|(?<![a-z])euros?(?![a-z])|евро(?!п)|欧元", re.IGNORECASE)),
    ("CNY", re.compile(r"(?<![a-z])(?:cny|rmb)(?![a-z])|yuan|юан|人民币", re.IGNORECASE)),
    ("RUB", re.compile(r"(?<![a-z])rub(?![a-z])|r(?:o|)ubles?|рубл|\b\u0440\u0443\u0431\b", re.IGNORECASE)),
    ("GBP", re.compile(r"gbp|£", re.IGNORECASE)),
    ("JPY", re.compile(r"jpy|\byen\b|¥|日元|円|иен", re.IGNORECASE)),
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
CURRENCY_NAME = re.compile(r"currency|waehrung|währung|devise|moneda|валют|币种|货币", re.IGNORECASE)
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
_SIGN = r"(?:usd|us\$|\$|eur|€|£|gbp)"
_CODE = f"(?:{'|'.join(sorted(CURRENCY_CODES_NO_WORDS))})(?![A-Za-z])"
_BEFORE_CODE = re.compile(rf"(?<![A-Za-z])([KkMm])(?={_CODE})")  # kEUR, MNOK
_KOREAN_MONEY = r"\s?(?:달러|원|불)"
_MULTIPLIERS = (
    (Decimal(10**12), re.compile(r"trillion|трлн|триллион|兆円|[万萬][亿億]", re.IGNORECASE)),
    (Decimal(10**9), re.compile(r"十[亿億]")),
    (Decimal(10**8), re.compile(rf"[亿億]|억{_KOREAN_MONEY}")),
    (Decimal(10**6), re.compile(rf"百[万萬]|백만{_KOREAN_MONEY}")),
    (Decimal(10**4), re.compile(rf"[万萬]|만{_KOREAN_MONEY}")),
    (Decimal(10**9), re.compile(
        r"billion|milliard|miliard|milyar|\bbn\b|_bn|mrd|млрд|миллиард|мільярд|(?<=usd)bn\b|(?<=eur)bn\b",
        re.IGNORECASE)),
    (Decimal(10**7), re.compile(r"\bcrores?\b", re.IGNORECASE)),
    (Decimal(10**6), re.compile(
        r"million|millones|milh(?:ão|ões|oes)|milioni|milion|milyon|miljo[eo]n|\bmn\b|_mn|\bmio|\bmil\.|\bmill\b|\bmln|"
        r"_mln|млн|миллион|мільйон|(?<=usd)mn?\b|(?<=eur)mn?\b|10\^6|\bmkr\b", re.IGNORECASE)),
    (Decimal(10**6), re.compile(rf"{_SIGN}\s?m\b|\bm\s?{_SIGN}", re.IGNORECASE)),
    (Decimal(10**5), re.compile(r"\blakhs?\b", re.IGNORECASE)),
    (Decimal(1000), re.compile(
        r"thousand|'000|\u2019000|(?<!\d[ .,])\b000s?\b|_th|\bths|\bthds|\bthou|\bth\.|\btsd|tausend|тыс|тис\.|мың|千|"
        r"\bmiles (?:de|us|eur)|milhares|milliers|migliaia|duizend|\btys\b|\bbin (?=abd|\$|us|tl|dolar|avro|euro)|"
        rf"천{_KOREAN_MONEY}|10\^3|\btkr\b|{_SIGN}\s?k\b|\bk\s?{_SIGN}", re.IGNORECASE)),
)  # fmt: skip
_ROUND_NUMBER = re.compile(r"(?<![\d.,])1(?:0{3,9}|0{0,2}(?:[ .,\u00a0]000)+)(?![\d]|[.,]\d)")
_TENS = {"ten": 10, "tens": 10, "hundred": 100, "hundreds": 100}
_TIMES = re.compile(r"(?:(?<![\d.,])(1[0 .,\u00a0]*0)|\b(tens?|hundreds?))\s*(?:of\s*)?$", re.IGNORECASE)
# In Portuguese and Spanish a thousand; in English, and with a full stop in Czech, a million.
_MIL = re.compile(r"\bmil\b(?!\.)", re.IGNORECASE)
_IBERIAN = re.compile(r"[çãõñ]|r\$|d[óo]lar|reais|valor|pesos|(?:ex|im)porta[cç]|\bmil (?:us|de|eur)", re.IGNORECASE)
_ENGLISH = re.compile(r"trade|value|exports?\b|imports?\b|dollars", re.IGNORECASE)


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
    text = _BEFORE_CODE.sub("", text)
    words = next((code for code, pattern in _CURRENCIES if pattern.search(text)), None)
    code = _CURRENCY_CODE.search(text)
    return words or (code[0].upper() if code else None)


def is_measured(text: str) -> bool:
    """Whether a text names a weight or a quantity and no currency: Экспорт, тонн or 出口数量."""
    return (is_quantity(text) or kilograms_in(text) is not None) and currency_in(text) is None


def economies_in_doubt(text: str, currency: str | None) -> frozenset[str]:
    """The economies for whom the word or sign of a text may mean their own money and not the currency it usually means.

    "$" or "dollars" is Canada's as well as that of the United States.
    """
    for code, clear, economies in _OF_SEVERAL:
        if code == currency and not clear.search(text):
            return frozenset(economies.split())
    return frozenset()


def multiplier_in(text: str) -> Decimal | None:
    """What one unit is worth by the words of a text: thousands, 100 million, 10,000; none where it says nothing."""
    found = ((worth, said) for worth, pattern in _MULTIPLIERS if (said := pattern.search(text)))
    worth, said = next(found, (None, None))
    if worth is not None and said is not None:
        return worth * _times(text[: said.start()])
    if letter := _BEFORE_CODE.search(text):
        return Decimal(1000 if letter[1] in "Kk" else 10**6)
    if number := _ROUND_NUMBER.search(text):
        return Decimal(re.sub(r"\D", "", number[0]))
    if _MIL.search(text) and _IBERIAN.search(text):
        return Decimal(1000)
    return Decimal(10**6) if _MIL.search(text) and _ENGLISH.search(text) else None


def is_in_doubt(text: str) -> bool:
    """Whether a text has a word that is a thousand in one language and a million in another: US$ mil."""
    return multiplier_in(text) is None and _MIL.search(text) is not None


def _times(before: str) -> int:
    """How many of a word of scale the text before it counts: 100 million, hundreds of millions."""
    found = _TIMES.search(before)
    if found is None:
        return 1
    return _TENS[found[2].lower()] if found[2] else int(re.sub(r"\D", "", found[1]))
