"""Ctrl-C ends a command even where Prefect waits for a lock that nobody gives back."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.ledger import Ledger
from flows.settings import ROOT
from tests.conftest import Home

# The lock of the queue by which Prefect hands over events, which the engine of tasks and that of flows do on a crash.
LOSES_THE_LOCK = """
import signal, sys
from flows import stopping
from flows.cli.main import main
from flows.steps import fetch
def plan(*_, **__):
    from prefect.events.worker import EventsWorker
    EventsWorker.instance()._queue.mutex.acquire()
    print("lost", flush=True)
    signal.raise_signal(signal.SIGINT)
fetch.plan = plan
signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background ignores it
stopping.AGAIN_SECONDS = 2
sys.argv = ["entrepot", *{words}]
main()
"""
BACKFILL = ["backfill", "-s", "ecb", "--from", "2024-01", "--to", "2024-01"]


@pytest.mark.parametrize(
    ("words", "more"),
    [(["run"], 0), (["ingest"], 0), (BACKFILL, 0), (["ingest"], 2)],
    ids=["run", "ingest", "backfill", "pressed three times"],
)
def test_the_command_ends_and_its_run_is_recorded(tmp_path: Path, words: list[str], more: int) -> None:
    """`more` is how often a person presses Ctrl-C after the first time."""
    home = Home(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-c", LOSES_THE_LOCK.format(words=words)],
        cwd=ROOT,
        env=home.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert any(line == "lost\n" for line in process.stdout)
    for _ in range(more):
        time.sleep(1)
        process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=100)
    assert process.returncode == 130
    assert "Interrupted; what was fetched is kept" in said
    ledger = Ledger(home.settings)
    assert [run.state for run in ledger.runs()] == ["interrupted"]
    with ledger.writing():  # raises WriterBusy while the lock is held
        pass


PRESSED_WHILE_IT_IS_RECORDED = """
import signal, sys
from flows.cli.main import main
from flows.ledger import Ledger
from flows.steps import fetch
stop = Ledger.stop
def pressed_again(*arguments, **options):
    signal.raise_signal(signal.SIGINT)
    return stop(*arguments, **options)
Ledger.stop = pressed_again
fetch.plan = lambda *_, **__: signal.raise_signal(signal.SIGINT)
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv = ["entrepot", "ingest"]
main()
"""


def test_pressed_again_while_it_is_recorded_it_is_recorded_all_the_same(tmp_path: Path) -> None:
    home = Home(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", PRESSED_WHILE_IT_IS_RECORDED],
        cwd=ROOT,
        env=home.environment,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 130, done.stderr
    assert [run.state for run in Ledger(home.settings).runs()] == ["interrupted"]
