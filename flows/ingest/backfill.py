"""Backfill: fetch and land any range of periods of any sources, in as many runs as the publishers' quotas take.

What is asked for takes the place of the standing settings for the plan and the fetch. A partition never shrinks
(see `widened` in sources/base.py), so a backfill and the ordinary runs do not undo each other's work.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from flows.contracts import code_list, load_contracts
from flows.errors import EntrepotError, NothingIngested
from flows.ledger import utc_now
from flows.read.wording.numbers import plural
from flows.releases.summary import duration
from flows.settings import Settings
from flows.steps.fetch import Plan
from flows.steps.fetching.span import Span
from flows.transport.answers import is_block, next_day
from flows.transport.http import Http


class Request(BaseModel):
    """What to backfill: sources, the first and the last period (a year or a month), economies as alpha-3.

    Reporters, partners and frequencies left empty are those of the settings.
    """

    model_config = ConfigDict(frozen=True)

    sources: tuple[str, ...]
    first: str
    last: str = ""
    reporters: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    frequencies: tuple[str, ...] = ()

    @property
    def span(self) -> Span:
        """The months asked for. Raises EntrepotError for a text that is not a period."""
        return Span.between(self.first, self.last or f"{utc_now():%Y-%m}")

    def over(self, settings: Settings) -> Settings:
        """The settings with what is asked for in place of what stands in them.

        Raises EntrepotError for an economy that is not known.
        """
        unknown = sorted({*self.reporters, *self.partners} - code_list("iso3", settings.seeds))
        if unknown:
            raise EntrepotError(f"{', '.join(unknown)} is not a known economy; give ISO 3166 alpha-3 codes.")
        first, last = self.span.years
        update: dict[str, object] = {"history_from": first, "history_to": last}
        for field in ("reporters", "partners", "frequencies"):
            if words := getattr(self, field):
                update[field] = words
        return settings.model_copy(update=update)


class HostEstimate(BaseModel):
    """What a plan costs at one publisher's server; `left_today` is None where it has no daily limit."""

    host: str
    partitions: int
    requests: int
    sent_today: int
    left_today: int | None
    closed_until: datetime | None
    seconds: float

    @property
    def is_too_much(self) -> bool:
        """Whether today's quota will end the run before all is fetched."""
        return self.left_today is not None and self.requests > self.left_today

    @property
    def outlook(self) -> str:
        """What will happen, in a few words."""
        if self.closed_until is not None:
            return f"closed, resume after {self.closed_until:%H:%M} UTC on {self.closed_until:%Y-%m-%d}"
        if not self.is_too_much:
            return f"at least {duration(self.seconds)}"
        resume = next_day(utc_now())
        return f"partial today, resume after {resume:%H:%M} UTC on {resume:%Y-%m-%d}"


def estimate(settings: Settings, http: Http, plan: Plan) -> list[HostEstimate]:
    """The requests a plan takes, about, against what is left of each host's daily quota."""
    contracts = load_contracts(settings.contracts)
    partitions: Counter[str] = Counter()
    requests: Counter[str] = Counter()
    for partition in plan.fetch:
        if contracts[partition.source].hosts and not partition.is_dropped:
            host = http.host_of(partition.url)
            partitions[host] += 1
            requests[host] += partition.requests
    return [_of_host(http, host, partitions[host], requests[host]) for host in sorted(partitions)]


def _of_host(http: Http, host: str, partitions: int, requests: int) -> HostEstimate:
    use, budget = http.turns.use(host), http.turns.budget(host)
    closed = use.closed_until if use.closed_until and is_block(use.closed_until, utc_now()) else None
    left = None if budget is None else max(0, budget - use.requests)
    return HostEstimate(
        host=host,
        partitions=partitions,
        requests=requests,
        sent_today=use.requests,
        left_today=0 if closed else left,
        closed_until=closed,
        seconds=requests * max(http.turns.seconds_between(host), 0.1),
    )


def estimate_table(estimates: list[HostEstimate]) -> list[dict[str, object]]:
    """One row per host, for people."""
    return [
        {
            "host": each.host,
            "partitions": each.partitions,
            "requests, about": each.requests,
            "sent today": each.sent_today,
            "left today": "no limit" if each.left_today is None else each.left_today,
            "outlook": each.outlook,
        }
        for each in estimates
    ]


def require_known(plan: Plan, run_id: str) -> None:
    """Raise NothingIngested where no source could say what it has: then nothing is estimated, which is not zero."""
    if plan.unreachable and not (plan.fetch or plan.kept):
        raise NothingIngested(f"Nothing could be estimated. {_not_asked(plan)}", run_id)


def _not_asked(plan: Plan) -> str:
    """The sources that could not say what they have, and why; empty where all could."""
    reasons = [f"{outcome.source}: {outcome.reason.rstrip('.')}" for outcome in plan.unreachable]
    if not reasons:
        return ""
    return f"What {plural(len(reasons), 'source has', 'sources have')} is not known ({'; '.join(reasons)})."


def planned_line(plan: Plan, estimates: list[HostEstimate]) -> str:
    """What a backfill is about to do, in one line, and of which sources that is not known."""
    local = len(plan.fetch) - sum(each.partitions for each in estimates)
    requests = sum(each.requests for each in estimates)
    parts = [
        f"{plural(len(plan.fetch), 'partition')} to fetch",
        f"{len(plan.kept):,} {'is' if len(plan.kept) == 1 else 'are'} here already",
        f"about {plural(requests, 'request')}",
    ]
    here = f"{plural(local, 'partition')} {'is' if local == 1 else 'are'} local"
    line = ", ".join(parts) + (f" ({here})" if local else "")
    return f"{line}. {_not_asked(plan)}" if plan.unreachable else line
