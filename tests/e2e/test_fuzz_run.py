"""A little of `make fuzz`: a mutated file of every format, and a spoilt answer of every publisher."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from flows.ledger import Outcome, Run, utc_now
from tests.fuzz import bodies, files
from tests.fuzz.promises import Tally, _told
from tests.fuzz.samples import samples


def held(tallies: list[Tally]) -> None:
    assert {tally.kind: tally.broken for tally in tallies} == {tally.kind: [] for tally in tallies}
    assert all(tally.tried for tally in tallies)
    assert all(tally.outcomes for tally in tallies)


def test_mutated_files_have_an_outcome_and_stop_nothing(tmp_path: Path) -> None:
    kinds = samples()
    tallies = files.tried(tmp_path / "files", 4 * len(kinds), random.Random(7))
    held(tallies)
    assert sum(tally.tried for tally in tallies) == 4 * len(kinds)


def test_spoilt_answers_are_told_and_stop_no_other_publisher(tmp_path: Path) -> None:
    live = bodies.live_sources()
    held(bodies.tried(tmp_path / "bodies", len(live), random.Random(7)))


def test_a_broken_promise_would_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fallen(self: files.Inbox, number: int) -> Run:
        if number:
            raise IndexError("string index out of range")
        partition = "own_csv/a1990.csv"
        outcome = Outcome(source="inbox", table="", partition=partition, outcome="failed", reason="two\nlines")
        return Run(run_id="x", started_at=utc_now(), outcomes=[outcome])

    monkeypatch.setattr(files.Inbox, "run", fallen)
    said = " ".join(sentence for tally in files.tried(tmp_path / "f", 1, random.Random(1)) for sentence in tally.broken)
    for sign in ("a traceback", "told in no sentence", "the source beside was stopped", "a good file is not read"):
        assert sign in said
    assert "has no outcome" in said
    assert _told("failed", "") == "failed without a reason"
