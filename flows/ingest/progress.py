"""Progress: how far an ingest is, in numbers and in one line, for the terminal and for the Prefect UI."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from flows.ledger import Outcome
from flows.releases.summary import duration
from flows.steps.fetch import Plan
from flows.transport.http import Http

log = logging.getLogger("entrepot")

_EVERY_SECONDS = 2.0


class Progress:
    """Partitions done of those planned, rows, requests and the time left.

    Every step is logged with `progress` (done, total) on the record, which a terminal may draw as a bar. `tell` gets
    percent and line after the first partition, then at most every two seconds, and when all is done.
    """

    def __init__(
        self, plan: Plan, http: Http, tell: Callable[[float, str], object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.total = len(plan.fetch)
        self.done, self.rows, self.failed = 0, 0, 0
        self._http, self._tell, self._clock = http, tell, clock
        self._sent_before = sum(http.turns.sent.values())
        self._begun = clock()
        self._told = self._begun - _EVERY_SECONDS

    def after(self, outcome: Outcome) -> None:
        """One partition more is done."""
        self.done += 1
        self.rows += outcome.rows
        self.failed += outcome.outcome == "failed"
        log.debug("%s", self.line, extra={"progress": (self.done, self.total)})
        if self.done == self.total or self._clock() - self._told >= _EVERY_SECONDS:
            self._told = self._clock()
            self._tell(100.0 * self.done / self.total, self.line)

    @property
    def line(self) -> str:
        """`12 of 40 partitions, 1 failed, 3,456 rows, 51 requests, about 4 min left`."""
        sent = sum(self._http.turns.sent.values()) - self._sent_before
        failed = f", {self.failed} failed" if self.failed else ""
        counted = f"{self.done} of {self.total} partitions{failed}, {self.rows:,} rows, {sent:,} requests"
        if self.done in (0, self.total):
            return counted
        left = (self._clock() - self._begun) / self.done * (self.total - self.done)
        return f"{counted}, about {duration(left)} left"
