"""The whole answer to one question, in as many requests as UN Comtrade's limits make necessary.

With a key every request is sized beforehand. An answer as long as the limit is taken for one that was cut short,
since nothing in it would say so: it is dropped and asked for again in parts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from flows.errors import FileRefused
from flows.sources.comtrade.answer import count_of, row_count
from flows.sources.comtrade.query import Query
from flows.sources.comtrade.service import HOST, KEYED_ROWS, PREVIEW_ROWS, ask, subscription_key
from flows.transport.http import Http

_PRODUCT = re.compile(r"[0-9][0-9A-Z]+")  # a level such as AG2 among them would be taken apart for ever


def pieces(http: Http, frequency: str, query: Query) -> Iterator[tuple[int, bytes]]:
    """Number of rows and content of complete answers that together answer `query`."""
    is_keyed = subscription_key(http.settings) is not None
    expected: int | None = None
    if not query.is_too_long:
        if is_keyed:
            expected = count_of(ask(http, "get", frequency, {**query.params, "countOnly": "true"}))
            if expected == 0:
                return
        if expected is None or expected < KEYED_ROWS:
            most = {"maxRecords": str(KEYED_ROWS)} if is_keyed else {}
            answer = ask(http, "get", frequency, {**query.params, **most})
            rows = row_count(answer)
            if expected not in (None, rows):
                raise FileRefused(f"{query}: UN Comtrade announced {expected} rows and sent {rows}; ask again later.")
            if rows < (KEYED_ROWS if is_keyed else PREVIEW_ROWS):
                yield rows, answer.content
                return
    yield from _split(http, frequency, query, expected)


def _split(http: Http, frequency: str, query: Query, expected: int | None) -> Iterator[tuple[int, bytes]]:
    found = 0
    for part in query.split(lambda: _partner_codes(http), lambda level: _product_codes(http, level)):
        for rows, content in pieces(http, frequency, part):
            found += rows
            yield rows, content
    if expected not in (None, found):
        raise FileRefused(
            f"{query}: the parts hold {found} rows where UN Comtrade announced {expected} for the whole; "
            "it was revised in between or uses a code its own lists do not have. Ask again later."
        )


@lru_cache(maxsize=8)
def _reference(http: Http, name: str) -> list[dict[str, Any]]:
    """A list of the publisher's, asked for once in a session."""
    answer = http.get(f"{HOST}/files/v1/app/reference/{name}", expect="json")
    found: list[dict[str, Any]] = json.loads(answer.text()).get("results") or []
    if not found:
        raise FileRefused(f"UN Comtrade's list {name} is empty, so a large dataset cannot be taken apart.")
    return found


def _partner_codes(http: Http) -> list[str]:
    return sorted({str(row["PartnerCode"]) for row in _reference(http, "partnerAreas.json")}, key=int)


def _product_codes(http: Http, level: int) -> list[str]:
    listed = (str(row["id"]) for row in _reference(http, "HS.json") if int(row["aggrLevel"]) == level)
    return sorted(code for code in listed if _PRODUCT.fullmatch(code))
