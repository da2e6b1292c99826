"""What the flows do beyond their steps: a release stays published whatever follows it."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from flows import cli, pipeline
from flows.ledger import Ledger
from flows.settings import Settings


class Step:
    """A task of the pipeline, without Prefect."""

    def __init__(self, name: str, error: Exception | None = None) -> None:
        self.name, self.error, self.made = name, error, list[str]()

    def __call__(self, run_id: str) -> None:
        self.made.append(run_id)
        if self.error:
            raise self.error


def test_what_fails_after_publishing_is_a_notice(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    docs = Step("data docs")
    monkeypatch.setattr(pipeline, "export_parquet", Step("export parquet", OSError("No space left on device")))
    monkeypatch.setattr(pipeline, "build_data_docs", docs)
    run = ledger.finish(ledger.start("run", {}, ""), "published", "Published release x.")
    pipeline.follow(ledger, run)
    recorded = ledger.run(run.run_id)
    assert recorded.state == "published"
    (notice,) = recorded.notices
    assert notice == "export parquet failed, what it makes is of an earlier release: No space left on device"
    assert docs.made == [run.run_id], "one failure does not keep the other from following"
    monkeypatch.setattr(cli.reports, "show_article", lambda settings: None)
    with pytest.raises(typer.Exit) as ended:
        cli._end(recorded)
    assert ended.value.exit_code == cli.STANDS_IN
    said = capsys.readouterr().out
    assert "notice export parquet failed" in said
    assert "published: Published release x." in said


def test_a_run_that_waits_for_a_quota_ends_with_its_own_code(ledger: Ledger, tmp_path: Path) -> None:
    run = ledger.start("backfill", {}, "")
    run.outcomes = [
        pipeline.Outcome(source="ecb", table="t", partition="1", outcome=kind, reason=reason)
        for kind, reason in (("new", ""), ("waiting", "resume after 00:00 UTC"))
    ]
    with pytest.raises(typer.Exit) as ended:
        cli._end(ledger.finish(run, "partial", "1 new, 1 waiting"))
    assert ended.value.exit_code == cli.PARTIAL == 5
