"""Which period a text about figures speaks of, and whether they are sums of another span: titles, headings, notes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flows.formats.period_words import month_named, names_months_alone, period_of
from flows.formats.plain import plain

# Of a text: years that are no period of its figures, such as those of a nomenclature or of prices, and days.
_OTHER_YEARS = re.compile(
    r"(?<![^\W_])(?:hs|nc|cn|sitc|isic|bec|тн вэд|base|basis|база)\W{0,3}(?:19|20)\d\d"
    r"|(?:19|20)\d\d\W{0,2}(?:=\s*100|(?:constant )?(?:prices|dollars)|edition|nomenclature|в ценах|年价格)"
    r"|(?<!\d)\d{1,2}[-./](?:\d{1,2}|[a-z]{3})[-./](?:19|20)\d\d|(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}(?!\d)"
)
# Of a text about the publication: its year is not that of its figures.
_OF_PUBLICATION = re.compile(
    r"yearbook|annuaire|jahrbuch|anuario|annuario|ежегодник|年鉴|年鑑|bulletin|бюллетень|publish|publi[eé]|veröffentlicht|"
    r"опубликов|发布|updated|aktualisiert|обновл|更新|revis|releas|access|download|print|retriev|sources?:|source |"
    r"quelle|fuente|fonte|источник|来源|資料|©|copyright|stand:|as of|as at|по состоянию"
)
# Words for a part of a year, or for a year of another kind, beside which a year is no period by itself.
_PART_OF_YEAR = re.compile(
    r"month|monat|mois|meses|mesi|мес|月|월|quart|trimest|квартал|季|분기|half|halbjahr|semest|полугод|半年|반기|week|woche|"
    r"недел|周|(?<![^\W_])кв(?![^\W_])|fiscal|financial|budget|marketing|(?<![^\W_])(?:fy|h[12]|ytd)(?![^\W_])|q[1-4]|"
    r"to date|cumul|kumul|накоплен|нарастающ|累"
)
# The same in figures: M03, 9M, I-IX, 2021-03, 3.2021, 2019/20, FY2021.
_PART_IN_FIGURES = re.compile(
    r"(?<![^\W_])(?:fy\W?\d|m\d{1,2}(?!\d)|\d{1,2}\s?m(?![^\W_])|i{1,3}\s?[-\u2013]\s?[ivx]+(?![^\W_]))"
    r"|(?:19|20)\d\d[-./\u2013]?m?\d{1,2}(?!\d)|(?<!\d)\d{1,2}[-./\u2013](?:19|20)\d\d"
)
_TWELVE_MONTHS = re.compile(r"(?<!\d)12\s?(?:months?|m|мес\w*)(?![^\W_])\.?(?!\s*(?:to|end))")
_SPAN = re.compile(r"([^\W\d_]{3,})\.?\s*(?:[-\u2013\u2014/~至]|to|through|till|bis|по|до|à|au?|al?)\s*([^\W\d_]{3,})")
_LIST = re.compile(r"([^\W\d_]{3,})\.?\s*(?:[,&+、]|and|und|et|и|y|e)\s*([^\W\d_]{3,})")
# Sums of more than the month or the quarter beside them: 12 months to June 2021, YTD March 2021, year ended June 2021.
_SUMS = re.compile(
    r"[ck]umul|to date|(?<![^\W_])ytd(?![^\W_])|накоплен|нарастающ|с начала|累"
    r"|rolling|moving (?:annual|average|total|sum|\d|twelve)|скользящ"
    r"|(?<![^\W_])(?:\d{1,2}|two|three|four|six|nine|ten|twelve)[-\s]?(?:months?|monate?|mois|mes(?:es|i)|мес\w*|m(?![^\W_]))"
    r"|(?:year|quarter|half|months)[-\s](?:to|end)(?![-\s](?:19|20)\d\d)"
    r"|(?<![^\W_])(?:fy\W?(?:\d{2,4})?|h[12]|[12]h)(?![^\W_])|(?:fiscal|financial|budget|marketing)[-\s]year"
    r"|half[-\s]?year|(?:first|second|1st|2nd) half|halbjahr|semest(?:re|er)|полугоди|半年|반기|week[-\s](?:to|end)"
)
# A word before a month that makes it one end of a span; what follows it says whether it does.
_END_OF_SPAN = re.compile(
    r"(?<![^\W_])(?:to|including|through|thru|till|until|since|from|after|before|end(?:ed|ing)?|bis|seit|ab|von|до|по|со?|начиная|"
    r"à|au|depuis|jusqu.\w*|hasta|desde|até|al?|fino|dal?)\s+(?:the\s+)?(?:end\s+(?:of\s+)?)?"
    r"([^\W\d_]{3,}|(?:19|20)\d\d|q[1-4](?!\w)|i{1,3}(?!\w)|iv(?!\w))"
)
_ONE_QUARTER = re.compile(
    r"(?<![^\W_])(?:q[1-4]|[1-4]q)(?![^\W_])|(?:first|second|third|fourth|last|1st|2nd|3rd|4th|[1-4][.)]?|i{1,3}|iv) "
    r"(?:quarter(?!ly)|quartal|trimest|квартал|кв(?![^\W_]))|第[一二三四1-4]季|[1-4]分기"
)
_QUARTER_NAMED = re.compile(r"quart|trimest|квартал|(?<![^\W_])кв(?![^\W_])|季|분기")
SOME_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
"""A year anywhere in a text."""
_LONE_YEAR = re.compile(
    r"(?<![\w.,/\u2013\u2014-])(?:19|20)\d\d(?![,/\u2013\u2014-]\w|\.\d|\s*[\u2013\u2014-]\s*\d)"
)  # none of 2019/20, 1.2021, 2019 - 21
_NUMBERED = re.compile(r"(?:19|20)\d\d\W\d|\d\W(?:19|20)\d\d")  # Table 2021-4
_MOST_WORDS = 4  # of a period: 1 quarter of 2021
_ALSO_WORDS = ("may", "mar")  # months beside a year, else other words


def period_in(texts: Iterable[str]) -> str | None:
    """The one year, quarter or month that texts speak of, as 2021, 2021-Q1 or 2021-03: Exports by country in 2021.

    None where they speak of several, of other parts of a year, or of none. A text about a publication says nothing, and
    neither does the year of prices or of a nomenclature.
    """
    words = [_OTHER_YEARS.sub(" ", plain(text)) for text in texts]
    said = {_spoken_of(word) for word in words if SOME_YEAR.search(word) and not _OF_PUBLICATION.search(word)}
    return said.pop() if len(said) == 1 else None


def says_part_of_year(text: str) -> bool:
    """Whether a text speaks of less than a calendar year, or of another one: H1 2021, Jan-Mar 2021, FY2021."""
    word = _without_whole_years(plain(text))
    return _PART_IN_FIGURES.search(word) is not None or _names_part_of_year(word)


def says_sum_to_period(text: str) -> bool:
    """Whether the month or quarter a text names is the end of what its figures stand for: 12 months to June 2021, YTD
    March 2021, year ended June 2021, through Q2 2021.
    """
    word = plain(text)
    ends = (found[1] for found in _END_OF_SPAN.finditer(word))
    return _SUMS.search(word) is not None or any(not end.isalpha() or month_named(end) is not None for end in ends)


def calls_other_span(text: str, by_years: bool) -> bool:
    """Whether a text calls figures sums of a span that is no month, no quarter and no year, such as a half-year; of
    figures `by_years` also of a quarter or a month of each year: Q1, June.
    """
    word = _without_whole_years(plain(text))
    if _OF_PUBLICATION.search(word):
        return False
    return _SUMS.search(word) is not None or (by_years and _calls_part_of_each(word))


def _calls_part_of_each(word: str) -> bool:
    """Whether a text above years names a quarter or some months of each; a month beside a year may be a day's."""
    months = any(month_named(first) and month_named(last) for first, last in _SPAN.findall(word))
    return months or _ONE_QUARTER.search(word) is not None or (not SOME_YEAR.search(word) and _names_month(word))


