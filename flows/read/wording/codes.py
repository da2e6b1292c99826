"""Codes of the published tables in words: the seed that dbt publishes as core.dim_code, read as data."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from functools import cache

from flows.settings import ROOT

_SEED = ROOT / "dbt_project" / "seeds" / "code_words.csv"
NO_REPORT = "no report"
NO_RATE = "no rate"
"""What stands where a figure is known in its own currency only, for want of an exchange rate."""
NOT_SPLIT = "not split"
"""What stands for exports and imports where a total is published without them."""
NO_TOTAL = "no total"
"""What stands for a total where exports or imports alone are known."""
_FLOWS = ("exports", "imports")


@cache
def code_words() -> dict[tuple[str, str], str]:
    """Words by code list and code; what stands in braces in them is the column to be filled in."""
    with _SEED.open(encoding="utf-8", newline="") as file:
        return {(row["code_list"], row["code"]): row["words"] for row in csv.DictReader(file)}


def in_words(code_list: str, code: str | None, **filled: object) -> str:
    """A code in words, with the values of the columns it speaks of; a code without words is shown as it is."""
    words = code_words().get((code_list, code or ""))
    return (code or "").replace("_", " ") if words is None else words.format_map(filled)


def rule(code: str | None) -> str:
    """How a figure came about."""
    return in_words("rule", code)


def basis(code: str | None) -> str:
    """Whose figures these are, in two words."""
    return NO_REPORT if code is None else in_words("basis", code)


def missing_in_year(figure: str, known: Collection[str]) -> str:
    """What stands for a figure of a year that is missing, so that `no report` stands only where none has it.

    The figures are exports, imports, turnover and balance; `known` are those the year has, whosever they are. A balance
    is never reported, but computed, and leaves its cell empty.
    """
    if figure == "balance":
        return ""
    if figure in _FLOWS:
        return NOT_SPLIT if "turnover" in known else NO_REPORT
    return NO_TOTAL if set(_FLOWS) & set(known) else NO_REPORT


def causes(codes: str | None) -> str:
    """What is known to drive two reports of one trade apart; `codes` are separated by blanks, empty where none is."""
    known = [code for code in (codes or "").split() if code != "none_known"]
    return ", ".join(in_words("mirror_cause", code) for code in known)


def publishers(names: Mapping[str, str]) -> str:
    """Whose figures the sources of a table hold: `gacc_quoted: General Administration of Customs of China`."""
    return "; ".join(f"{code}: {name}" for code, name in names.items()) + "."
