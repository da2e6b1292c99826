"""What may be deleted, and what stays whatever is asked."""

from __future__ import annotations

import errno
import os
import time

import pytest

from flows import verbs
from flows.ledger import Ledger, Run
from flows.releases import place, retention
from flows.settings import Settings


def released(settings: Settings, ledger: Ledger) -> Run:
    run = ledger.finish(ledger.start("run", {}, ""), "published", "")
    path = place.release_path(settings, run.run_id)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x" * 1_000_000)
    os.utime(path.parent, (0, 0))  # it was built long ago
    return run


def test_old_releases_go_and_the_published_one_stays(settings: Settings, ledger: Ledger) -> None:
    first, second, third, fourth = (released(settings, ledger) for _ in range(4))
    place.point_to(settings, first.run_id)  # after a rollback the published one may be the oldest
    found = retention.leftovers(settings, ledger, keep=2)
    assert [(each.kind, each.path.name) for each in found] == [("release", second.run_id)]
    assert retention.line(found, dry_run=True) == "Would delete 1 release: 1.0 MB."
    assert (settings.releases / second.run_id).exists(), "to say what would go deletes nothing"
    retention.delete(found)
    assert sorted(path.name for path in settings.releases.iterdir()) == [first.run_id, third.run_id, fourth.run_id]
    assert retention.line([], dry_run=False) == "Nothing to delete."


def test_a_release_that_was_published_a_moment_ago_stays(settings: Settings, ledger: Ledger) -> None:
    """A reader that has followed the link to it may be about to open it."""
    first, second = (released(settings, ledger) for _ in range(2))
    for run in (first, second):
        place.point_to(settings, run.run_id)
    assert retention.leftovers(settings, ledger, keep=1) == []
    os.utime(settings.releases / first.run_id, (0, time.time() - 61))
    assert [each.path.name for each in retention.leftovers(settings, ledger, keep=1)] == [first.run_id]


def test_only_runs_that_made_something_are_counted_for_a_candidate(settings: Settings, ledger: Ledger) -> None:
    built = ledger.finish(ledger.start("run", {}, ""), "built", "")
    (settings.builds / built.run_id).mkdir(parents=True)
    ledger.finish(ledger.start("run", {}, ""), "nothing_to_do", "")
    ledger.refuse("audit", "Another process is writing.")
    for _ in range(3):
        verbs.retain(ledger, keep=2, dry_run=False)
    assert (settings.builds / built.run_id).exists()
    ended = [(run.kind, run.state, run.message) for run in ledger.runs()[3:]]
    assert ended == [("retention", "pruned", "Nothing to delete.")] * 3
    for _ in range(2):
        released(settings, ledger)
    verbs.retain(ledger, keep=2, dry_run=False)
    assert not (settings.builds / built.run_id).exists()


def test_what_cannot_be_deleted_is_on_record_as_a_failure(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(found: list[retention.Leftover]) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "/w/releases/x")

    monkeypatch.setattr(retention, "delete", refused)
    with pytest.raises(PermissionError):
        verbs.retain(ledger, keep=2, dry_run=False)
    (run,) = ledger.runs()
    assert (run.kind, run.state) == ("retention", "failed")
    assert run.message.startswith("This user may not read or write a file that is needed")


def test_candidates_of_no_use_and_unlinked_exports_go(settings: Settings, ledger: Ledger) -> None:
    built = ledger.finish(ledger.start("run", {}, ""), "built", "")
    failed = ledger.finish(ledger.start("run", {}, ""), "failed", "All that dbt said lies beside the candidate.")
    stopped = ledger.finish(ledger.start("run", {}, ""), "interrupted", "")
    for run in (built, failed, stopped):
        (settings.builds / run.run_id).mkdir(parents=True)
    for name in (f"parquet-{built.run_id}", f"parquet-{stopped.run_id}", "notes-of-mine"):
        (settings.export / name).mkdir(parents=True)
    (settings.export / "parquet").symlink_to(f"parquet-{built.run_id}")
    (settings.raw / "a" / "b" / "c").mkdir(parents=True)
    found = retention.leftovers(settings, ledger, keep=5)
    assert [(each.kind, each.path.name) for each in found] == [
        ("candidate", stopped.run_id),
        ("export", f"parquet-{stopped.run_id}"),
    ]
    retention.delete(found)
    assert all((settings.builds / run.run_id).exists() for run in (built, failed))
    assert {path.name for path in settings.export.iterdir()} == {"parquet", f"parquet-{built.run_id}", "notes-of-mine"}
    assert (settings.raw / "a" / "b" / "c").exists()
    assert len(ledger.runs()) == 3