def _names_part_of_year(word: str) -> bool:
    return _PART_OF_YEAR.search(word) is not None or _names_month(word)


def _names_month(word: str) -> bool:
    return any(map(_is_month, re.findall(r"[^\W\d_]+", word)))


def _spoken_of(word: str) -> str | None:
    """The one period a text speaks of that has a year in it."""
    whole = _without_whole_years(word)
    several = [*_SPAN.findall(whole), *_LIST.findall(whole)]
    if any(month_named(first) and month_named(last) for first, last in several):
        return None
    if finer := _finer_periods(whole):
        said = finer.pop()
        is_other = says_sum_to_period(word) or ("Q" not in said and _QUARTER_NAMED.search(word) is not None)
        return None if finer or is_other else said or None
    years = SOME_YEAR.findall(whole)
    is_whole = not _names_part_of_year(whole) and len(years) == 1 and _LONE_YEAR.search(whole)
    return years[0] if is_whole else None


def _finer_periods(word: str) -> set[str]:
    """The months and quarters a text speaks of; an empty text for a day."""
    words = re.split(r"[\s,;:()]+", word)
    found: set[str] = set()
    for at in range(len(words)):
        for to in range(at + 1, min(at + _MOST_WORDS, len(words)) + 1):
            piece = " ".join(words[at:to])
            if not _NUMBERED.fullmatch(piece) and names_months_alone(piece) and (said := period_of(piece)):
                is_day = at > 0 and re.fullmatch(r"\d{1,2}(?:st|nd|rd|th|\.)?", words[at - 1]) is not None
                found.add("" if is_day else said)
    return found


def _without_whole_years(word: str) -> str:
    """A text without the months that whole years are printed with: January-December 2021, 12 months, 2021年1-12月."""
    word = _TWELVE_MONTHS.sub(" ", word)
    word = re.sub(r"((?:19|20)\d\d)\s*年?\s*1\s*[-\u2013\u2014至]\s*12\s*月(?:份)?", r" \1 ", word)
    return _SPAN.sub(lambda span: " " if (month_named(span[1]), month_named(span[2])) == (1, 12) else span[0], word)


def _is_month(word: str) -> bool:
    """Whether a word of a text is the name of a month, and hardly ever another word."""
    return word not in _ALSO_WORDS and month_named(word) is not None
