"""What a cell of a printed table says, in the languages such tables come in: a year, a month, a period, a flow."""

from __future__ import annotations

import re
import unicodedata

_YEAR = re.compile(
    r"[A-Za-z]?\s*((?:19|20)\d\d)\s*(?:г\.?|года?|年|년|yil)?\s*(?:[*†]+|[pre]|\(\d\)|\d\))?", re.IGNORECASE
)
_WHOLE_YEAR = re.compile(
    r"^(?:jan(?:uary|\.)?|янв(?:арь|\.)?)\s*[-\u2013\u2014]\s*(?:dec(?:ember|\.)?|дек(?:абрь|\.)?),?\s*"
    r"|(?<=\d)\s*年?\s*1\s*[-\u2013\u2014至]\s*12\s*月(?:份)?$",
    re.IGNORECASE,
)
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
"""English names of the months, in their order."""
_OTHER_MONTHS = (
    ("янв", "1月", "一月", "janv", "ene", "январь"),
    ("фев", "2月", "二月", "fév", "fevr", "февраль"),
    ("мар", "3月", "三月", "mär", "mrz", "март"),
    ("апр", "4月", "四月", "avr", "abr"),
    ("май", "мая", "5月", "五月", "mai"),
    ("июн", "6月", "六月", "juin"),
    ("июл", "7月", "七月", "juil"),
    ("авг", "8月", "八月", "août", "aout", "ago"),
    ("сен", "9月", "九月"),
    ("окт", "10月", "十月", "okt", "out"),
    ("ноя", "11月", "十一月"),
    ("дек", "12月", "十二月", "déc", "dez", "dic"),
)
# Words that are months as a whole only: what begins like one of them may be any other word.
_WHOLE_MONTHS = {
    word: number
    for number, words in {
        1: "gennaio ocak styczeń", 2: "fevereiro şubat luty", 3: "maart", 4: "nisan kwiecień", 5: "maggio mei maj",
        6: "giugno haziran czerwiec", 7: "luglio temmuz lipiec", 8: "ağustos sierpień",
        9: "setembro setiembre settembre eylül wrzesień", 10: "ottobre ekim październik", 11: "kasım listopad",
        12: "aralık grudzień",
    }.items()
    for word in words.split()
}  # fmt: skip
_QUARTERS = {
    text: n for n, texts in enumerate(("1 i 一", "2 ii 二", "3 iii 三", "4 iv 四"), 1) for text in texts.split()
}
_QUARTER = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<y>(?:19|20)\d\d)[-./\s]*q(?P<q>[1-4])",
        r"q(?P<q>[1-4])[-./\s]*(?P<y>(?:19|20)\d\d)",
        r"(?P<q>[1-4]|i{1,3}|iv)\s*(?:q|кв\.?|квартал)[-./\s]*(?P<y>(?:19|20)\d\d)(?:\s*(?:г|года?)\.?)?",
        r"(?P<y>(?:19|20)\d\d)\s*年\s*第?(?P<q>[一二三四1-4])季度?",
    )
)
_MONTH_BY_WORD = {
    word: number
    for number, (name, others) in enumerate(zip(MONTH_NAMES, _OTHER_MONTHS, strict=True), start=1)
    for word in (name[:3].lower(), *others)
}
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
# Letters of two scripts that look alike: a word written with both is read as the script most of it is in.
_LOOK_ALIKE = dict(zip("АВЕЅZНІЈКМОРСТХУаеорсухіјѕ", "ABESZHIJKMOPCTXYaeopcyxijs", strict=True))
_TO_CYRILLIC = {latin: cyrillic for cyrillic, latin in _LOOK_ALIKE.items() if cyrillic != latin}


def plain(text: str) -> str:
    """A text as people read it: one script in a word, no marks of footnotes, single blanks, lower case."""
    text = re.sub("[*†‡\u00b9\u00b2\u00b3\u2070-\u2079\u00ad\u200b]", "", text)
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).replace("İ", "i")  # of two letters in lower case
    text = re.sub(r" ?\[\w{1,2}\] ?$|(?<=[^\W\d]) ?\d{1,2}\) ?$", "", text).strip(" .:;-–—•\"'«»“”")
    return " ".join(_one_script(word) for word in text.split(" ")).casefold()


def _one_script(word: str) -> str:
    cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in word)
    latin = sum(letter.isascii() and letter.isalpha() for letter in word)
    if not cyrillic or not latin:
        return word
    swap = _LOOK_ALIKE if latin >= cyrillic else _TO_CYRILLIC
    return "".join(swap.get(letter, letter) for letter in word)


def year_of(text: str) -> str | None:
    """The year a text is: 2021, Y2021, 2021 г., 2021年, 2021*, January-December 2021, 2021年1-12月."""
    bare = _WHOLE_YEAR.sub("", " ".join(text.split()))
    found = _YEAR.fullmatch(bare)
    return found[1] if found else None


def month_of(text: str) -> str | None:
    """The month a text is, as two digits: January, янв., 1月, 3, 03. Março."""
    word = plain(text)
    if word.isdecimal():
        return f"{int(word):02d}" if len(word) <= 2 and 1 <= int(word) <= 12 else None
    if numbered := re.fullmatch(r"(\d{1,2})\s?[-.)\u2013]?\s?([^\W\d_]{3,}\.?)", word):
        month = month_of(numbered[2])
        return month if month == f"{int(numbered[1]):02d}" else None
    whole = re.fullmatch(r"(\d{1,2}月(?:份)?|[^\W\d_]+)\.?", word)
    if whole is None:
        return None
    word = whole[1].removesuffix("份")
    number = (
        _MONTH_BY_WORD.get(word)
        or _WHOLE_MONTHS.get(word)
        or next((_MONTH_BY_WORD[word[:n]] for n in (4, 3) if len(word) > n and word[:n] in _MONTH_BY_WORD), None)
    )
    return f"{number:02d}" if number else None


def period_of(text: str) -> str | None:
    """The month or the quarter of a year a text is, as 2021-03 or 2021-Q1: 2021M03, Mar 2021, март 2021 г., 2021年3月,
    03.2021; 2021Q1, Q1 2021, I кв. 2021 г.
    """
    word = plain(text)
    if quarter := next((match for pattern in _QUARTER if (match := pattern.fullmatch(word))), None):
        return f"{quarter['y']}-Q{_QUARTERS[quarter['q']]}"
    if found := re.fullmatch(r"((?:19|20)\d\d)[-./m\s年]*(\d{1,2})月?(?:-01)?(?: 00:00:00)?", word):
        year, month = found[1], month_of(found[2])
    elif found := re.fullmatch(r"(\d{1,2}|[^\W\d_]+)[-./\s]*((?:19|20)\d\d)\s*(?:г|год)?\.?", word):
        year, month = found[2], month_of(found[1])
    elif found := re.fullmatch(r"((?:19|20)\d\d)[-./\s]*([^\W\d_]+)", word):
        year, month = found[1], month_of(found[2])
    else:
        return None
    return f"{year}-{month}" if month else None


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
