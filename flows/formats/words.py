"""What a cell of a printed table says, in the languages such tables come in: a flow, a value, a quantity, an area."""

from __future__ import annotations

import re

from flows.formats.period_words import month_of, year_of
from flows.formats.plain import plain

_RE_EXPORT = re.compile(r"re-?\s?export|реэкспорт|转口|再出口|再輸出|재수출", re.IGNORECASE)
_RE_IMPORT = re.compile(r"re-?\s?import|реимпорт|再进口|复进口|再輸入|재수입", re.IGNORECASE)
EXPORT_WORDS = (
    "export|esporta|eksport|эксп|експ|вывоз|вивіз|出口|輸出|수출|ausfuhr|ihracat|wyw[oó]z|vývoz|uitvoer|صادرات|निर्यात"
)
IMPORT_WORDS = "import|имп|імп|ввоз|ввіз|进口|進口|輸入|수입|einfuhr|ithalat|przyw[oó]z|dovoz|invoer|واردات|आयात"
"""What names exports or imports, wherever in a text it stands; as a part of a pattern."""
_EXPORT = re.compile(
    r"^(exports?|exported|экспорт|вывоз|експорт|вивіз|出口[额額]?|出口总?值?|輸出(?:額|金額)?|수출(?:액|금액)?|ausfuhr(en)?|"
    r"exportations?|exportaci[oó]n|exportaciones|exporta[cç](?:[aã]o|[oõ]es)|esportazion[ei]|ihracat|eksport|wyw[oó]z|"
    r"vývoz|uitvoer|(?:ال)?صادرات|निर्यात)\b",
    re.IGNORECASE,
)
_IMPORT = re.compile(
    r"^(imports?|imported|импорт|ввоз|імпорт|ввіз|[进進]口[额額]?|进口总?值?|輸入(?:額|金額)?|수입(?:액|금액)?|einfuhr(en)?|"
    r"importations?|importaci[oó]n|importaciones|importa[cç](?:[aã]o|[oõ]es)|importazion[ei]|ithalat|przyw[oó]z|"
    r"dovoz|invoer|(?:ال)?واردات|आयात)\b",
    re.IGNORECASE,
)
VALUE_WORDS = (
    "value|valor|valeur|amount|trade|turnover|wert|değer|wartość|hodnota|waarde|стоим|сумма|вартість|金[额額]|总值|価額|"
    f"금액|قيمة|मूल्य|{EXPORT_WORDS}|{IMPORT_WORDS}"
)
"""What names a value, as a part of a pattern."""
RATE_WORDS = (
    "share|growth|percent|%|доля|темп|рост|比重|增长|同比|anteil|veränderung|wachstum|participa[cç]|cuota|varia(?:ci|ç|ti|zi)|"
    "crecimiento|crescimento|croissance|crescita|quota|aandeel|groei|udział|zmian|wzrost|podíl|změn|růst|değişim|"
    "artış|büyüme|частка|зростання|приріст|増減|伸び|伸率|構成比|증감|증가율|비중|점유|نسبة|نمو|हिस्स|वृद्धि"
)
"""What names a share or a rate of change, which is no value however much of one it mentions; as a part of a pattern."""
_NO_VALUE = re.compile(
    rf"quantit|weight|volume|tonn|\bkg\b|change|index|price|количеств|вес\b|数量|重量|menge|gewicht|cantidad|"
    rf"quantidad|\bpoids\b|\bpeso (?:net|l[ií]q|\(?kg)|hoeveelheid|ilość|množství|hmotnost|miktar|ağırlık|кількість|"
    rf"수량|중량|물량|كمية|وزن|मात्रा|{RATE_WORDS}",
    re.IGNORECASE,
)


def flow_word(text: str) -> str | None:
    """The flow a text is, X, M, RX or RM; none for a quantity, a share or a rate of one."""
    word = plain(text)
    both = re.search(f"exp|{EXPORT_WORDS}", word) and re.search(f"imp|{IMPORT_WORDS}", word)
    if _NO_VALUE.search(word) or both:
        return None
    if _RE_EXPORT.search(word) or _RE_IMPORT.search(word):
        return "RX" if _RE_EXPORT.search(word) else "RM"
    if _EXPORT.search(word) or word in ("x", "exp", "exp."):
        return "X"
    return "M" if _IMPORT.search(word) or word in ("m", "imp", "imp.") else None


def flow_of_year(text: str) -> tuple[str, str] | None:
    """The flow and the year a header of one column says: Exports 2019 (mn USD), 2019 Imports."""
    years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)
    flow = flow_word(text.replace(years[0], " ")) if len(years) == 1 else None
    return (flow, years[0]) if flow else None


def is_quantity(text: str) -> bool:
    """Whether a text names a quantity, a share or a rate, and no value."""
    return _NO_VALUE.search(plain(text)) is not None


def area_word(text: str) -> str | None:
    """A text that can name an area: words, not a number, a year or a flow."""
    word = plain(text)
    named = bool(re.search(r"[^\W\d_]{2}", word)) and year_of(text) is None and flow_word(text) is None
    return text.strip() if named and month_of(text) is None else None
