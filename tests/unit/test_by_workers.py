"""A run that lets workers fetch leaves nothing behind, whoever fails."""

from __future__ import annotations

import contextlib
import signal
from uuid import UUID, uuid4

import pytest

from flows.ingest.by_workers import fetch_by_workers
from flows.ledger import Ledger
from flows.sources.base import Partition
from flows.stopping import noting_signals


class OneWorker:
    """Starts one part, and then is gone."""

    def __init__(self) -> None:
        self.started: list[UUID] = []
        self.ended: list[UUID] = []

    def start(self, part_id: str) -> UUID:
        if self.started:
            raise ConnectionError("the server is away")
        self.started.append(uuid4())
        return self.started[0]

    def has_ended(self, started: UUID) -> bool:
        return started in self.ended

    def end(self, started: UUID) -> None:
        self.ended.append(started)


def test_where_a_second_worker_cannot_start_the_first_is_ended(ledger: Ledger) -> None:
    workers, run = OneWorker(), ledger.start("run", {}, "")
    of_two_hosts = [
        Partition(source=source, table="t", key="2020", revision="1", url="", location="") for source in ("ecb", "cbr")
    ]
    with pytest.raises(ConnectionError):
        list(fetch_by_workers(ledger, run, workers, of_two_hosts, lambda partition: pytest.fail("fetched here")))
    assert len(workers.started) == 1
    assert workers.ended == workers.started
    assert not (ledger.settings.runs / "parts" / run.run_id).exists()


class Asked(BaseException):
    """What the handler of a signal raises."""


class Busy(OneWorker):
    """Its part takes hours, and a signal that comes meanwhile is dropped, as code written in C may."""

    looked = False

    def has_ended(self, started: UUID) -> bool:
        assert not self.looked, "nobody asked for a signal between two looks"
        self.looked = True
        with contextlib.suppress(Asked):
            signal.raise_signal(signal.SIGTERM)
        return False


def test_who_waits_for_workers_is_stopped_by_a_signal_that_was_lost(ledger: Ledger) -> None:
    def handle(number: int, _: object) -> None:
        raise Asked(number)

    workers, run = Busy(), ledger.start("run", {}, "")
    of_one_host = [Partition(source="ecb", table="t", key="2020", revision="1", url="", location="")]
    before = signal.signal(signal.SIGTERM, handle)
    try:
        with noting_signals(), pytest.raises(Asked):
            list(fetch_by_workers(ledger, run, workers, of_one_host, lambda partition: pytest.fail("fetched here")))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert workers.ended == workers.started


def test_parts_of_a_run_that_was_killed_are_forgotten(ledger: Ledger) -> None:
    """Its workers, which may live on, find nothing more to do."""
    run = ledger.start("run", {}, "")
    ledger.save_part(f"{run.run_id}/0", "{}")
    with ledger.writing():
        assert ledger.run(run.run_id).state == "interrupted"
    assert not (ledger.settings.runs / "parts" / run.run_id).exists()
