"""What the machine has, as its kernel says it, and room for a build."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from flows import machine
from flows.errors import BuildFailed
from flows.settings import ROOT, Settings
from flows.steps import land
from flows.steps.building import room


class Usage(NamedTuple):
    """What `shutil.disk_usage` answers."""

    total: int
    used: int
    free: int


@pytest.mark.parametrize(("quota", "cores"), [("max 100000", None), ("100000 100000", 1), ("50000 100000", 1)])
def test_a_quota_of_the_control_group_limits_the_cores(tmp_path: Path, quota: str, cores: int | None) -> None:
    (tmp_path / "cpu.max").write_text(quota, encoding="ascii")
    assert machine.usable_cores(tmp_path) == (cores or machine.usable_cores(tmp_path / "none"))


@pytest.mark.parametrize("name", ["memory.max", "memory/memory.limit_in_bytes"])
def test_a_limit_of_the_control_group_is_the_memory(tmp_path: Path, name: str) -> None:
    whole = machine.usable_memory(tmp_path)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("104857600\n", encoding="ascii")
    assert machine.usable_memory(tmp_path) == 104857600 < whole
    (tmp_path / name).write_text(str(2**63), encoding="ascii")
    assert machine.usable_memory(tmp_path) == whole


@pytest.mark.parametrize("limited", ["system.slice", "system.slice/warehouse.service"])
@pytest.mark.parametrize(
    ("said", "mounted", "limit", "quota"),
    [
        ("0::/{group}\n", "", {"memory.max": "104857600"}, {"cpu.max": "100000 100000"}),
        (
            "4:memory:/{group}\n3:cpu,cpuacct:/{group}\n0::/\n",
            "v1",
            {"memory.limit_in_bytes": "104857600"},
            {"cpu.cfs_quota_us": "100000", "cpu.cfs_period_us": "100000"},
        ),
    ],
    ids=["version 2", "version 1"],
)
def test_a_service_is_held_to_the_limits_of_its_own_group(
    tmp_path: Path, limited: str, said: str, mounted: str, limit: dict[str, str], quota: dict[str, str]
) -> None:
    own, cgroup = tmp_path / "own", tmp_path / "cgroup"
    own.write_text(said.format(group="system.slice/warehouse.service"), encoding="utf-8")
    for controller, files in (("memory", limit), ("cpu", quota)):
        folder = cgroup / (controller if mounted else "") / limited
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text + "\n", encoding="ascii")
    assert machine.usable_memory(cgroup, own) == 104857600 < machine.usable_memory(cgroup, tmp_path / "none")
    assert machine.usable_cores(cgroup, own) == 1 < machine.usable_cores(cgroup, tmp_path / "none")


@pytest.mark.parametrize("said", ["0::/../another\n", "0::/gone\n", "", "no list of groups\n"])
def test_a_group_that_cannot_be_seen_limits_nothing(tmp_path: Path, said: str) -> None:
    (tmp_path / "own").write_text(said, encoding="utf-8")
    assert machine.usable_memory(tmp_path, tmp_path / "own") == machine.usable_memory(tmp_path / "none")


def test_what_is_set_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENTREPOT_MEMORY_LIMIT", raising=False)
    monkeypatch.delenv("ENTREPOT_THREADS", raising=False)
    assert Settings().memory_limit == machine.half_of_memory()
    assert Settings().threads == machine.usable_cores()
    monkeypatch.setenv("ENTREPOT_MEMORY_LIMIT", "1GB")
    monkeypatch.setenv("ENTREPOT_THREADS", "3")
    assert (Settings().memory_limit, Settings().threads) == ("1GB", 3)


def test_a_build_without_room_does_not_start(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    land.prepare(settings)
    with land.landed(settings) as con:
        con.execute("insert into raw.file (file_id, row_count, is_current) values ('a', 5000000, true)")
        con.execute("insert into raw.file (file_id, row_count, is_current) values ('b', 7000000, false)")
    (need,), rows = room.needs(settings)
    wanted = need.wanted_bytes
    assert rows == 5_000_000
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(wanted, 0, wanted))
    room.require(settings)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(wanted, 1, wanted - 1))
    with pytest.raises(BuildFailed, match=r"5,000,000 landed rows needs about 1\.0 GB in .*`entrepot retention`"):
        room.require(settings)


def test_a_build_on_spark_needs_room_in_the_lake(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    land.prepare(settings)
    with land.landed(settings) as con:
        con.execute("insert into raw.file (file_id, row_count, is_current) values ('a', 5000000, true)")
    (alone,), _ = room.needs(settings)
    on_spark = settings.model_copy(update={"heavy_engine": "spark", "lake": tmp_path / "far" / "lake"})
    (both,), _ = room.needs(on_spark)
    assert both.wanted_bytes == alone.wanted_bytes + 5_000_000 * room.LAKE_BYTES_OF_A_ROW
    monkeypatch.setattr(room, "_device", lambda folder: folder.name)
    here, there = room.needs(on_spark)[0]
    assert (here.wanted_bytes, there.folder) == (alone.wanted_bytes, tmp_path / "far" / "lake")
    monkeypatch.setattr(
        shutil, "disk_usage", lambda path: Usage(0, 0, here.wanted_bytes if path == here.folder else 1_000)
    )
    (on_spark.builds).mkdir(parents=True, exist_ok=True)
    with pytest.raises(BuildFailed, match=r"0\.8 GB in .*far/lake, and 0\.0 GB are free.* the lake with ENTREPOT_LAKE"):
        room.require(on_spark)


def test_a_file_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    def fill_disk(new: Path) -> None:
        new.write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    path = tmp_path / "share" / "kept"
    machine.keep(path, fill_disk)
    assert list(path.parent.iterdir()) == []
    machine.keep(path, lambda new: new.write_text("whole", encoding="utf-8"))
    machine.keep(path, fill_disk)
    assert list(path.parent.iterdir()) == [path]
    assert path.read_text(encoding="utf-8") == "whole"


_CHILD = """
import os, signal
from flows.machine import end_with_parent
end_with_parent(signal.SIGKILL)
print(os.getpid(), flush=True)
os.kill(os.getpid(), signal.SIGSTOP)
"""
_PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {_CHILD!r}]); sys.stdin.read()"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent is gone")
def test_a_stopped_process_ends_with_a_parent_that_is_killed() -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", _PARENT], text=True, **pipes) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        parent.wait()
    _, alive = psutil.wait_procs([child], timeout=10)
    assert not [each for each in alive if each.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent is gone")
def test_a_process_whose_parent_was_gone_before_ends_at_once() -> None:
    ask = (
        "import os, signal\nfrom flows.machine import end_with_parent\nend_with_parent(signal.SIGTERM, parent=os.{}())"
    )
    by_us = subprocess.run([sys.executable, "-c", ask.format("getppid")], timeout=60, check=False)
    by_another = subprocess.run([sys.executable, "-c", ask.format("getpid")], timeout=60, check=False)
    assert (by_us.returncode, by_another.returncode) == (0, -signal.SIGTERM)


_WITHOUT_STREAMS = """
import flows.cli, subprocess, sys
sys.stderr.write("nobody reads this")
with open(sys.argv[1], "w") as file:
    print("nobody reads this", flush=True)
    subprocess.run(["echo", "nor this"], check=True)
    file.write(repr((file.fileno() > 2, sys.stdin.read())))
"""


def test_a_command_started_without_its_streams_opens_no_file_in_their_place(tmp_path: Path) -> None:
    command = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, "-c", _WITHOUT_STREAMS, tmp_path / "file"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    assert (tmp_path / "file").read_text() == "(True, '')"
