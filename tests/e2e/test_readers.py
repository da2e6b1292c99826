"""Eight processes read without pause while releases are published and rolled back: no error, no mixed answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows import verbs
from flows.ledger import Ledger
from flows.settings import Settings
from tests import readers

PUBLISHES, EVERY = 50, 5  # a rollback after every fifth


def test_readers_see_one_release_at_a_time(tmp_path: Path) -> None:
    settings = Settings.alone(warehouse=tmp_path / "warehouse", followers=(), keep_releases=2)
    ledger, stop = Ledger(settings), tmp_path / "stop"
    first, *others = [readers.made(tmp_path / f"made-{number}", number) for number in range(PUBLISHES + 1)]
    verbs.publish(ledger, readers.built(settings, ledger, first).run_id)
    reading = [readers.start(settings, readers.KINDS[at % 3], stop) for at in range(8)]
    rolled_back = 0
    try:
        assert [each.stdout.readline() for each in reading if each.stdout] == ["ready\n"] * 8
        for number, files in enumerate(others, start=1):
            run, failed = verbs.publish(ledger, readers.built(settings, ledger, files).run_id)
            assert (run.state, failed) == ("published", [])
            if number % EVERY == 0:
                record, failed = verbs.roll_back(ledger, None)
                assert (record.state, failed) == ("published", [])
                rolled_back += 1
    finally:
        stop.touch()
        told = [json.loads(each.communicate(timeout=60)[0]) for each in reading]
    assert rolled_back == PUBLISHES // EVERY
    assert [each["errors"] for each in told] == [[]] * 8
    assert [each["mixed"] for each in told] == [[]] * 8
    assert min(each["reads"] for each in told) >= 1, told
    assert len({number for each in told for number in each["met"]}) > 5, "the readers met many releases"


def test_a_mixed_answer_would_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings.alone(warehouse=tmp_path / "warehouse", followers=())
    ledger, stop = Ledger(settings), tmp_path / "stop"
    verbs.publish(ledger, readers.built(settings, ledger, readers.made(tmp_path / "made", 1)).run_id)
    monkeypatch.setattr(readers, "_answers", lambda settings, kind: (stop.touch(), iter((1, 2)))[1])
    assert readers.read(settings, "client", stop)["mixed"] == [[1, 2]]
