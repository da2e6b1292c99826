"""Answers of UN Comtrade saved by hand: recognised by the names in the first record, with or without the envelope."""

from __future__ import annotations

import re

from flows.errors import FileRefused
from flows.formats.dropped import stem_of
from flows.sources.base import Recognised
from flows.sources.comtrade.envelope import first_object
from flows.sources.comtrade.service import KEYED_ROWS, PREVIEW_ROWS

# What stands before the first record: an envelope with `data`, the older service's with `dataset`, the bracket of a
# bare list, or nothing where each line is a record.
_BEFORE = re.compile(
    rb'\A(?:\xef\xbb\xbf)?\s*(?:\{.{0,4000}?"(?:data|dataset)"\s*:\s*\[|\[|(?=\{))\s*(?=\{)', re.DOTALL
)
_COUNT = re.compile(rb'"count"\s*:\s*(\d+)')
_TRADE = {"reportercode", "partnercode", "cmdcode", "primaryvalue"}
_LEGACY = {"rtcode", "ptcode", "cmdcode", "tradevalue"}
_WITHOUT = re.compile(
    rb'\A(?:\xef\xbb\xbf)?\s*\{(?=.{0,4000}"(?:elapsedTime|validation)").{0,4000}?"data(?:set)?"\s*:\s*(?:\[\s*\]|null)',
    re.DOTALL,
)
_SAID = re.compile(rb'"(?:message|error)"\s*:\s*"([^"\\]{1,200})"')


def recognise(name: str, start: bytes) -> Recognised | None:
    """Trade records under the file's own name; None for any other answer, and for one that is no answer.

    As many records as a service hands out at once are taken for a part of more (label `cap`; those of an answer of
    the older service, or without its envelope, are counted when it is read). Raises FileRefused for
    trade in services, and for an answer without a record.
    """
    found = _BEFORE.match(start)
    record = first_object(start[found.end() :]) if found else None
    if found is None or record is None:
        return None
    names = {key.casefold(): value for key, value in record.items()}
    table = "trade" if names.keys() >= _TRADE else "legacy_trade" if names.keys() >= _LEGACY else None
    if table is None:
        _refuse_empty(name, start)
        return None
    if names.get("typecode") == "S" or str(names.get("pfcode", "")).startswith("EB"):
        raise FileRefused(f"{name} holds trade in services; this warehouse takes trade in goods. Move it out.")
    count = _COUNT.search(start[: found.end()] + start[-400:])
    capped = count is not None and int(count[1]) in (PREVIEW_ROWS, KEYED_ROWS)
    labels = {"cap": count[1].decode()} if count is not None and capped and table == "trade" else {}
    return Recognised(table=table, key=stem_of(name.rpartition("!")[2]), labels=labels)


def _refuse_empty(name: str, start: bytes) -> None:
    """Raise FileRefused for an answer of either service that holds no record, with what the service says."""
    if _WITHOUT.match(start):
        said = _SAID.search(start)
        why = f": it says {said[1].decode(errors='replace')!r}" if said else ""
        raise FileRefused(f"{name} is an answer of UN Comtrade without a record{why}. Ask again, or move it out.")
