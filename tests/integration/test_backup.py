"""A backup restored elsewhere is the same warehouse: release, history, records; and a damaged one is refused."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from flows.backup import warehouse
from flows.ledger import Ledger
from flows.machine import file_sha256
from flows.settings import Settings
from tests.conftest import Home


@pytest.fixture(scope="module")
def backup(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a published warehouse."""
    folder = tmp_path_factory.mktemp("backups")
    done = published.entrepot("backup", str(folder))
    assert done.returncode == 0, done.stderr
    (made,) = folder.iterdir()
    return made


def test_what_is_restored_is_the_same_and_goes_on_from_there(published: Home, backup: Path, tmp_path: Path) -> None:
    home = Home(tmp_path)
    shutil.copytree(published.folder / "bundled", tmp_path / "bundled")
    done = home.entrepot("restore", str(backup))
    run_id = Ledger(published.settings).published_run_id()
    assert (done.returncode, done.stderr) == (0, "")
    said = " ".join(done.stdout.split())  # lines are as wide as the terminal
    assert f"release {run_id} is published, and `entrepot publish {run_id}` exports it." in said
    before, after = (each.settings for each in (published, home))
    assert file_sha256(after.published) == file_sha256(before.published)
    assert [run.model_dump() for run in Ledger(after).runs()] == [run.model_dump() for run in Ledger(before).runs()]
    assert Ledger(after).raw_files() == Ledger(before).raw_files()
    with sqlite3.connect(after.prefect_home / "prefect.db") as con:
        assert con.execute("select count(*) from flow_run").fetchone()[0] >= 1
    assert home.entrepot("publish", str(run_id)).returncode == 0
    assert home.entrepot("doctor").returncode == 0
    again = home.entrepot("run")
    assert (again.returncode, "othing to do" in again.stdout) == (0, True), again.stdout + again.stderr


def test_only_its_owner_may_read_it_and_what_is_there_is_never_overwritten(published: Home, backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700
    refused = published.entrepot("restore", str(backup))
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "has runs already; restore into an empty ENTREPOT_WAREHOUSE." in refused.stderr


def test_a_folder_of_the_warehouse_or_none_at_all_is_refused(published: Home) -> None:
    for folder, said in (
        (published.settings.warehouse, "lies in the warehouse"),
        (published.settings.raw / "sub", "lies in the warehouse"),
        (Path("/dev/null"), "cannot be written to (Not a directory)"),
    ):
        refused = published.entrepot("backup", str(folder))
        assert (refused.returncode, refused.stderr.count("\n")) == (1, 1), refused.stderr
        assert said in refused.stderr


def test_a_pipe_in_the_inbox_is_left_out(settings: Settings, tmp_path: Path) -> None:
    settings.inbox.mkdir(parents=True)
    (settings.inbox / "a.csv").write_text("a")
    os.mkfifo(settings.inbox / "pipe.csv")
    (tmp_path / "backups").mkdir()
    warehouse._copy(settings.inbox, tmp_path / "backups" / "inbox")
    assert [path.name for path in (tmp_path / "backups" / "inbox").iterdir()] == ["a.csv"]


def test_a_damaged_backup_and_a_folder_that_is_none_are_refused(backup: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.folder.mkdir()
    copy = tmp_path / "copy"
    shutil.copytree(backup, copy, symlinks=True)
    damaged = next((copy / "warehouse" / "releases").rglob("trade.duckdb"))
    with damaged.open("r+b") as handle:
        handle.seek(1_000_000)
        handle.write(b"x" * 64)
    for folder, said in ((copy, "is not what was saved"), (tmp_path, "is not a backup")):
        refused = home.entrepot("restore", str(folder))
        assert (refused.returncode, refused.stderr.count("\n")) == (1, 1), refused.stderr
        assert said in refused.stderr
    assert not Ledger(Settings(warehouse=home.settings.warehouse)).runs()
