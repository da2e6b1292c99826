"""What the flows do beyond their steps: a release stays published whatever follows it."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
import typer

from flows import verbs
from flows.cli import run_commands
from flows.errors import EntrepotError
from flows.ledger import Ledger, Outcome
from flows.settings import Settings


class Step:
    """One of the things that follow a release."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.calls = error, 0

    def __call__(self) -> None:
        self.calls += 1
        if self.error:
            raise self.error


def test_what_fails_after_publishing_is_a_notice(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    docs = Step()
    full = OSError(errno.ENOSPC, "No space left on device", "parquet-1")
    followers = {"The Parquet export": Step(full), "Data Docs": docs}
    monkeypatch.setattr(verbs, "followers", lambda settings, run_id: followers)
    run = ledger.finish(ledger.start("run", {}, ""), "published", "Published release x.")
    verbs.follow(ledger, run, run.run_id)
    recorded = ledger.run(run.run_id)
    assert recorded.state == "published"
    (notice,) = recorded.notices
    said = (
        "The Parquet export failed; what is there is of an earlier release. The disk is full: make room, then try again"
    )
    assert notice == f"{said} (parquet-1). The next run tries once more."
    assert docs.calls == 1, "one failure does not keep the other from following"
    monkeypatch.setattr(run_commands.answers, "show_answers", lambda settings: None)
    with pytest.raises(typer.Exit) as ended:
        run_commands._end(recorded)
    assert ended.value.exit_code == run_commands.STANDS_IN
    said = capsys.readouterr().out
    assert "notice The Parquet export failed" in said
    assert "published: Published release x." in said


def test_a_run_that_waits_for_a_quota_ends_with_its_own_code(ledger: Ledger, tmp_path: Path) -> None:
    run = ledger.start("backfill", {}, "")
    run.outcomes = [
        Outcome(source="ecb", table="t", partition="1", outcome=kind, reason=reason)
        for kind, reason in (("new", ""), ("waiting", "resume after 00:00 UTC"))
    ]
    with pytest.raises(typer.Exit) as ended:
        run_commands._end(ledger.finish(run, "partial", "1 new, 1 waiting"))
    assert ended.value.exit_code == run_commands.PARTIAL == 5


def test_only_what_the_settings_ask_for_follows(settings: Settings, tmp_path: Path) -> None:
    def names(**values: object) -> list[str]:
        return list(verbs.followers(settings.model_copy(update=values), "run"))

    assert names() == ["The Parquet export", "The page", "Data Docs"]
    assert names(followers=("page",)) == ["The page"]
    assert names(followers=()) == []
    assert names(followers=(), public_export=tmp_path / "open") == ["The public export"]


def test_none_may_follow_and_a_misspelt_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTREPOT_FOLLOWERS", "")
    assert Settings().followers == ()
    monkeypatch.setenv("ENTREPOT_FOLLOWERS", "page,parket")
    with pytest.raises(ValueError, match="'parket' is none of parquet, page, data_docs"):
        Settings()


def test_a_run_shows_the_answer_once_and_later_notices_after_it(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run_commands.answers, "show_answers", lambda settings: print("the answer"))
    run = ledger.finish(ledger.start("run", {}, ""), "published", "Published release x.")
    run.notices = ["known before"]
    answer = run_commands._Answer()
    answer(run)
    assert "the answer" in capsys.readouterr().out
    run.notices.append("Data Docs failed")
    with pytest.raises(typer.Exit):
        run_commands._end(run, answer)
    said = capsys.readouterr().out
    assert "Data Docs failed" in said
    assert "the answer" not in said
    assert "known before" not in said


def test_a_warehouse_nobody_can_write_to_is_said_before_any_server_starts(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = settings.model_copy(update={"warehouse": Path("/proc/warehouse")})
    monkeypatch.setattr(run_commands, "get_settings", lambda: nowhere)
    monkeypatch.setattr(run_commands, "start_own_server", lambda *_, **__: pytest.fail("started"))
    with pytest.raises(EntrepotError, match=r"^/proc/warehouse cannot be written to "), run_commands._prefect():
        pass
