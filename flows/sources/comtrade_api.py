"""UN Comtrade API v1: monthly and annual trade, live; the public preview without a key, the full service with one.

One partition is one dataset of the publisher: a reporter, a period, a frequency. `getDa` says which datasets
exist and, by checksum and time of release, which were revised. A dataset that does not fit into one answer is
asked for in pieces: by period, then partner, then product in the order of chapters, then flow. All answers of a
dataset are stored as received, one below the other, and only if together they are complete.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flows.settings import Settings
from flows.sources.base import Partition, asked_before, widened
from flows.sources.comtrade.answer import columns_in, read_records, row_count, rows_of, write_records
from flows.sources.comtrade.query import Query, comtrade_codes
from flows.sources.comtrade.saved import recognise
from flows.sources.comtrade.service import (
    FREQUENCIES,
    address,
    ask,
    newest_first,
    of_reporters,
    reporters,
    subscription_key,
    withdrawn_datasets,
)
from flows.sources.comtrade.whole import pieces
from flows.transport.http import Http

__all__ = ["columns_in", "fetch", "partitions", "read", "recognise", "write_records"]

read = read_records

_WORLD = "0"


def partitions(settings: Settings, since: datetime | None, http: Http) -> Iterator[Partition]:
    """Every dataset of the reporters and years asked for; with `since`, those released after it.

    A dataset fetched before that the list no longer has comes as withdrawn. Raises HttpFailed or QuotaExhausted
    when the publisher does not answer, FileRefused when it answers nonsense.
    """
    for frequency in (f for f in FREQUENCIES if f in settings.frequencies):
        listed_for, params = _availability_params(settings, since, http, frequency)
        rows = rows_of(ask(http, "getDa", frequency, params))
        if since is None and rows:  # part of a list must not replace the list
            yield _availability(settings, frequency, params, listed_for, rows)
            yield from _notes(settings, frequency, of_reporters(settings, rows))
        found = [_dataset(settings, http, frequency, row) for row in newest_first(settings, rows)]
        yield from found
        if since is None:
            listed = {partition.key for partition in found}
            yield from withdrawn_datasets(settings, http, "comtrade_api", frequency, listed)


def fetch(partition: Partition, http: Http) -> Iterator[bytes]:
    """All answers that make up the partition, each followed by a line end.

    Raises FileRefused when the answers are not complete, HttpFailed or QuotaExhausted when one did not come.
    """
    service, _, rest = partition.location.partition("/")
    frequency = partition.labels["frequency"]
    if service == "get":
        for _, content in pieces(http, frequency, Query.model_validate_json(rest)):
            yield content
            yield b"\n"
        return
    answer = ask(http, service, frequency, dict(pair.split("=", 1) for pair in rest.split("&") if pair))
    row_count(answer)
    yield answer.content


def _availability_params(
    settings: Settings, since: datetime | None, http: Http, frequency: str
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Reporters of the list, none for all, and the parameters; the stored list is widened, never narrowed."""
    before = asked_before(http, "comtrade_api", "availability", frequency).get("reporters") if since is None else None
    listed_for = widened(reporters(settings), before)
    params = {"reporterCode": ",".join(sorted(listed_for, key=int))} if listed_for else {}
    if since is not None:
        params["publishedDateFrom"] = since.date().isoformat()
    return listed_for, params


def _dataset(settings: Settings, http: Http, frequency: str, row: dict[str, Any]) -> Partition:
    reporter, period = str(row["reporterCode"]), str(row["period"])
    key, is_keyed = f"{frequency}-{reporter}-{period}", subscription_key(settings) is not None
    before = asked_before(http, "comtrade_api", "trade", key)
    standing = settings.comtrade_products or (("TOTAL", "AG2") if is_keyed else ("TOTAL",))
    products = widened(standing, before.get("products"))
    codes = comtrade_codes(settings, settings.partners) if settings.partners else ()
    chosen = widened(codes, before.get("partners"))
    partners = (_WORLD, *chosen) if chosen else ()
    query = Query(reporter=reporter, periods=(period,), partners=partners, products=products)
    wanted = f"{'+'.join(products)} {'+'.join(partners) or 'all partners'}"
    return Partition(
        source="comtrade_api",
        table="trade",
        key=key,
        revision=f"{row['datasetChecksum']} {row['lastReleased']} {wanted}",
        url=f"{address(settings, 'get', frequency)}?{query.text}",
        location=f"get/{query.model_dump_json()}",
        suffix="jsonl",
        labels={"frequency": frequency, "release": str(row["lastReleased"])},
        asked={"products": "+".join(products), "partners": "+".join(chosen)},
        period=period,
        requests=2 if is_keyed else 1,
    )


def _notes(settings: Settings, frequency: str, rows: list[dict[str, Any]]) -> Iterator[Partition]:
    """All publication notes of each reporter, older ones too, anew when any of its datasets was released."""
    for reporter in sorted({str(row["reporterCode"]) for row in rows}, key=int):
        own = [row for row in rows if str(row["reporterCode"]) == reporter]
        text = f"reporterCode={reporter}&showHistory=true"
        yield Partition(
            source="comtrade_api",
            table="publication_note",
            key=f"{frequency}-{reporter}",
            revision=_digest([[row["datasetCode"], row["lastReleased"]] for row in own]),
            url=f"{address(settings, 'getMetadata', frequency)}?{text}",
            location=f"getMetadata/{text}",
            suffix="jsonl",
            labels={"frequency": frequency, "release": max(str(row["lastReleased"]) for row in own)},
        )


def _digest(values: list[Any]) -> str:
    """Changes when the values do, whatever their order."""
    texts = sorted(json.dumps(value, sort_keys=True) for value in values)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def _availability(
    settings: Settings, frequency: str, params: dict[str, str], listed_for: tuple[str, ...], rows: list[dict[str, Any]]
) -> Partition:
    """The list of datasets itself; its revision is its content, since it carries no tag of its own."""
    text = "&".join(f"{name}={value}" for name, value in params.items())
    return Partition(
        source="comtrade_api",
        table="availability",
        key=frequency,
        revision=_digest(rows),
        url=f"{address(settings, 'getDa', frequency)}?{text}",
        location=f"getDa/{text}",
        suffix="jsonl",
        labels={"frequency": frequency},
        asked={"reporters": "+".join(listed_for)},
    )
