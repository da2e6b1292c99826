"""Which code list the values of a column come from: areas, flows, HS codes, quantity units."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from flows.contracts.seeds import seed_rows
from flows.formats.plain import plain
from flows.formats.vocabulary import EXPORT_INSIDE, IMPORT_INSIDE
from flows.formats.words import flow_word, is_quantity
from flows.inbox.own.names import Names
from flows.read.areas import named_abroad

# In the order of trust where two explain a column as well.
AREA_SYSTEMS = ("iso3", "m49", "comtrade", "iso2", "comext", "name")
FITS = 0.95  # of the different values of a column, known to a code list
_NUMERIC = ("m49", "comtrade", "baci")
_PARTS = frozenset({"XI", "XU"})  # of the United Kingdom, which stands beside them: no list of areas has them
_FLOW_WORDS = (
    (re.compile(r"domestic exp"), "DX"),
    (re.compile(r"re[- ]?exp"), "RX"),
    (re.compile(r"re[- ]?imp"), "RM"),
    (re.compile(r"^(x|exp|exports?|export(?:ed|a[çc]\w+|azion\w+)?\b.*|outgoing|dispatch.*|эксп.*|ausfuhr.*)$"), "X"),
    (re.compile(r"^(m|imp|imports?|import(?:ed|a[çc]\w+|azion\w+)?\b.*|incoming|arrival.*|имп.*|einfuhr.*)$"), "M"),
)
_FLOW_INSIDE = (("X", re.compile(EXPORT_INSIDE)), ("M", re.compile(IMPORT_INSIDE)))
_OF_CHINA = ("HKG", "MAC", "TWN")
NO_VALUE = "-"  # of a word in a column of flows: what the row holds is a quantity, a share or a rate
# Of a column of flows: the sum of both, or their difference.
_BOTH_FLOWS = re.compile(
    r"balance|turnover|total(?: trade)?$|net exports?|both|сальдо|оборот|всего|итого|saldo|差额|进出口|顺差|逆差",
    re.IGNORECASE,
)
_WORLD = frozenset({
    "total", "all countries", "all partners", "world total", "grand total", "всего", "итого", "мир", "весь мир",
    "总值", "总计", "合计", "全球", "世界", "welt", "gesamt", "insgesamt", "monde", "ensemble des pays", "tous pays",
    "mundo", "total general", "total geral", "todos los países", "todos os países", "mondo", "totale", "dünya",
    "toplam", "genel toplam", "świat", "ogółem", "razem", "svět", "celkem", "wereld", "totaal", "світ",
    "усього", "разом", "세계", "합계", "총계", "総計", "総額", "العالم", "الإجمالي", "المجموع", "विश्व", "कुल", "jami",
    "барлығы", "cəmi",
})  # fmt: skip
_PART_NAMES = frozenset({"united kingdom (northern ireland)"})  # which the United Kingdom beside it holds
_LONGEST_NAME = 300  # letters of the name of an area with its notes
_PERIMETER = (
    r"incl|excl|except|without|with\b|other than|ohne|einschl|außer|sans|sauf|y compris|"
    r"вкл|без|кроме|не включая|含|不含|包括"
)
_NOTE = re.compile(rf"{_PERIMETER}|as of|from|until|up to|since|before|after|до |с |по |\d", re.IGNORECASE)
# What a name in no brackets leaves out: "China except Hong Kong".
_EXCEPT = re.compile(r"(.+?)\s+((?:except|excluding|excl\.?|without|other than|ohne|außer|sans|sauf|без|кроме)\s.+)")
_LEFT_OUT = re.compile(r"\b(?:excl|except|excluding|without|other than|ohne|außer|sans|sauf|без|кроме)|не включая|不含")
_UNTIL = re.compile(r"(?:\.\.\.|…)\s*\d{4}")  # Ethiopia (...1992) is not the Ethiopia of today
_ZEROS = "00"
# Of a column nobody knows: the sum of the other rows, of goods, months or ways of transport.
_SUM = re.compile(
    r"(?:grand |sub)?-?total\b.*|.*\btotal|all(?: \w+)?|sum|annual|(?:whole |full )?year|insgesamt|gesamt|summe|jahr|"
    r"всего.*|итого.*|год|合计|总计|总值|全年"
)
# What a column is called, and what its cells say, that tells views of the same figures apart.
_OF_VIEWS = re.compile(
    r"season|saison|desestac|сезон|季[节節调調]|(?<![^\W_])(?:s.)?adj|basis|prices?(?![^\W_])|valuation|vintage|version|edition|"
    r"release|(?<![^\W_])status"
)
_VIEW = re.compile(
    r"adjusted|bereinigt|désaison|corrigé|desestac|сезон|季[节節调調]|trend|balance of payments|"
    r"(?<![^\W_])(?:bop|cif|fob)(?![^\W_])|(?:customs|census) basis|(?:constant|current|chained) (?:prices|dollars)|"
    r"(?:general|special) trade|preliminary|provisional|revised|предвар"
)
_TOTALS = frozenset({"total", "all", "all products", "all commodities", "total trade", "total - all products", _ZEROS})


@lru_cache(maxsize=4)
def area_terms(seeds: Path) -> Mapping[str, Mapping[str, str]]:
    """Area by term, for each code system; the terms as dbt's int_own_record_classified has them."""
    terms: dict[str, dict[str, str]] = {system: {} for system in (*AREA_SYSTEMS, "baci")}
    for row in seed_rows(seeds, "area_code"):
        if row["code_system"] in terms:
            terms[row["code_system"]][row["code"].lower()] = row["area_code"]
    for row in seed_rows(seeds, "area"):
        terms["name"][row["area_name"].lower()] = row["area_code"]
        if row["m49_code"]:
            terms["m49"][str(int(row["m49_code"]))] = row["area_code"]
        terms["name"][row["area_code"].lower()] = row["area_code"]  # a person may give a name its code
    for row in seed_rows(seeds, "area_name_variant"):
        terms["name"][row["area_name_variant"].lower()] = row["area_code"]
    return terms


