"""What UN Comtrade's services have in common: the host, the key, what may be asked for, datasets that are gone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from flows.settings import Settings
from flows.sources.base import Partition, withdrawn
from flows.sources.comtrade.query import comtrade_codes
from flows.transport.http import Answer, Http

HOST = "https://comtradeapi.un.org"
FREQUENCIES = ("A", "M")
PREVIEW_ROWS = 500  # where an answer is cut short, without a word, for those who have no key
KEYED_ROWS = 100_000

_DATASET = re.compile(r"(?P<frequency>[AM])-(?P<reporter>\d+)-(?P<year>\d{4})(?:\d\d)?(?:-\w+)?")


def subscription_key(settings: Settings) -> str | None:
    """The subscription key; none where it is not set or empty."""
    return settings.comtrade_key.get_secret_value() or None if settings.comtrade_key else None


def address(settings: Settings, service: str, frequency: str) -> str:
    """Address of a service, the public one where there is no key."""
    if subscription_key(settings):
        return f"{HOST}/data/v1/{service}/C/{frequency}/HS"
    return f"{HOST}/public/v1/{'preview' if service == 'get' else service}/C/{frequency}/HS"


def ask(http: Http, service: str, frequency: str, params: dict[str, str]) -> Answer:
    """The answer of a service. Raises what `Http.get` raises."""
    key = subscription_key(http.settings)
    secret = {"subscription-key": key} if key else None
    return http.get(address(http.settings, service, frequency), params, secret_params=secret, expect="json")


def reporters(settings: Settings) -> tuple[str, ...]:
    """UN Comtrade's numbers of the reporters asked for; none means all."""
    return comtrade_codes(settings, settings.reporters) if settings.reporters else ()


def in_span(settings: Settings, period: object) -> bool:
    """Whether a period, a year or a year and month, lies in the years asked for."""
    return settings.history_from <= int(str(period)[:4]) <= (settings.history_to or 9999)


def of_reporters(settings: Settings, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The listed datasets of the reporters asked for."""
    wanted = reporters(settings)
    return [row for row in rows if not wanted or str(row["reporterCode"]) in wanted]


def newest_first(settings: Settings, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The listed datasets of the reporters and years asked for, the latest periods before the earlier ones."""
    wanted = (row for row in of_reporters(settings, rows) if in_span(settings, row["period"]))
    return sorted(wanted, key=lambda row: (-int(row["period"]), int(row["reporterCode"])))


def withdrawn_datasets(
    settings: Settings, http: Http, source: str, frequency: str, listed: Collection[str]
) -> Iterator[Partition]:
    """Datasets fetched before and asked for again that the publisher's whole list no longer has.

    `listed` are the partition keys of the list: frequency, reporter, period and whatever follows.
    """
    wanted = reporters(settings)

    def is_asked(key: str) -> bool:
        found = _DATASET.fullmatch(key)
        return (
            found is not None
            and found["frequency"] == frequency
            and (not wanted or found["reporter"] in wanted)
            and in_span(settings, found["year"])
        )

    return withdrawn(http, source, "trade", listed, is_asked)
