"""The subscription key: from a Prefect block or the environment to the publisher, and nowhere else."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from flows.settings import ROOT
from standin.server import StandIn
from tests.conftest import Home
from tests.warm_entrepot import ENTREPOT

KEY = "7f3c+Entrepot/test=key&9d41"
SPELLINGS = [KEY, quote(KEY, safe=""), base64.b64encode(KEY.encode()).decode(), KEY.encode().hex()]
INGEST = ["ingest", "-s", "comtrade_api", "-s", "comtrade_bulk"]
SAVE_BLOCK = f"""
from flows.settings import get_settings
get_settings().prepare_process()
from prefect.blocks.system import Secret
Secret(value={KEY!r}).save("entrepot-comtrade-key")
"""


@pytest.fixture(scope="module")
def standin() -> Iterator[StandIn]:
    with StandIn() as running:
        running.office.control.rules.keys = [KEY]
        yield running


def run(home: Home, standin: StandIn, command: list[str], **more: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **home.environment,
        "ENTREPOT_BASE_URL": standin.url,
        "ENTREPOT_REPORTERS": "KAZ",
        "ENTREPOT_FREQUENCIES": "A",
        "ENTREPOT_HISTORY_FROM": "2022",
        "ENTREPOT_HISTORY_TO": "2022",
        "ENTREPOT_HTTP_TRIES": "1",
        "PREFECT_LOGGING_LEVEL": "DEBUG",
        **more,
    }
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)


def found_in(folder: Path) -> list[str]:
    """Files that hold the key in any spelling."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [str(path) for path in files if any(text.encode() in path.read_bytes() for text in SPELLINGS)]


def test_the_key_reaches_the_publisher_and_no_file_log_or_message(standin: StandIn, tmp_path: Path) -> None:
    home = Home(tmp_path)
    saved = run(home, standin, [sys.executable, "-c", SAVE_BLOCK])
    assert saved.returncode == 0, saved.stderr
    clean = run(home, standin, [ENTREPOT, *INGEST])
    assert clean.returncode == 0, clean.stdout + clean.stderr
    places = {line["key"] for line in standin.office.control.log if "/reference/" not in line["path"]}
    assert places == {"query", "header"}, "the block's key was sent, with every question"

    standin.office.world.revise("comtrade", "398", "2022")
    standin.office.control.add_fault({"kind": "echo", "match": "/data/v1/get/", "times": 0})
    standin.office.control.add_fault({"kind": "echo", "match": "/bulk/v1/file", "times": 0})
    told = run(home, standin, [ENTREPOT, *INGEST], ENTREPOT_COMTRADE_KEY=KEY)
    assert told.returncode == 3, told.stdout + told.stderr
    assert "out of order (500)" in told.stdout
    assert "***" in told.stdout, "what the server echoed, without the key"

    standin.office.control.faults.clear()
    standin.office.control.add_fault({"kind": "revoked_key", "match": "comtradeapi.un.org", "times": 0})
    revoked = run(home, standin, [ENTREPOT, *INGEST], ENTREPOT_COMTRADE_KEY=KEY)
    assert revoked.returncode == 3
    assert "does not accept the subscription key (401); set a valid one" in revoked.stdout

    for process in (clean, told, revoked):
        assert not [text for text in SPELLINGS if text in process.stdout + process.stderr]
    database = home.settings.warehouse / ".prefect" / "prefect.db"
    assert database.stat().st_size > 100_000, "Prefect's database is among what is searched"
    assert len(list((home.settings.raw / "comtrade_api").rglob("*.json"))) >= 3
    assert found_in(home.folder) == []
