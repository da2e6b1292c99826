"""Answers of UN Comtrade saved by hand: recognised by the envelope and the names in its rows."""

from __future__ import annotations

import re

from flows.formats.dropped import stem_of
from flows.sources.base import Recognised
from flows.sources.comtrade.whole import KEYED_ROWS, PREVIEW_ROWS

_ENVELOPE = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*\{.{0,400}?"count"\s*:\s*(\d+).{0,400}?"data"\s*:\s*\[\s*\{', re.DOTALL)
_TRADE = (b'"reporterCode"', b'"partnerCode"', b'"cmdCode"', b'"primaryValue"')


def recognise(name: str, start: bytes) -> Recognised | None:
    """Trade records under the file's own name; None for any other answer, and for one that is no answer.

    As many records as a service hands out at once are taken for a part of more (label `cap`).
    """
    found = _ENVELOPE.match(start)
    if found is None or not all(column in start for column in _TRADE):
        return None
    count = int(found[1])
    labels = {"cap": str(count)} if count in (PREVIEW_ROWS, KEYED_ROWS) else {}
    return Recognised(table="trade", key=stem_of(name.rpartition("!")[2]), labels=labels)
