"""What `entrepot export` writes is of the release that is published when it ends, whoever writes meanwhile."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from flows.cli import export_commands
from flows.exports import excel, postgres
from flows.settings import Settings


def test_a_release_published_during_a_copy_into_postgres_is_copied_after_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    published = iter(["first", "second", "second"])
    copied: list[str] = []

    def copy(settings: Settings, run_id: str, *_: Any) -> int:
        copied.append(run_id)
        return 3

    monkeypatch.setattr(export_commands, "get_settings", lambda: settings)
    monkeypatch.setattr(export_commands, "published_release", lambda: next(published))
    monkeypatch.setattr(postgres, "serve_copy", copy)
    export_commands.postgres("postgresql://trade@localhost/bi", None)
    assert copied == ["first", "second"]
    assert "Copied 3 tables of release second to PostgreSQL." in capsys.readouterr().out


def test_two_workbooks_that_are_written_at_once_are_two_files_until_they_are_whole(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = settings.releases / "a" / "trade.duckdb"
    release.parent.mkdir(parents=True)
    excel.duckdb.connect(str(release)).close()
    begun: list[Path] = []

    def begin(path: Path) -> None:
        begun.append(path)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(excel, "described_marts", lambda con: [])
    monkeypatch.setattr(excel, "_workbook", begin)
    for pid in (11, 12):
        monkeypatch.setattr(os, "getpid", lambda pid=pid: pid)
        with pytest.raises(OSError, match="No space"):
            excel.write_workbook(settings, "a", tmp_path / "trade.xlsx")
    assert len(set(begun)) == 2


def test_an_archive_that_could_not_be_written_says_nothing_when_it_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    class Archive:
        def __del__(self) -> None:
            raise OSError(28, "No space left on device")

    def fill() -> None:
        archive = Archive()
        try:
            raise OSError(28, "No space left on device")
        except OSError as error:
            raise RuntimeError(f"{archive!r} hides it") from error

    said: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", said.append)
    with pytest.raises(RuntimeError) as hiding:
        fill()
    excel._forget_archive(hiding.value)
    del hiding
    assert said == []
