"""Fixtures shared by all tests: a warehouse of one's own in a temporary folder, and one that has been run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.ledger import Ledger
from flows.settings import ROOT, Settings
from tests.postgres import Postgres, programs, running_postgres

ENTREPOT = str(Path(sys.executable).parent / "entrepot")
SAMPLES = ROOT.parent / "shared" / "samples"


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

    @property
    def settings(self) -> Settings:
        return Settings(warehouse=self.folder / "warehouse", bundled=self.folder / "bundled")

    def entrepot(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `entrepot` on this warehouse and capture what it prints."""
        return subprocess.run(
            [ENTREPOT, *arguments], env=self.environment, capture_output=True, text=True, timeout=600, check=False
        )

    @property
    def environment(self) -> dict[str, str]:
        """The environment that makes `entrepot` work on this warehouse."""
        return {
            **os.environ,
            "ENTREPOT_WAREHOUSE": str(self.folder / "warehouse"),
            "ENTREPOT_BUNDLED": str(self.folder / "bundled"),
            "COLUMNS": "200",
            "NO_COLOR": "1",
        }

    def copy(self, folder: Path) -> Home:
        """A copy of the whole warehouse, to be changed freely."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Home(folder)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A warehouse published once from the bundled figures; tests must not change it (see Home.copy)."""
    home = Home(tmp_path_factory.mktemp("published"))
    shutil.copytree(ROOT / "warehouse" / "bundled", home.folder / "bundled")
    result = home.entrepot("run")
    assert result.returncode == 0, result.stdout + result.stderr
    (home.folder / "run.txt").write_text(result.stdout + result.stderr, encoding="utf-8")
    return home


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server; each test takes a database of its own from it."""
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with running_postgres(folder) as server:
        yield server
