"""A backup restored elsewhere is the same warehouse: release, history, records; and a damaged one is refused."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows import machine
from flows.backup import warehouse
from flows.errors import EntrepotError
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


def test_a_second_backup_of_one_second_is_refused_and_leaves_the_first(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(warehouse, "utc_now", lambda: now)
    warehouse.back_up(settings, tmp_path)
    (first,) = tmp_path.glob("*-20260101T*")
    before = sorted(first.rglob("*"))
    with pytest.raises(EntrepotError, match="is a backup of this very second; try again"):
        warehouse.back_up(settings, tmp_path)
    assert sorted(first.rglob("*")) == before
    (tmp_path / f".{first.name}.new").mkdir()
    with pytest.raises(EntrepotError, match="Another backup is being written to"):
        warehouse.back_up(settings, tmp_path)


def test_a_folder_of_the_warehouse_or_none_at_all_is_refused(published: Home) -> None:
    for folder, said in (
        (published.settings.warehouse, "lies in the warehouse"),
        (published.settings.raw / "sub", "lies in the warehouse"),
        (Path("/dev/null"), "cannot be written to (Not a directory)"),
    ):
        refused = published.entrepot("backup", str(folder))
        assert (refused.returncode, refused.stderr.count("\n")) == (1, 1), refused.stderr
        assert said in refused.stderr


def filled(settings: Settings, elsewhere: Path) -> None:
    """A warehouse whose raw files, and one file in its inbox, lie on another disk; each holds its own name."""
    settings.inbox.mkdir(parents=True)
    for name in ("raw/x/y/z/0.csv", "sales.csv"):
        (elsewhere / name).parent.mkdir(parents=True, exist_ok=True)
        (elsewhere / name).write_text(name)
    settings.raw.symlink_to(elsewhere / "raw")
    (settings.inbox / "sales.csv").symlink_to(elsewhere / "sales.csv")
    (settings.inbox / "around").symlink_to(settings.inbox)


def test_what_lies_on_another_disk_is_in_the_backup_and_comes_back(settings: Settings, tmp_path: Path) -> None:
    filled(settings, tmp_path / "disk")
    warehouse.back_up(settings, tmp_path / "backups")
    (backup,) = (tmp_path / "backups").iterdir()
    shutil.rmtree(tmp_path / "disk")
    fresh = settings.model_copy(update={"warehouse": tmp_path / "fresh"})
    fresh.warehouse.mkdir()
    (tmp_path / "other disk").mkdir()
    fresh.raw.symlink_to(tmp_path / "other disk")
    warehouse.restore(fresh, backup)
    assert (fresh.raw / "x/y/z/0.csv").read_text() == "raw/x/y/z/0.csv"
    assert (fresh.inbox / "sales.csv").read_text() == "sales.csv"
    assert not (fresh.inbox / "around").exists(), "a folder is not in itself"
    assert (tmp_path / "other disk" / "x/y/z/0.csv").is_file(), "a link to an empty disk is filled"
    assert not list(tmp_path.rglob(".restore.new"))
    with pytest.raises(EntrepotError, match="lies in the warehouse"):
        warehouse.back_up(fresh, tmp_path / "other disk")


def test_what_is_restored_is_on_the_disk_before_it_is_in_its_place(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(settings, tmp_path / "disk")
    warehouse.back_up(settings, tmp_path / "backups")
    (backup,) = (tmp_path / "backups").iterdir()
    fresh = settings.model_copy(update={"warehouse": tmp_path / "fresh"})
    (fresh.warehouse / "raw").mkdir(parents=True)  # an empty folder that is there is filled
    synced: list[tuple[int, bool]] = []

    def sync(path: Path) -> None:
        synced.append((path.stat().st_ino, path.name == ".restore.new" or ".restore.new" in path.parts))
        machine.sync(path)

    monkeypatch.setattr(warehouse, "sync", sync)
    warehouse.restore(fresh, backup)
    restored = [*fresh.raw.rglob("*"), *fresh.inbox.rglob("*")]
    assert {path.name for path in restored} >= {"0.csv", "sales.csv", "z"}
    for path in restored:
        assert (path.stat().st_ino, True) in synced, path
    for folder in (fresh.inbox, fresh.raw):  # both were there already
        assert (folder.stat().st_ino, False) in synced, folder


def test_a_full_disk_ends_a_copy_at_once_and_says_to_make_room(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.inbox.mkdir(parents=True)
    for name in ("a.csv", "b.csv"):
        (settings.inbox / name).write_text(name)
    tried = []

    def copy(source: str, target: str) -> None:
        tried.append(target)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), source)

    monkeypatch.setattr(shutil, "copy2", copy)
    with pytest.raises(EntrepotError, match=r"^The disk is full: make room, then try again \(.*/inbox/.\.csv\)\."):
        warehouse.back_up(settings, tmp_path / "backups")
    assert len(tried) == 1
    assert not list((tmp_path / "backups").iterdir())


def test_a_folder_of_an_old_backup_that_is_only_a_link_is_refused(settings: Settings, tmp_path: Path) -> None:
    warehouse.back_up(settings, tmp_path / "backups")
    (backup,) = (tmp_path / "backups").iterdir()
    (backup / "warehouse" / "raw").symlink_to(tmp_path / "disk")
    with pytest.raises(EntrepotError, match=r"has only a link raw to .*disk, and no files of it\."):
        warehouse.restore(settings.model_copy(update={"warehouse": tmp_path / "fresh"}), backup)


def in_the_way(settings: Settings, name: str) -> Path:
    """Something a person has put where a restored file belongs; a link to nowhere is called so."""
    path = settings.warehouse / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if name == "trade.duckdb":
        path.symlink_to("nowhere")
    else:
        path.write_text("a person's")
    return path


@pytest.mark.parametrize("name", ["corrections.csv", "contracts/sales.yml", "inbox/sales.csv", "trade.duckdb"])
def test_what_is_in_the_way_is_named_and_nothing_is_restored(
    published: Home, backup: Path, tmp_path: Path, name: str
) -> None:
    whole = tmp_path / "backup"
    shutil.copytree(backup, whole, symlinks=True)
    saved = {"corrections.csv": "saved", "contracts/sales.yml": "saved", "inbox/sales.csv": "saved"}
    manifest = json.loads((whole / "manifest.json").read_text(encoding="utf-8"))
    for path, text in saved.items():
        (whole / "warehouse" / path).parent.mkdir(exist_ok=True)
        (whole / "warehouse" / path).write_text(text)
        manifest["files"][f"warehouse/{path}"] = file_sha256(whole / "warehouse" / path)
    (whole / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    home = Home(tmp_path / "home")
    taken = in_the_way(home.settings, name)
    refused = home.entrepot("restore", str(whole))
    assert refused.returncode == 1
    assert f"Nothing was restored: {taken} is in the way." in " ".join(refused.stderr.split())
    assert name == "trade.duckdb" or taken.read_text() == "a person's"
    assert not (home.settings.prefect_home / "prefect.db").exists()
    taken.unlink()
    done = home.entrepot("restore", str(whole))
    assert done.returncode == 0, done.stderr
    assert Ledger(home.settings).published_run_id() == Ledger(published.settings).published_run_id()


def test_what_fails_half_way_can_be_tried_again(backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, copy = Home(tmp_path), warehouse._copy

    def full(path: Path, target: Path) -> None:
        if path.name == "releases":
            raise OSError(28, "No space left on device", str(target))
        copy(path, target)

    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    with monkeypatch.context() as patch:
        patch.setattr(warehouse, "_copy", full)
        with pytest.raises(OSError, match="No space left"):
            warehouse.restore(home.settings, backup)
    assert not any(home.settings.warehouse.rglob("*.json"))
    assert warehouse.restore(home.settings, backup).startswith("Restored ")


def test_a_file_that_cannot_be_copied_is_named(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(settings, tmp_path / "disk")

    def refused(path: Path, target: Path, **_: object) -> None:
        raise shutil.Error([(f"{path}/0.csv", str(target), "[Errno 13] Permission denied")])

    monkeypatch.setattr(shutil, "copytree", refused)
    with pytest.raises(EntrepotError, match=r"0.csv cannot be copied .*Permission denied"):
        warehouse.back_up(settings, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []


def test_every_file_and_folder_is_on_the_disk_before_the_backup_has_its_name(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(settings, tmp_path / "disk")
    synced: list[Path] = []
    monkeypatch.setattr(warehouse, "sync", synced.append)
    warehouse.back_up(settings, tmp_path / "backups")
    (made,) = (tmp_path / "backups").iterdir()
    unnamed = made.with_name(f".{made.name}.new")
    wanted = {unnamed / path.relative_to(made) for path in (made, *made.rglob("*"))}
    assert {path for path in wanted if path not in synced} == set()
    assert any((made / path.relative_to(unnamed)).is_dir() for path in synced[1:-1])
    assert synced[-1] == made.parent


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
