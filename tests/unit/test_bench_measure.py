"""The measuring code gives CPU and time to the step that is on, sees what was spilled, and the floor does the job."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from bench import files, floor
from bench.full import together
from bench.measure import Cost, Measurement, Step, folder_bytes, measure

WORK = """
import pathlib, subprocess, sys, time
def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end: pass
burn(0.1)
print("begin: second", flush=True)
subprocess.run([sys.executable, "-c", "import time\\nwhile time.process_time() < 0.6: pass", "the-child"])
time.sleep(0.5)
spilled = pathlib.Path(sys.argv[1]) / "x.duckdb.tmp" / "block"
spilled.parent.mkdir(); spilled.write_bytes(b"0" * 1000); time.sleep(0.6); spilled.unlink()
print("bye"); sys.exit(3)
"""


def test_cpu_goes_to_the_step_that_is_on_children_included(tmp_path: Path) -> None:
    steps = [Step("first"), Step("second", line="^begin: second"), Step("third", child_gone="the-child")]
    found = measure([sys.executable, "-c", WORK, str(tmp_path)], tmp_path, steps)
    assert found.exit_code == 3
    assert found.output[-1] == "bye"
    assert list(found.steps) == ["first", "second", "third"]
    parts = {name: cost.cpu_seconds for name, cost in found.steps.items()}
    assert abs(sum(parts.values()) - found.cpu_seconds) < 0.05
    assert parts["second"] > 0.3 > parts["third"]
    assert sum(cost.wall_seconds for cost in found.steps.values()) <= found.wall_seconds
    assert found.peak_temporary_bytes == 1000
    assert found.peak_memory_bytes > 1_000_000


SERVER = """
import os, subprocess, sys, time
burn = "import time\\nwhile time.process_time() < 0.8: pass\\nprint('burnt', flush=True); time.sleep(600)"
server = subprocess.Popen([sys.executable, "-c", burn], stdout=subprocess.PIPE)
server.stdout.readline()
time.sleep(1)
server.kill(); os._exit(0)
"""


def test_a_server_that_nobody_waits_for_counts(tmp_path: Path) -> None:
    found = measure([sys.executable, "-c", SERVER], tmp_path, [Step("all")])
    assert found.exit_code == 0
    assert found.cpu_seconds == found.steps["all"].cpu_seconds > 0.7


LEFT = """
import subprocess, sys, time
def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end: pass
worker = "import time\\nwhile time.process_time() < 0.8: pass\\nprint('burnt', flush=True); time.sleep(0.4)"
launcher = (
    "import os, subprocess, sys, time; subprocess.Popen([sys.executable, '-c', sys.argv[1]]); "
    "time.sleep(0.6); os._exit(0)"
)
started = subprocess.Popen([sys.executable, "-c", launcher, worker], stdout=subprocess.PIPE)
started.wait(); started.stdout.readline()
time.sleep(1)
print("begin: second", flush=True); burn(0.8); time.sleep(0.4)
"""


def test_what_a_process_took_whose_parent_is_gone_stays_with_the_step_it_ran_in(tmp_path: Path) -> None:
    found = measure([sys.executable, "-c", LEFT], tmp_path, [Step("first"), Step("second", line="^begin: second")])
    assert found.exit_code == 0
    assert found.steps["first"].cpu_seconds > 0.7
    assert found.steps["second"].cpu_seconds > 0.7
    assert found.cpu_seconds < 2.2


def test_folder_bytes_tell_spilled_files_apart(tmp_path: Path) -> None:
    (tmp_path / "a.duckdb").write_bytes(b"0" * 10)
    (tmp_path / "a.duckdb.tmp").mkdir()
    (tmp_path / "a.duckdb.tmp" / "duckdb_temp_storage-0.tmp").write_bytes(b"0" * 5)
    (tmp_path / "link").symlink_to(tmp_path / "a.duckdb")
    assert folder_bytes(tmp_path) == (15, 5)


def test_the_floor_does_the_whole_job(tmp_path: Path) -> None:
    made = [files.write_baci(tmp_path / "inbox", year, 2000) for year in (2020, 2021)]
    floor.build(made, tmp_path / "floor.duckdb", "1GB", 1)
    with duckdb.connect(str(tmp_path / "floor.duckdb"), read_only=True) as con:
        tables = {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
        assert tables == {"area", "cell", *floor.SUMS, *floor.MARTS}
        assert con.execute("select count(*) from cell").fetchone() == (4000,)


def test_parts_of_a_whole_add_up_and_the_first_failure_counts() -> None:
    one = Measurement(0, 2.0, 3.0, 10, 100, 5, {"start": Cost(0.5, 1.0), "land": Cost(1.5, 2.0)}, ["landed"])
    last = Measurement(2, 4.0, 5.0, 30, 50, 7, {"start": Cost(1.0, 1.0), "build": Cost(3.0, 4.0)}, ["built"])
    whole = together([one, last])
    assert (whole.exit_code, whole.cpu_seconds, whole.peak_memory_bytes, whole.peak_folder_bytes) == (2, 6.0, 30, 100)
    assert {name: cost.cpu_seconds for name, cost in whole.steps.items()} == {
        "land a year": 2.0,
        "start": 1.0,
        "build": 3.0,
    }
    assert whole.output == ["landed", "built"]
