"""What printed tables call exports, imports, values, quantities and rates: one row for each language.

Patterns of regular expressions, in lower case. A language is added by its row; words.py and the drafting of contracts
read what is made of all rows at the end.
"""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """What one language calls things. A flow is (what its word begins with, how it may end); the rest is looked for
    anywhere in a text.
    """

    exports: tuple[tuple[str, str], ...]
    imports: tuple[tuple[str, str], ...]
    values: str = ""
    quantities: str = ""
    rates: str = ""
    is_spaced: bool = True  # whether blanks part its words


_LANGUAGES = {
    "English": Words(
        (("export", "s|ed"),), (("import", "s|ed"),), "value|amount|trade|turnover",
        r"quantit|weight|volume|tonn|\bkg\b|change|index|price", "share|growth|percent|%",
    ),
    "French": Words(
        (("exportation", "s"),), (("importation", "s"),), "valeur", r"\bpoids\b", "varia(?:ci|ç|ti|zi)|croissance",
    ),
    "Spanish": Words(
        (("exportaci", "[oó]n|ones"),), (("importaci", "[oó]n|ones"),), "valor",
        r"cantidad|\bpeso (?:net|l[ií]q|\(?kg)", "participa[cç]|cuota|crecimiento",
    ),
    "Portuguese": Words(
        (("exporta[cç]", "[aã]o|[oõ]es"),), (("importa[cç]", "[aã]o|[oõ]es"),), "valor", "quantidad", "crescimento",
    ),
    "Italian": Words((("esporta", "zion[ei]"),), (("importazion", "[ei]"),), "valor", "", "quota|crescita"),
    "German": Words(
        (("ausfuhr", "en"),), (("einfuhr", "en"),), "wert", "menge|gewicht", "anteil|veränderung|wachstum"
    ),
    "Dutch": Words((("uitvoer", ""),), (("invoer", ""),), "waarde", "hoeveelheid", "aandeel|groei"),
    "Polish": Words(
        (("eksport", ""), ("wyw[oó]z", "")), (("przyw[oó]z", ""),), "wartość", "ilość", "udział|zmian|wzrost",
    ),
    "Czech": Words((("vývoz", ""),), (("dovoz", ""),), "hodnota", "množství|hmotnost", "podíl|změn|růst"),
    "Turkish": Words((("ihracat", ""),), (("ithalat", ""),), "değer", "miktar|ağırlık", "değişim|artış|büyüme"),
    "Russian": Words(
        (("эксп", "орт"), ("вывоз", "")), (("имп", "орт"), ("ввоз", "")), "стоим|сумма", r"количеств|вес\b",
        "доля|темп|рост",
    ),
    "Ukrainian": Words(
        (("експ", "орт"), ("вивіз", "")), (("імп", "орт"), ("ввіз", "")), "вартість", "кількість",
        "частка|зростання|приріст",
    ),
    "Chinese": Words(
        (("出口", "[额額]|总?值"),), (("[进進]口", "[额額]|总?值"),), "金[额額]|总值",
        "数量|重量", "比重|增长|同比", False,
    ),
    "Japanese": Words((("輸出", "額|金額"),), (("輸入", "額|金額"),), "価額", "", "増減|伸び|伸率|構成比", False),
    "Korean": Words(
        (("수출", "액|금액"),), (("수입", "액|금액"),), "금액", "수량|중량|물량", "증감|증가율|비중|점유", False,
    ),
    "Arabic": Words((("(?:ال)?صادرات", ""),), (("(?:ال)?واردات", ""),), "قيمة", "كمية|وزن", "نسبة|نمو"),
    "Hindi": Words((("निर्यात", ""),), (("आयात", ""),), "मूल्य", "मात्रा", "हिस्स|वृद्धि"),
}  # fmt: skip


def _any(parts: list[str]) -> str:
    return "|".join(dict.fromkeys(part for part in parts if part))


def _begun(flows: list[tuple[str, str]]) -> str:
    """What begins a word for a flow, wherever in a text it stands."""
    return _any([stem for stem, _ in flows])


def _whole(flows: list[tuple[str, str]]) -> str:
    """The whole words for a flow."""
    return _any([f"{stem}(?:{endings})?" if endings else stem for stem, endings in flows])


_ALL = _LANGUAGES.values()
_SPACED, _UNSPACED = ([words for words in _ALL if words.is_spaced is spaced] for spaced in (True, False))
_EXPORTS = [flow for words in _ALL for flow in words.exports]
_IMPORTS = [flow for words in _ALL for flow in words.imports]
EXPORT_STEMS, IMPORT_STEMS = _begun(_EXPORTS), _begun(_IMPORTS)
"""What names exports or imports, wherever in a text it stands; as a part of a pattern, like all that follow."""
EXPORT_NAMES, IMPORT_NAMES = _whole(_EXPORTS), _whole(_IMPORTS)
"""Whole words for exports or imports."""
_AMONG_WORDS = r"(?<![^\W_])(?:{})(?![^\W_])|{}"
EXPORT_INSIDE = _AMONG_WORDS.format(
    _whole([flow for words in _SPACED for flow in words.exports]),
    _begun([flow for words in _UNSPACED for flow in words.exports]),
)
IMPORT_INSIDE = _AMONG_WORDS.format(
    _whole([flow for words in _SPACED for flow in words.imports]),
    _begun([flow for words in _UNSPACED for flow in words.imports]),
)
"""Whole words for exports or imports among other words."""
RATE_WORDS = _any([words.rates for words in _ALL])
"""What names a share or a rate of change, which is no value however much of one it mentions."""
QUANTITY_WORDS = _any([words.quantities for words in _ALL])
"""What names a quantity or a price."""
VALUE_WORDS = _any([*(words.values for words in _ALL), EXPORT_STEMS, IMPORT_STEMS])
"""What names a value, or a flow that stands for one."""