@lru_cache(maxsize=4)
def _names(seeds: Path) -> Names:
    return Names(area_terms(seeds)["name"])


@lru_cache(maxsize=4)
def _ended(seeds: Path) -> frozenset[str]:
    """Areas that are no more."""
    return frozenset(row["area_code"] for row in seed_rows(seeds, "area") if row["valid_to"])


@lru_cache(maxsize=4)
def _economies(seeds: Path) -> frozenset[str]:
    return frozenset(row["area_code"] for row in seed_rows(seeds, "area") if row["area_kind"] == "economy")


def area_named(text: str, seeds: Path) -> str | None:
    """The area a printed name means: look-alike letters, marks and notes aside; none where that leaves a doubt.

    A name no code list has is that of an economy where it is called so in one of some languages (`named_abroad`).
    A note counts as one where it says what an economy includes or leaves out, or gives another name of the same area.
    """
    if len(text) > _LONGEST_NAME:
        return None
    names = _names(seeds)
    word = plain(text)
    if (area := names.get(word)) is not None:
        return area
    if word in _WORLD:
        return "WLD"
    if (area := named_abroad(text)) is not None:
        return area
    found = re.fullmatch(r"(.+?)\s*[(（\[](.+)[)）\]]", word) or _EXCEPT.fullmatch(word)
    if found is None or (_UNTIL.match(found[2]) and names.get(plain(found[1])) not in _ended(seeds)):
        return None
    outer, note = names.get(plain(found[1])), plain(found[2])
    inner = names.get(note)
    if outer == "EUU" and note.isdigit():  # a union of 27 or of 28 members is one of several
        return None
    # a World or a group with or without somebody is another area
    if outer not in _economies(seeds) and re.match(_PERIMETER, note, re.IGNORECASE):
        return None
    if outer is not None and (inner == outer or (outer in _OF_CHINA and inner == "CHN") or _NOTE.match(note)):
        return outer
    return inner if outer is None and inner is not None and _NOTE.match(plain(found[1])) else None


def likely_areas(text: str, seeds: Path) -> list[str]:
    """Up to three areas whose names are most like a text, the likeliest first."""
    word = plain(text)
    if len(text) > _LONGEST_NAME or word in _PART_NAMES:
        return []
    names = _names(seeds).known
    bare = plain(re.sub(r"[(（\[].*", "", word))
    close = [bare] if bare in names else []
    if _LEFT_OUT.search(word) and not {names.get(bare)} & _economies(seeds):
        return []
    close += difflib.get_close_matches(word, names, n=6, cutoff=0.75) + difflib.get_close_matches(bare, names, 3, 0.8)
    return list(dict.fromkeys(names[name] for name in close))[:3]


