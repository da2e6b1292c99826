"""Which economy, group or other area of core.dim_area a person means."""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import duckdb

from flows.errors import EntrepotError
from flows.read.wording.names import in_text
from flows.settings import ROOT

_SEEDS = ROOT / "dbt_project" / "seeds"

# What people type and no list of a publisher has. They find an area; they are no names that its records may bear.
_TYPED_NAMES = {
    "America": "USA", "Britain": "GBR", "Burma": "MMR", "DR Congo": "COD", "DRC": "COD", "England": "GBR",
    "EU": "EUU", "Holland": "NLD", "Ivory Coast": "CIV", "North Korea": "PRK", "PRC": "CHN", "South Korea": "KOR",
    "UAE": "ARE", "US": "USA", "Österreich": "AUT",
}  # fmt: skip

# Languages an economy may be named in: here, in tables people bring, and in the boxes of the page (picker.js), which
# ask the browser for them.
LANGUAGES = (
    "ar", "az", "bg", "cs", "da", "de", "el", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu", "hy", "id", "it",
    "ja", "ka", "kk", "ko", "lt", "lv", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "th", "tr", "uk",
    "uz", "zh",
)  # fmt: skip

# Names in these languages that statistics print, and the lists of names do not have.
_PRINTED_NAMES = {
    "ABD": "US", "EE. UU.": "US", "EEUU": "US", "EUA": "US", "Estados Unidos de América": "US",
    "Estados Unidos da América": "US", "États-Unis d'Amérique": "US", "Vereinigte Staaten von Amerika": "US",
    "Stati Uniti d'America": "US", "Stany Zjednoczone Ameryki": "US", "Spojené státy americké": "US", "VAE": "AE",
    "BAE": "AE", "Großbritannien": "GB", "Grande-Bretagne": "GB", "Gran Bretaña": "GB", "Grã-Bretanha": "GB",
    "Velká Británie": "GB", "Holanda": "NL", "Russische Föderation": "RU", "Fédération de Russie": "RU",
    "Federación de Rusia": "RU", "Federação Russa": "RU", "Federação da Rússia": "RU", "Federazione Russa": "RU",
    "Federacja Rosyjska": "RU", "Rusya Federasyonu": "RU", "Tschechische Republik": "CZ", "République tchèque": "CZ",
    "República Checa": "CZ", "Repubblica Ceca": "CZ", "Česká republika": "CZ", "Republika Czeska": "CZ",
    "Çek Cumhuriyeti": "CZ", "Slovak Cumhuriyeti": "SK",
}  # fmt: skip

ECONOMY_OR_GROUP = ("economy", "group")
ANY_KIND = (*ECONOMY_OR_GROUP, "world", "special", "nes")


@dataclass(frozen=True)
class Area:
    """An area of dim_area: its code, its name, whether it is a group of economies."""

    code: str
    name: str
    is_group: bool


_LABEL = re.compile(r"(.+?)\s*\((\w+)\)")
_Row = tuple[str, str, str, str | None]  # code, name, kind and alpha-2 code of an area
_AREAS = """
select area_code, area_name, area_kind, iso2_code from core.dim_area
where list_contains(?, area_kind)
order by is_economy desc, valid_to is not null, area_code
"""


def find_area(con: duckdb.DuckDBPyConnection, text: str, kinds: tuple[str, ...] = ECONOMY_OR_GROUP) -> Area:
    """The area of these kinds a person means, by code or name. Raises EntrepotError with the closest names if none."""
    if found := area_named(con, text, kinds) or _labelled(_rows(con, kinds), text):
        return found
    if other := area_named(con, text):
        said = f"{other.name} ({other.code}) is neither an economy nor a group of economies"
        raise EntrepotError(f"{said}, so it has no profile.")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    raise EntrepotError(
        f"{text!r} is not an economy or group of this warehouse; "
        f'`entrepot sql "select area_code, area_name from core.dim_area where area_kind in ({listed})"` lists them.'
        f"{_hint(_rows(con, kinds), text)}"
    )


