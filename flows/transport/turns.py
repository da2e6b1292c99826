"""Turns: when a publisher's host may be asked, at the contract's distance and within its budget of requests a day."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime

from flows.contracts import Source, load_contracts
from flows.records import HostUse, utc_now
from flows.settings import Settings
from flows.transport.answers import is_block, next_day, quota_exhausted
from flows.transport.quotas import Quotas


class Turns:
    """The turns of one session, for several threads. `sent` counts its requests by host.

    Requests to one host start one after the other, whichever thread sends them.
    """

    def __init__(self, settings: Settings, sleep: Callable[[float], None]) -> None:
        self.sent: Counter[str] = Counter()
        self._settings = settings
        self._quotas = Quotas(settings)
        self._sleep = sleep
        self._next: dict[str, float] = {}
        self._gates: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._contracts: defaultdict[str, list[Source]] = defaultdict(list)
        for source in load_contracts(settings.contracts).values():
            for host in source.hosts:
                self._contracts[host].append(source)

    def hosts_beside(self, host: str) -> set[str]:
        """The hosts of every contract that names `host`."""
        return {each for contract in self._contracts.get(host, []) for each in contract.hosts}

    def budget(self, host: str) -> int | None:
        """Requests a day `host` may be sent, by the settings or else the strictest contract; None without a limit."""
        granted = (_requests_per_day(contract, self._settings) for contract in self._contracts.get(host, []))
        chosen = self._settings.budget(host)
        return chosen if chosen is not None else min((n for n in granted if n is not None), default=None)

    def seconds_between(self, host: str) -> float:
        """Distance of two requests to `host`; the stand-in needs none."""
        if self._settings.stand_in is not None:
            return 0.0
        return max((each.seconds_between_requests for each in self._contracts.get(host, [])), default=0.0)

    def take(self, host: str) -> None:
        """Wait until `host` may be asked, and count the request.

        Raises QuotaExhausted where its budget of today is used up, or the host has said so.
        """
        with self._gates[host]:
            use, now = self.use(host), utc_now()
            if use.closed_until is not None and is_block(use.closed_until, now):
                raise quota_exhausted(host, use.closed_until)
            budget = self.budget(host)
            before = self._quotas.take(host, budget, self._key(host)).requests
            if budget is not None and before >= budget:
                raise quota_exhausted(host, next_day(now))
            wait = self._next.get(host, 0.0) - time.monotonic()
            if wait > 0:
                self._sleep(wait)
            self._next[host] = time.monotonic() + self.seconds_between(host)
            self.sent[host] += 1

    def close(self, host: str, until: datetime) -> None:
        """Leave `host` alone until then, in this run and those after."""
        with self._gates[host]:
            self._quotas.close(host, until, self._key(host))

    def use(self, host: str) -> HostUse:
        """What was asked of `host` today with the key we have for it, by all warehouses."""
        return self._quotas.use(host, self._key(host))

    def _key(self, host: str) -> str:
        """The key `host` grants its budget to; an empty text where we have none."""
        names = (contract.key_name for contract in self._contracts.get(host, []) if contract.key_name is not None)
        return next((key for name in names if (key := self._settings.key(name))), "")


def _requests_per_day(contract: Source, settings: Settings) -> int | None:
    """How often a publisher may be asked in a day: what the subscription grants, less without its key."""
    if contract.key_name is None:
        return contract.requests_per_day
    if not settings.has_key(contract.key_name):
        return contract.requests_per_day_without_key or contract.requests_per_day
    return settings.granted_requests(contract.key_name) or contract.requests_per_day
