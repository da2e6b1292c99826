"""Fetching by several workers: what one publisher's host has is one part, and each part is fetched by one worker.

So no two workers are at one partition, and nobody asks a host faster than one polite session does. Workers share the
warehouse's folder, where the bytes go, and the counts of requests (`ENTREPOT_QUOTAS`). The run that has planned it all
lands what they bring, as the one writer. A worker that is lost leaves whole files or nothing: its part goes to another.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from typing import Protocol
from uuid import UUID

from pydantic import BaseModel

from flows.ledger import Ledger, Outcome, Run
from flows.settings import Settings
from flows.sources.base import Partition
from flows.steps import fetch
from flows.stopping import raise_lost_signal

log = logging.getLogger("entrepot")

_MOST_STARTS = 3  # of a part whose workers are lost one after the other
_LOOK_SECONDS = 0.5


class Part(BaseModel):
    """Partitions of one host."""

    partitions: list[Partition]


class Workers(Protocol):
    """Who takes parts: Prefect's workers, or a test's."""

    def start(self, part_id: str) -> UUID:
        """Let a worker take a part; what that is called."""

    def has_ended(self, started: UUID) -> bool:
        """Whether it has come to an end, good or bad."""

    def end(self, started: UUID) -> None:
        """Let it be; it does no harm where it has ended."""


def fetch_by_workers(
    ledger: Ledger, run: Run, workers: Workers, partitions: list[Partition], fetch_one: Callable[[Partition], Outcome]
) -> Iterator[Outcome]:
    """The outcome of each partition as soon as it is there; what is local is fetched here.

    Closing this iterator ends what the workers do.
    """
    lanes = fetch.by_lane(ledger.settings, partitions, lambda partition: partition.source)
    here = [lane for lane in lanes if not fetch.is_live(ledger.settings, lane[0].source)]
    parts = {f"{run.run_id}/{number}": lane for number, lane in enumerate(lane for lane in lanes if lane not in here)}
    started: dict[str, UUID] = {}
    try:
        for part_id, lane in parts.items():
            ledger.save_part(part_id, Part(partitions=lane).model_dump_json())
            started[part_id] = workers.start(part_id)
        for lane in here:
            yield from fetch.fetch_all(ledger.settings, lane, fetch_one)
        yield from _brought(ledger, workers, parts, started)
    finally:
        for each in started.values():
            workers.end(each)
        ledger.forget_parts(run.run_id)


def _brought(
    ledger: Ledger, workers: Workers, parts: dict[str, list[Partition]], started: dict[str, UUID]
) -> Iterator[Outcome]:
    open_parts, seen, starts = dict(parts), dict.fromkeys(parts, 0), dict.fromkeys(parts, 1)
    while open_parts:
        for part_id, lane in list(open_parts.items()):
            is_over = workers.has_ended(started[part_id])  # before the look: what it brought last counts too
            found = ledger.part_outcomes(part_id)
            yield from found[seen[part_id] :]
            seen[part_id] = len(found)
            if len(found) == len(lane):
                del open_parts[part_id]
            elif is_over and starts[part_id] < _MOST_STARTS:
                log.warning("The worker that fetched from %s ended in between; another one goes on.", lane[0].source)
                starts[part_id] += 1
                started[part_id] = workers.start(part_id)
            elif is_over:
                yield from (_lost(partition) for partition in lane[len(found) :])
                del open_parts[part_id]
        raise_lost_signal()  # this may go on for hours
        time.sleep(_LOOK_SECONDS)


def _lost(partition: Partition) -> Outcome:
    said = f"{_MOST_STARTS} workers that fetched {partition} ended before it was there; the last good file is used."
    return Outcome(
        source=partition.source, table=partition.table, partition=partition.key, outcome="failed", url=partition.url,
        reason=said,
    )  # fmt: skip


def fetch_part(settings: Settings, ledger: Ledger, part_id: str, fetch_one: Callable[[Partition], Outcome]) -> int:
    """Fetch what is left of a part, one partition after the other; how many that were.

    It stops where the run it belongs to has ended. Raises WriterBusy where another worker is at this part.
    """
    run_id, done = part_id.partition("/")[0], 0
    with ledger.working_on(part_id):
        lane = Part.model_validate_json(ledger.part(part_id)).partitions
        left = lane[len(ledger.part_outcomes(part_id)) :]
        for outcome in fetch.fetch_all(settings, left, fetch_one):
            if ledger.run(run_id).state != "running":
                break
            ledger.add_part_outcome(part_id, outcome)
            done += 1
    return done
