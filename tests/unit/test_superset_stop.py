"""`make superset-stop` ends the Superset that was started here, and nothing else, whatever the note of it says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bi.superset import process
from bi.superset.__main__ import main
from flows.settings import Settings

SLEEPS = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[str]]:
    """A process that has nothing to do with Superset."""
    with subprocess.Popen(SLEEPS, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        running.stdout.readline()
        yield running
        running.kill()


@pytest.mark.parametrize(
    "note", ["{pid}", "{pid}\n", "{pid} 1", "{pid} {when}1", "{pid} None", "0 ", "-1 x", "x y", "", "\xff"]
)
def test_a_process_that_is_not_ours_goes_on(tmp_path: Path, stranger: subprocess.Popen[str], note: str) -> None:
    path = tmp_path / "superset.pid"
    when = process.started(stranger.pid)
    path.write_text(note.format(pid=stranger.pid, when=when), encoding="latin-1")
    assert process.stop(path) is False
    assert stranger.poll() is None
    assert not path.exists()


def test_the_one_that_noted_itself_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "superset.pid"
    code = f"from pathlib import Path; from bi.superset import process; process.note(Path({str(path)!r}))"
    with subprocess.Popen([*SLEEPS[:2], f"{code}; {SLEEPS[2]}"], stdout=subprocess.PIPE, text=True) as ours:
        assert ours.stdout
        ours.stdout.readline()
        assert process.stop(path) is True
        assert ours.wait(timeout=30) == -15
    assert process.stop(path) is False, "it is gone, and its number may be another's now"


def test_the_start_of_a_process_is_its_own(stranger: subprocess.Popen[str]) -> None:
    assert process.started(os.getpid()) == process.started(os.getpid()) != process.started(stranger.pid)
    assert process.started(2**22 + 1) is None


def test_the_command_leaves_a_stranger_alone(
    tmp_path: Path, stranger: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bi.superset.__main__.get_settings", lambda: Settings(warehouse=tmp_path))
    (tmp_path / ".superset").mkdir()
    (tmp_path / ".superset" / "superset.pid").write_text(f"{stranger.pid}\n", encoding="ascii")
    assert main(["stop"]) == 0
    assert capsys.readouterr().out == "Superset is not running.\n"
    assert stranger.poll() is None