def economy_typed(text: str) -> str:
    """The code of the economy a person means, by code or name, where no release need be at hand.

    Raises EntrepotError with the closest names if there is none.
    """
    if found := area_typed(text, ("economy",)):
        return found
    if labelled := _labelled(_listed(("economy",)), text):
        return labelled.code
    said = f"{text!r} is not an economy; give its name, or its ISO 3166 code such as CHN."
    raise EntrepotError(f"{said}{_hint(_listed(('economy',)), text)}")


def area_typed(text: str, kinds: tuple[str, ...] = ANY_KIND) -> str | None:
    """The code of the area of these kinds with this code or name, as `area_named` knows it, where no release need be at
    hand; None where there is none.
    """
    found = _found(_listed(kinds), text)
    return found.code if found else None


def read_as(text: str) -> str:
    """A sentence on which economy a name is read as that lists of publishers give to one, and that is in the names of
    others too, such as Congo and Korea; empty where it is a code, the area's own name, or in no other name.
    """
    rows, bare = _listed(ECONOMY_OR_GROUP), _bare(text)
    found = _found(rows, text)
    if found is None or not bare:
        return ""
    codes = {written.casefold() for code, _, _, iso2 in rows for written in (code, iso2) if written}
    if bare in codes or bare == _bare(found.name):  # U.S. is a code too
        return ""
    others = [row for row in rows if row[2] == "economy" and row[0] != found.code and _is_in(bare, row[1])]
    if not others:
        return ""
    said = ", ".join(f"{code} for {in_text(name)}" for code, name, _, _ in others)
    return f"{text.strip()!r} is read as {in_text(found.name)} ({found.code}); write {said}."


def _is_in(bare: str, name: str) -> bool:
    """Whether a bare name is one or several whole words of a name."""
    return f" {bare} " in f" {_bare(name)} "