def area_of(term: str, system: str, seeds: Path) -> str | None:
    """The area a term means in a code system."""
    key = term.strip().lower()
    if system in _NUMERIC:
        key = str(int(key)) if len(key) < 10 and key.isascii() and key.isdigit() else ""
    return area_terms(seeds)[system].get(key)


def area_share(values: Sequence[str], system: str, seeds: Path) -> float:
    """How many in 1 of the different values are areas in a code system."""
    terms = set(values) - _PARTS
    known = area_named if system == "name" else lambda term, seeds: area_of(term, system, seeds)
    return sum(known(term, seeds) is not None for term in terms) / len(terms) if terms else 0.0


def area_system(values: Sequence[str], seeds: Path) -> tuple[str, float]:
    """The code system that knows most of the values, and how many in 1 it knows.

    Code lists overlap, so one that does not know 95 in 100 of the values explains none of them.
    """
    shares = [
        (share if system == "name" or share >= FITS else 0.0, -rank, system)
        for rank, system in enumerate(AREA_SYSTEMS)
        for share in [area_share(values, system, seeds)]
    ]
    share, _, system = max(shares)
    return system, share


def unknown_areas(values: Sequence[str], system: str, seeds: Path) -> list[str]:
    """Values that are no area in a code system, those met first in front."""
    return [term for term in dict.fromkeys(values) if area_of(term, system, seeds) is None]


def flow_of(word: str, flow_codes: frozenset[str]) -> str | None:
    """The flow a word means: a code of the list, or a word for exports, imports and what comes back.

    NO_VALUE for the quantity, the share or the growth of a flow, and for the sum or the difference of two.
    """
    if word.upper() in flow_codes or word == NO_VALUE:
        return word.upper()
    if _BOTH_FLOWS.search(plain(word)):
        return NO_VALUE
    if (found := flow_word(word)) is not None:
        return found
    known = next((code for pattern, code in _FLOW_WORDS if pattern.search(plain(word))), None)
    if known is not None:
        return NO_VALUE if flow_word(word.split()[0]) else known
    inside = [code for code, pattern in _FLOW_INSIDE if pattern.search(plain(word))]
    return (NO_VALUE if is_quantity(word) else inside[0]) if len(inside) == 1 else None


def is_total(word: str) -> bool:
    """Whether a word in a column of products means all of them."""
    return word.lower().strip(" '") in _TOTALS


def is_sum(text: str) -> bool:
    """Whether a text means the sum of the rows beside it."""
    return _SUM.fullmatch(plain(text)) is not None


def is_view(header: str, texts: Iterable[str]) -> bool:
    """Whether a column tells apart figures of the same trade seen in another way, which nobody adds up: as adjusted for
    seasons, at constant prices, by the balance of payments, CIF or FOB, preliminary or revised.
    """
    return _OF_VIEWS.search(plain(header)) is not None or any(_VIEW.search(plain(text)) for text in texts)


def totals_in(values: Iterable[str]) -> list[str]:
    """The words of a column of products that mean all of them. 00 does so alone: beside codes it may be one of them."""
    different = set(values)
    totals = sorted(value for value in different if is_total(value))
    return totals if len(totals) == len(different) else [word for word in totals if word.strip() != _ZEROS]


def hs_code(text: str) -> str | None:
    """The digits of an HS code, the zeros a spreadsheet took restored; none where it is no HS code.

    An apostrophe before it, as ITC writes it, only keeps a spreadsheet from taking it for a number. A code with one
    dot is a heading and what follows: 101.3 was 0101.30. dbt's own_product does the same.
    """
    text = text.strip().replace("'", "")
    heading, dot, rest = text.replace(",", ".").partition(".")
    if dot and "." not in rest and len(heading) in (3, 4):
        text = heading.zfill(4) + rest.ljust(len(rest) + len(rest) % 2, "0")
    digits = re.sub(r"[.,\s-]", "", text)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 12:
        return None
    digits = digits.zfill(len(digits) + len(digits) % 2)
    return digits if "01" <= digits[:2] <= "99" and digits[:2] != "77" else None
