"""Backfill against the stand-in: killed anywhere it goes on, and ends with what an uninterrupted one ends with."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.ledger import Ledger
from flows.settings import ROOT, Settings
from standin.server import StandIn
from tests.conftest import Home
from tests.cut_short import PLACES
from tests.warm_entrepot import ENTREPOT

SOURCES = ("ecb", "cbr", "imf_imts", "comtrade_api")
REQUEST = {"sources": SOURCES, "first": "2024", "last": "2024-02", "reporters": ["KAZ"], "frequencies": ["A", "M"]}
OPTIONS = [*(word for name in SOURCES for word in ("-s", name)), "--from", "2024", "--to", "2024-02", "-r", "KAZ"]


def environment(home: Home, standin: StandIn, **more: str) -> dict[str, str]:
    quick = {"ENTREPOT_HTTP_BACKOFF_SECONDS": "0", "ENTREPOT_HTTP_TRIES": "2", "ENTREPOT_CURRENCIES": "USD,CNY"}
    return {**home.environment, **quick, "ENTREPOT_BASE_URL": standin.url, **more}


def cut_short(home: Home, standin: StandIn, place: str = "", count: int = 0) -> int:
    """Run a backfill that kills itself there; its exit code."""
    command = [sys.executable, "-m", "tests.cut_short", place, str(count), json.dumps(REQUEST)]
    process = subprocess.run(
        command, cwd=ROOT, env=environment(home, standin), capture_output=True, text=True, timeout=120, check=False
    )
    assert process.returncode in (0, -signal.SIGKILL), process.stderr
    return process.returncode


def content(settings: Settings) -> dict[str, list[Any]]:
    """Everything in landed.duckdb but the times of fetching."""
    with duckdb.connect(str(settings.landed), read_only=True) as con:
        tables = con.execute("select table_name from duckdb_tables() where schema_name = 'raw' order by 1").fetchall()
        found = {}
        for (name,) in tables:
            left_out = " exclude (fetched_at, known_from, known_to)" if name == "file" else ""
            found[name] = con.execute(f"select *{left_out} from raw.{name} order by all").fetchall()
    return found


@pytest.fixture(scope="module")
def whole(running: StandIn, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What an uninterrupted backfill lands."""
    home = Home(tmp_path_factory.mktemp("whole"))
    assert cut_short(home, running) == 0
    found = content(home.settings)
    assert {name: len(rows) > 0 for name, rows in found.items()}["imf_imts__partner_trade"]
    return found


def leftovers(settings: Settings) -> list[Path]:
    """What no finished fetch leaves in the raw store."""
    known = {path.name.partition(".")[0] for path in settings.raw.rglob("*.json") if path.name.count(".") == 1}
    files = [path for path in settings.raw.rglob("*") if path.is_file()]
    return [path for path in files if path.name.partition(".")[0] not in known]


def test_killed_anywhere_it_goes_on_and_the_result_is_the_same(
    standin: StandIn, tmp_path: Path, whole: dict[str, list[Any]]
) -> None:
    home = Home(tmp_path)
    for place, count in PLACES:
        assert cut_short(home, standin, place, count) == -signal.SIGKILL, place
        assert content(home.settings) != whole
        if place in ("received, not stored", "bytes stored, no sidecar"):
            assert leftovers(home.settings), place
    assert cut_short(home, standin) == 0
    assert content(home.settings) == whole
    assert leftovers(home.settings) == []
    runs = Ledger(home.settings).runs()
    assert [run.state for run in runs] == [*["interrupted"] * len(PLACES), "ingested"]
    before = len(standin.office.control.log)
    assert cut_short(home, standin) == 0
    asked = [line["path"] for line in standin.office.control.log[before:]]
    assert not [path for path in asked if "getDa" not in path and "dataflow" not in path], "nothing is fetched twice"
    assert {outcome.outcome for outcome in Ledger(home.settings).runs()[-1].outcomes} == {"kept"}


def stop_while_slow(home: Home, standin: StandIn, by: signal.Signals, after: int) -> tuple[int, str]:
    """Start the command, and stop it while it waits for a server's next answer but `after`; exit code and words."""
    standin.office.control.reset()
    standin.office.control.add_fault({"kind": "slow", "match": "preview", "times": 0, "after": after, "seconds": 600})
    process = subprocess.Popen(
        [ENTREPOT, "backfill", *OPTIONS],
        env=environment(home, standin),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a test run in the background ignores it
    )
    deadline = time.monotonic() + 120
    while not any(line["fault"] == "slow" for line in standin.office.control.log):
        assert time.monotonic() < deadline
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        time.sleep(0.05)
    process.send_signal(by)
    _, said = process.communicate(timeout=60)
    return process.returncode, said


def test_the_command_is_stopped_and_killed_while_a_server_is_slow_and_goes_on(
    standin: StandIn, tmp_path: Path, whole: dict[str, list[Any]]
) -> None:
    home = Home(tmp_path)
    code, said = stop_while_slow(home, standin, signal.SIGINT, 0)
    assert code == 130
    assert "Interrupted; what was fetched is kept" in said
    assert "Traceback" not in said
    assert stop_while_slow(home, standin, signal.SIGKILL, 1)[0] == -signal.SIGKILL
    standin.office.control.reset()
    again = subprocess.run(
        [ENTREPOT, "backfill", *OPTIONS], env=environment(home, standin), capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    assert again.returncode == 0, again.stdout + again.stderr
    assert re.search(r"\d+ partitions? to fetch", again.stdout)
    assert content(home.settings) == whole
    assert leftovers(home.settings) == []
    assert [run.state for run in Ledger(home.settings).runs()] == ["interrupted", "interrupted", "ingested"]
