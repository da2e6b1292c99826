"""UN Comtrade bulk files: whole datasets as gzip-compressed TSV, live; a premium subscription key is needed.

One partition is one file of the publisher: a reporter, a period, a frequency and the HS revision it was reported
in, with every product level, partner, second partner, customs procedure and mode of transport. The list says, by
date of publication and tag, which files are new or revised; how many records each should have is said by `getDa`,
the list of datasets. The same files may be brought through the inbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flows.errors import KeyRefused
from flows.settings import Settings
from flows.sources.base import Partition
from flows.sources.comtrade.answer import rows_of
from flows.sources.comtrade.service import (
    FREQUENCIES,
    HOST,
    ask,
    newest_first,
    reporters,
    subscription_key,
    withdrawn_datasets,
)
from flows.transport.http import Http

__all__ = ["fetch", "partitions"]

_LIST = f"{HOST}/bulk/v1/get/C"


def partitions(settings: Settings, since: datetime | None, http: Http) -> Iterator[Partition]:
    """Every file of the reporters asked for and the years asked for; with `since`, those published after it.

    Raises KeyRefused without a key or with one that is no premium key, HttpFailed or QuotaExhausted when the
    publisher does not answer, FileRefused when it answers nonsense.
    """
    headers = _key_header(settings)
    for frequency in (f for f in FREQUENCIES if f in settings.frequencies):
        params = {"reporterCode": ",".join(reporters(settings))} if settings.reporters else {}
        if since is not None:
            params["publishedDateFrom"] = since.date().isoformat()
        rows = rows_of(http.get(f"{_LIST}/{frequency}/HS", params, headers, expect="json"))
        counts = {_dataset(row): row["totalRecords"] for row in rows_of(ask(http, "getDa", frequency, params))}
        found = [_file(frequency, row, counts.get(_dataset(row), 0)) for row in newest_first(settings, rows)]
        yield from found
        if since is None:
            listed = {partition.key for partition in found}
            yield from withdrawn_datasets(settings, http, "comtrade_bulk", frequency, listed)


def fetch(partition: Partition, http: Http) -> Iterator[bytes]:
    """The gzip-compressed file as received, in chunks; a cut connection is resumed where it broke."""
    return http.stream(partition.location, headers=_key_header(http.settings), expect="binary")


def _key_header(settings: Settings) -> dict[str, str]:
    """The key as a header, so that it stands in no address."""
    key = subscription_key(settings)
    if key is None:
        raise KeyRefused(
            "UN Comtrade hands out bulk files to premium subscribers only: set ENTREPOT_COMTRADE_KEY, "
            "or put files you have into the inbox."
        )
    return {"Ocp-Apim-Subscription-Key": key}


def _dataset(row: dict[str, Any]) -> tuple[str, str, str]:
    """Reporter, period and HS revision: what the lists of files and of datasets have in common."""
    return str(row["reporterCode"]), str(row["period"]), str(row["classificationCode"])


def _file(frequency: str, row: dict[str, Any], announced: int) -> Partition:
    reporter, period, classification = _dataset(row)
    # Put together from its parts: the key is sent there, so a listed address is not to be trusted.
    address = f"{HOST}/bulk/v1/file/{reporter}/{row['rowKey']}"
    return Partition(
        source="comtrade_bulk",
        table="trade",
        key=f"{frequency}-{reporter}-{period}-{classification}",
        revision=f"{row['publicationDate']} {row['eTag']}",
        url=address,
        location=address,
        suffix="tsv.gz",
        labels={"frequency": frequency, "release": str(row["publicationDate"]), "announced": str(announced)},
        period=period,
    )