def _listed(kinds: tuple[str, ...]) -> list[_Row]:
    """The areas of the list that core.dim_area is made from, in the order of `_AREAS`."""
    with (_SEEDS / "area.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["area_kind"] in kinds]
    rows.sort(key=lambda row: (row["area_kind"] != "economy", bool(row["valid_to"]), row["area_code"]))
    return [(row["area_code"], row["area_name"], row["area_kind"], row["iso2_code"] or None) for row in rows]


def _hint(rows: Iterable[_Row], text: str) -> str:
    """A question that names the areas whose names hold the text or are nearest to it; empty where none is near."""
    said = _bare(text)
    names = {_bare(name): f"{name} ({code})" for code, name, _, _ in rows}
    close = [label for name, label in names.items() if said and said in name][:5]
    close = close or [names[name] for name in difflib.get_close_matches(said, list(names), n=3)]
    either = " or ".join(filter(None, (", ".join(close[:-1]), *close[-1:])))
    return f" Did you mean {either}?" if close else ""


def area_names(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The name of every area by its code."""
    return dict(con.execute("select area_code, area_name from core.dim_area").fetchall())


def period_names(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The name of every period by its code: `January to September 2023` by `2023-YTD09`."""
    return dict(con.execute("select period_code, period_name from core.dim_period").fetchall())


def area_named(con: duckdb.DuckDBPyConnection, text: str, kinds: tuple[str, ...] = ANY_KIND) -> Area | None:
    """The area of these kinds with exactly this code or name, or one of its other names; None where there is none.

    Other names are those in lists of publishers, those that people type, and those in `LANGUAGES`. Capitals, accents,
    apostrophes, dots, hyphens, an article and the spelling of an umlaut make no difference to a name.
    """
    return _found(_rows(con, kinds), text)


def _rows(con: duckdb.DuckDBPyConnection, kinds: tuple[str, ...]) -> list[_Row]:
    return con.execute(_AREAS, [list(kinds)]).fetchall()


def _found(rows: list[_Row], text: str) -> Area | None:
    said = text.strip().casefold()
    for code, name, kind, iso2 in rows:
        if said in (code.casefold(), name.casefold(), (iso2 or code).casefold()):
            return Area(code, name, kind == "group")
    bare = _bare(text)
    for code, name, kind, _ in rows:
        if bare and (bare == _bare(name) or _other_names().get(bare) == code):
            return Area(code, name, kind == "group")
    foreign = _iso2_abroad(text)
    for code, name, kind, iso2 in rows:
        if foreign and foreign == iso2:
            return Area(code, name, kind == "group")
    return None


def _labelled(rows: list[_Row], text: str) -> Area | None:
    """The area of a name with its code behind it, as messages write both: `Kazakhstan (KAZ)`."""
    parts = _LABEL.fullmatch(text.strip())
    name, code = (_found(rows, part) for part in parts.groups()) if parts else (None, None)
    return name if name == code else None


def named_abroad(text: str) -> str | None:
    """The code of the economy that is called exactly this in one of `LANGUAGES`; None where none is, or two are."""
    foreign = _iso2_abroad(text)
    return _economies_by_iso2().get(foreign) if foreign else None


def _iso2_abroad(text: str) -> str | None:
    """Its alpha-2 code. Three plain letters are a name as it is spelt only, with a capital: CAD is a currency, FAS a
    valuation, Fas Morocco."""
    name = text.strip()
    bare = _bare(name)
    if len(bare) < 4 and name.isascii() and not name.istitle() and name not in _PRINTED_NAMES:
        return None
    return _foreign_names().get(bare)


@cache
def _economies_by_iso2() -> dict[str, str]:
    """The code of each economy by its alpha-2 code; of today's where two had the same."""
    return {iso2: code for code, _, _, iso2 in reversed(_listed(("economy",))) if iso2}


@cache
def other_names() -> dict[str, list[str]]:
    """The other names that lists of publishers give an area, by its code."""
    found: dict[str, list[str]] = {}
    with (_SEEDS / "area_name_variant.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["area_code"], []).append(row["area_name_variant"])
    return found


@cache
def typed_names() -> dict[str, list[str]]:
    """The same, and what people type besides."""
    found = {code: list(names) for code, names in other_names().items()}
    for name, code in _TYPED_NAMES.items():
        found.setdefault(code, []).append(name)
    return found


@cache
def numbers() -> dict[str, str]:
    """The code of an area by its numbers at UN Comtrade."""
    with (_SEEDS / "area_code.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["area_code"] for row in csv.DictReader(file) if row["code_system"] == "comtrade"}


@cache
def _other_names() -> dict[str, str]:
    """The code of an area by each of its other names, bare, and by its number at UN Comtrade."""
    return numbers() | {_bare(name): code for code, names in typed_names().items() for name in names}


@cache
def _foreign_names() -> dict[str, str]:
    """The alpha-2 code by each name in `LANGUAGES`, bare; a name that two economies share is not here."""
    from babel import Locale  # only for a name that no list has: it takes some tenths of a second

    found: dict[str, set[str]] = {_bare(name): {iso2} for name, iso2 in _PRINTED_NAMES.items()}
    for language in LANGUAGES:
        for iso2, name in Locale.parse(language).territories.items():
            found.setdefault(_bare(name), set()).add(iso2)
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}


def names_in_languages(languages: Iterable[str]) -> frozenset[str]:
    """The names of areas in these languages and in the lists of publishers, in small letters with their accents."""
    from babel import Locale

    foreign = {name for language in languages for name in Locale.parse(language).territories.values()}
    listed = {row[1] for row in _listed(ANY_KIND)} | {name for names in typed_names().values() for name in names}
    return frozenset(name.casefold() for name in foreign | listed)


def _bare(name: str) -> str:
    """A name without what makes no difference to it. Vowel signs, as in Hindi, are letters and stay."""
    letters = (c for c in unicodedata.normalize("NFKD", name.casefold()) if not "\u0300" <= c <= "\u036f")
    spaced = (" " if unicodedata.category(c) == "Pd" else c for c in letters)  # Guinea-Bissau is typed both ways
    kept = "".join(c for c in spaced if c.isspace() or unicodedata.category(c)[0] in "LMN")
    told = re.sub(r"^the\s+|\s+the$", "", " ".join(kept.split()))
    return re.sub("(?<=[aou])e", "", told)  # ä is written ae where there is no ä
