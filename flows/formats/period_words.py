"""Which year, month or period a text is, in the languages printed tables come in."""

from __future__ import annotations

import re

from flows.formats.plain import plain

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

# Names of months in a running text, whole: what begins like one, such as market or main, is none.
_FULL_MONTHS = {
    word: number
    for number, words in enumerate((
        "january января январь январе januar januari janvier enero janeiro січень січня",
        "february февраля февраль феврале februar februari février fevrier febrero febbraio лютий лютого",
        "march марта март марте märz mars marzo março marco березень березня",
        "april апреля апрель апреле avril abril aprile квітень квітня",
        "мая май мае mayo maio травень травня", "june июня июнь июне juni juin junio junho červen червень червня",
        "july июля июль июле juli juillet julio julho липень липня",
        "august августа август августе août aout agosto augustus серпень серпня",
        "september сентября сентябрь сентябре septembre septiembre sept вересень вересня",
        "october октября октябрь октябре oktober octobre octubre outubro жовтень жовтня",
        "november ноября ноябрь ноябре novembre noviembre novembro",
        "december декабря декабрь декабре dezember décembre diciembre dezembro dicembre грудень грудня",
    ), start=1)
    for word in words.split()
}  # fmt: skip
_RATHER_WORDS = ("out", "set", "ago", "dic")  # short for months, and other words even there
_QUARTER_WORDS = frozenset({"квартал"})


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


def names_months_alone(piece: str) -> bool:
    """Whether every word of some letters names a month or a quarter; words of the Far East are not looked at."""
    return all(word in _QUARTER_WORDS or month_named(word) for word in re.findall(r"[^\W\d_\u3000-\uffff]{3,}", piece))


def month_named(word: str) -> int | None:
    """The month a word of a running text names, as a number; none for another word, though it begins like a month."""
    if word in _RATHER_WORDS:
        return None
    return _FULL_MONTHS.get(word) or _WHOLE_MONTHS.get(word) or _MONTH_BY_WORD.get(word)
