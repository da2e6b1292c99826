"""Which code list the values of a column come from: areas, flows, HS codes, quantity units."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

AREA_SYSTEMS = ("iso3", "m49", "comtrade", "iso2", "name")  # in the order of trust where two explain a column as well
_NUMERIC = ("m49", "comtrade", "baci")
_FLOW_WORDS = (
    (re.compile(r"re[- ]?exp"), "RX"),
    (re.compile(r"re[- ]?imp"), "RM"),
    (re.compile(r"^(x|exp|exports?|export.*|outgoing|dispatch.*|эксп.*|ausfuhr.*)$"), "X"),
    (re.compile(r"^(m|imp|imports?|import.*|incoming|arrival.*|имп.*|einfuhr.*)$"), "M"),
)
_TOTALS = frozenset({"total", "all", "all products", "all commodities", "total trade", "total - all products", "00"})


@lru_cache(maxsize=4)
def area_terms(seeds: Path) -> Mapping[str, Mapping[str, str]]:
    """Area by term, for each code system; the terms as dbt's int_own_record_classified has them."""
    terms: dict[str, dict[str, str]] = {system: {} for system in (*AREA_SYSTEMS, "baci")}
    for row in _rows(seeds / "area_code.csv"):
        if row["code_system"] in terms:
            terms[row["code_system"]][row["code"].lower()] = row["area_code"]
    for row in _rows(seeds / "area.csv"):
        terms["name"][row["area_name"].lower()] = row["area_code"]
        if row["m49_code"]:
            terms["m49"][str(int(row["m49_code"]))] = row["area_code"]
    for row in _rows(seeds / "area_name_variant.csv"):
        terms["name"][row["area_name_variant"].lower()] = row["area_code"]
    return terms


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        yield from csv.DictReader(handle)


def area_of(term: str, system: str, seeds: Path) -> str | None:
    """The area a term means in a code system."""
    key = term.strip().lower()
    if system in _NUMERIC:
        key = str(int(key)) if key.isascii() and key.isdigit() else ""
    return area_terms(seeds)[system].get(key)


def area_share(values: Sequence[str], system: str, seeds: Path) -> float:
    """How many in 1 of the different values are areas in a code system."""
    terms = set(values)
    return sum(area_of(term, system, seeds) is not None for term in terms) / len(terms) if terms else 0.0


def area_system(values: Sequence[str], seeds: Path) -> tuple[str, float]:
    """The code system that knows most of the values, and how many in 1 it knows."""
    shares = [(area_share(values, system, seeds), -rank, system) for rank, system in enumerate(AREA_SYSTEMS)]
    share, _, system = max(shares)
    return system, share


def unknown_areas(values: Sequence[str], system: str, seeds: Path) -> list[str]:
    """Values that are no area in a code system, those met first in front."""
    return [term for term in dict.fromkeys(values) if area_of(term, system, seeds) is None]


def flow_of(word: str, flow_codes: frozenset[str]) -> str | None:
    """The flow a word means: a code of the list, or a word for exports, imports and what comes back."""
    if word.upper() in flow_codes:
        return word.upper()
    return next((code for pattern, code in _FLOW_WORDS if pattern.search(word.lower().strip())), None)


def is_total(word: str) -> bool:
    """Whether a word in a column of products means all of them."""
    return word.lower().strip() in _TOTALS


def hs_code(text: str) -> str | None:
    """The digits of an HS code, the zeros a spreadsheet took restored; none where it is no HS code.

    A code with one dot is a heading and what follows: 101.3 was 0101.30. dbt's own_product does the same.
    """
    heading, dot, rest = text.strip().replace(",", ".").partition(".")
    if dot and "." not in rest and len(heading) in (3, 4):
        text = heading.zfill(4) + rest.ljust(len(rest) + len(rest) % 2, "0")
    digits = re.sub(r"[.,\s-]", "", text)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 12:
        return None
    digits = digits.zfill(len(digits) + len(digits) % 2)
    return digits if "01" <= digits[:2] <= "99" and digits[:2] != "77" else None
