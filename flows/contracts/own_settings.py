"""Settings of a contract of your table that have to be a word the warehouse knows: currency, valuation, cadence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flows.errors import ContractError

if TYPE_CHECKING:
    from flows.contracts.contract import Source

CADENCES = ("daily", "weekly", "monthly", "quarterly", "yearly", "irregular", "once", "none")
VALUATIONS = ("FOB", "CIF", "FAS", "customs")
_VALUED = frozenset({"X", "M"})


def require_known(file_name: str, source: Source, currencies: frozenset[str]) -> None:
    """Raises ContractError for the first setting whose word is not known, with the words that are."""
    said = next(_unknown(source, currencies), None)
    if said is not None:
        raise ContractError(f"Contract {file_name}: {said}.")


def unknown_currency(code: str) -> str:
    """What is wrong with a currency that is not in the seed `currency`, and what to do."""
    return f"{code!r} is not the code of a currency in `currency.csv`; say one of its codes, such as USD or EUR"


def unknown_valuation(code: str) -> str:
    """What is wrong with a valuation that is none, and what to do."""
    return f"{code!r} is not a valuation; say {', '.join(VALUATIONS)}"


def unknown_cadence(word: str) -> str:
    """What is wrong with a cadence nobody knows, and what to do."""
    return f"{word!r} does not say how often the table appears; say {', '.join(CADENCES)}"


def _unknown(source: Source, currencies: frozenset[str]) -> Iterator[str]:
    if source.cadence not in CADENCES:
        yield f"`cadence` {unknown_cadence(source.cadence)}"
    for flow, code in source.valuation.items():
        if flow not in _VALUED:
            yield f"`valuation` {flow!r} is not a flow; say X for exports, M for imports"
        if code not in VALUATIONS:
            yield f"`valuation` {unknown_valuation(code)}"
    for table in source.tables:
        values = (*table.values, *(table.trade.values if table.trade else ()))
        for code in (value.currency for value in values if value.currency not in currencies):
            yield f"`currency` of the table {table.name} {unknown_currency(code)}"
