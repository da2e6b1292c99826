"""Which column says the flow: by its name, or by words nobody uses for anything else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.formats.vocabulary import EXPORT_STEMS, IMPORT_STEMS
from flows.inbox.own.codes import NO_VALUE, flow_of
from flows.inbox.own.guess import Guess
from flows.inbox.own.value_columns import valued_columns

FLOW_NAME = re.compile(r"flow|поток|направлен|流向|direction|movement|regime|trade.?type", re.IGNORECASE)
# Columns about the figure or the goods; letters in them are codes of their own: M for missing, X for confidential.
_OTHER_NAME = re.compile(
    r"status|stat\b|flag|note|remark|comment|quality|confid|observ|\bobs|missing|method|\bmode\b|transport|unit|"
    r"sector|\bsex\b|gender|size|adjust|статус|примеч|状态|备注",
    re.IGNORECASE,
)
_IN_NAME = (
    ("X", re.compile(f"exp|{EXPORT_STEMS}", re.IGNORECASE)),
    ("M", re.compile(f"imp|{IMPORT_STEMS}", re.IGNORECASE)),
)
_IMPORTE = re.compile(r"(?<![^\W_])importe(?![^\W_])", re.IGNORECASE)  # an amount in Spanish, imports in German
_OF_COMTRADE = {"1": "M", "2": "X", "3": "RX", "4": "RM"}  # as UN Comtrade coded them for long
_MOST_WORDS = 12  # different ones in a column of flows


def named_flow(name: str, names: Sequence[str]) -> str | None:
    """The one flow the name of a column of values says; none where it says none or both.

    `names` are all of the table: of one that names exports somewhere, a column called Importe is that of imports.
    """
    if _IMPORTE.search(name) and not any(_IN_NAME[0][1].search(other) for other in names):
        return None
    flows = [code for code, pattern in _IN_NAME if pattern.search(name)]
    return flows[0] if len(flows) == 1 else None


def flow_words(name: str, values: Sequence[str], flow_codes: frozenset[str], of_values: set[str]) -> dict[str, str]:
    """The flow of every word of a column that says the flow; empty where the column says something else.

    A column that is not called a flow is one by its words. Bare letters are enough only where both directions stand
    side by side and no column of values names its own flow (`of_values`): `M` alone is as often a mark.
    """
    words = sorted(set(values))
    if not words or len(words) > _MOST_WORDS:
        return {}
    is_named = FLOW_NAME.search(name) is not None and not _OTHER_NAME.search(name)
    if is_named and set(words) <= set(_OF_COMTRADE):
        return {word: _OF_COMTRADE[word] for word in words}
    codes = {word: code for word in words if (code := flow_of(word, flow_codes))}
    if len(codes) < len(words):
        return {}
    if is_named:
        return codes
    directions = set(codes.values())
    if all(_is_bare(word, flow_codes) for word in words):
        is_flow = {"X", "M"} <= directions and not of_values and not _OTHER_NAME.search(name)
    else:
        is_flow = bool(directions - {NO_VALUE})
    return codes if is_flow else {}


def _is_bare(word: str, flow_codes: frozenset[str]) -> bool:
    """Whether a word is a code or letters, not a word of a language: 出口 is one."""
    return word.upper() in flow_codes or (word.isascii() and len(word) <= 2)


def contradicts(codes: dict[str, str], of_values: set[str]) -> bool:
    """Whether a column says one flow only, and the one column of values is called by another."""
    said = set(codes.values()) - {NO_VALUE}
    return len(of_values) == 1 and len(said) == 1 and not said & of_values and bool(said & {"X", "M"})


def guess_flow(
    found: Guess, names: Sequence[str], columns: Sequence[Sequence[str]], flow_codes: frozenset[str]
) -> None:
    """Note the column that says the flow, or the one flow of a table of exporters and importers."""
    by_name = sorted(range(len(names)), key=lambda at: FLOW_NAME.search(names[at]) is None)
    of_values = {flow for at in valued_columns(found, names, columns) if (flow := named_flow(names[at], names))}
    for at in by_name:
        codes = {} if at in found.areas else flow_words(names[at], columns[at], flow_codes, of_values)
        if codes:
            found.is_flow_in_doubt = contradicts(codes, of_values)
            found.flow = None if found.is_flow_in_doubt else at
            found.flow_words = {word: code for word, code in codes.items() if word.upper() != code}
            return
    is_named = found.reporter is not None and re.search("exporter", names[found.reporter], re.IGNORECASE)
    if is_named and found.partner is not None and re.search("importer", names[found.partner], re.IGNORECASE):
        found.flow_constant = "X"
