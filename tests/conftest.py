"""Fixtures shared by all tests: a warehouse of one's own in a temporary folder, and one that has been run."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flows.ledger import Ledger
from flows.machine import usable_cores
from flows.settings import ROOT, Settings
from tests import warm_entrepot
from tests.live import NOBODY
from tests.postgres import Postgres, programs, running_postgres
from tests.sharing import made_once

pytest_plugins = ("tests.worlds",)

os.environ["COLUMNS"] = "140"  # of what a test prints in its own process: as without it, where xdist says 80

SAMPLES = ROOT.parent / "shared" / "samples"


# What takes long comes first, so that no worker is left with it at the end; of that, what mostly waits.
_ORDER = ("e2e", "integration", "architecture", "contract", "unit")
_HERE = ("localhost", "127.0.0.1", "::1", "0.0.0.0", socket.gethostname())
_FIRST = ("test_team_server.py", "test_spark.py")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """A worker more than there are cores: a quarter of their time tests wait for disks and each other, and those of the
    team's server for most of it, until it notices by itself that somebody is gone.

    None, so that xdist decides, where PYTEST_XDIST_AUTO_NUM_WORKERS says how many there shall be.
    """
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    return usable_cores() + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in tests/e2e or looks at a whole demo, which takes minutes; put the folders in an order that keeps
    all workers busy.
    """
    for item in items:
        if item.path.parent.name == "e2e" or "shown" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.e2e)
    items.sort(key=lambda item: (_ORDER.index(item.path.parent.name), item.path.name not in _FIRST))


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What outlasts a warehouse, such as the counts of requests to publishers, is of this test alone."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture(scope="session", autouse=True)
def _no_persons_state(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same for what fixtures of a module do: never that of the person who runs the tests."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(autouse=True)
def _stay_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test that looks for a host elsewhere fails, also where the product takes it for a publisher that is away.

    Names in `.invalid` are nobody's.
    """
    asked: list[str] = []
    look_up = socket.getaddrinfo

    def look_up_here(host: str | bytes | None, *more: Any, **named: Any) -> Any:
        name = os.fsdecode(host or "localhost")
        if name not in _HERE and not name.endswith(".invalid"):
            asked.append(name)
            raise socket.gaierror(socket.EAI_NONAME, "no test leaves this machine")
        return look_up(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up_here)
    yield
    assert not asked, f"This test asked {asked[0]}. Give its settings a publisher that is here, such as NOBODY."


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An empty warehouse with its own copy of the bundled figures."""
    shutil.copytree(ROOT / "warehouse" / "bundled", tmp_path / "bundled")
    return Settings(warehouse=tmp_path / "warehouse", bundled=tmp_path / "bundled", lock_timeout_seconds=0.2)


@pytest.fixture
def ledger(settings: Settings) -> Ledger:
    """The ledger of that warehouse."""
    return Ledger(settings)


@dataclass(frozen=True)
class Home:
    """A warehouse driven from outside, through the command line, as a person drives it."""

    folder: Path
    follows: bool = True
    """Whether exports, page and Data Docs follow a release here; a test that looks at none of them does without."""

    @property
    def settings(self) -> Settings:
        return Settings(warehouse=self.folder / "warehouse", bundled=self.folder / "bundled")

    def entrepot(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `entrepot` on this warehouse and capture what it prints."""
        return warm_entrepot.run(arguments, self.environment)

    @property
    def environment(self) -> dict[str, str]:
        """The environment that makes `entrepot` work on this warehouse, and ask no publisher."""
        return {
            **os.environ,
            "ENTREPOT_BASE_URL": NOBODY["stand_in"],
            "ENTREPOT_HTTP_TRIES": str(NOBODY["http_tries"]),
            "ENTREPOT_WAREHOUSE": str(self.folder / "warehouse"),
            "ENTREPOT_BUNDLED": str(self.folder / "bundled"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "COLUMNS": "200",
            "NO_COLOR": "1",
            **({} if self.follows else {"ENTREPOT_FOLLOWERS": ""}),
        }

    def copy(self, folder: Path) -> Home:
        """A copy of the whole warehouse, to be changed freely."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Home(folder)

    def copy_without_exports(self, folder: Path) -> Home:
        """The same for tests that look at no export: none is copied, and none follows what is published there."""
        shutil.copytree(self.folder, folder, symlinks=True, ignore=lambda at, _: ["export"] if at == self._own else [])
        return Home(folder, follows=False)

    @property
    def _own(self) -> str:
        return str(self.folder / "warehouse")


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A warehouse published once from the bundled figures; tests must not change it (see Home.copy)."""

    def publish(folder: Path) -> None:
        shutil.copytree(ROOT / "warehouse" / "bundled", folder / "bundled")
        result = Home(folder).entrepot("run")
        assert result.returncode == 0, result.stdout + result.stderr
        (folder / "run.txt").write_text(result.stdout + result.stderr, encoding="utf-8")

    return Home(made_once(tmp_path_factory, "published", publish))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server; each test takes a database of its own from it."""
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with running_postgres(folder) as server:
        yield server
