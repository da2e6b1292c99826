"""A run that lets workers fetch leaves nothing behind, whoever fails."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from flows.ingest.by_workers import fetch_by_workers
from flows.ledger import Ledger
from flows.sources.base import Partition


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
