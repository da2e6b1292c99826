"""Heavy models on a cluster of Spark, a master and two workers on loopback, and what becomes of a build they leave.

A server of Spark Connect makes statements as a master does.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import psutil
import pytest

from bench.engines import compare, heavy_tables, is_equal
from bench.files import NOTE, write_baci
from flows.settings import ROOT, Settings
from flows.steps.building import dbt
from flows.steps.building.spark.client import Client
from flows.steps.building.spark.lake import PYTHON, missing, told
from tests.conftest import Home
from tests.serving import free_port, wait_for
from tests.spark_cluster import BRIEF, Cluster, cluster, connect_server
from tests.warm_entrepot import ENTREPOT

_LACKING = missing(Settings())
pytestmark = pytest.mark.skipif(bool(_LACKING), reason=f"Spark lacks {_LACKING}")

_SECONDS = 900
_SMALL = (
    "spark.driver.memory=1g,spark.executor.memory=512m,spark.sql.shuffle.partitions=2,"
    "spark.sql.codegen.wholeStage=false"
)


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A warehouse in which the bundled figures and two invented years of BACI have landed."""
    folder = tmp_path_factory.mktemp("landed")
    shutil.copytree(ROOT / "warehouse" / "bundled", folder / "bundled")
    home = Home(folder, follows=False)
    for year in (2020, 2021):
        write_baci(home.settings.inbox, year, rows=2000, seed=year)
    (home.settings.inbox / NOTE).unlink()
    done = home.entrepot("ingest")
    assert done.returncode == 0, done.stdout + done.stderr
    return home


@pytest.fixture(scope="module")
def home(landed: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy of it that is built on the cluster, by one test after the other."""
    return landed.copy(tmp_path_factory.mktemp("spark") / "home")


def begin(home: Home, workers: Cluster) -> subprocess.Popen[str]:
    """A run whose heavy models go to the cluster."""
    environment = {
        **home.environment,
        **BRIEF,
        "ENTREPOT_HEAVY_ENGINE": "spark",
        "ENTREPOT_SPARK_MASTER": workers.address,
        "ENTREPOT_SPARK_OPTIONS": _SMALL,
        "ENTREPOT_SPARK_PATIENCE_SECONDS": "5",
    }
    return subprocess.Popen(
        [ENTREPOT, "run"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def wait_for_tasks(run: subprocess.Popen[str], workers: Cluster, *numbers: int) -> None:
    """Wait until each of these workers has finished a task of the run."""
    deadline = time.monotonic() + _SECONDS
    while not all(workers.finished_tasks(f"worker{number}") for number in numbers):
        assert run.poll() is None, run.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.1)


def kill(workers: Cluster, number: int) -> None:
    """Kill a worker and its executors."""
    process = psutil.Process(workers.workers[number].pid)
    for each in (*process.children(recursive=True), process):
        each.kill()


def test_a_build_whose_workers_are_killed_stops_cleanly(home: Home, workers: Cluster) -> None:
    run = begin(home, workers)
    wait_for_tasks(run, workers, 0, 1)
    drivers = [each for each in psutil.Process(run.pid).children(recursive=True) if each.name() == "java"]
    assert len(drivers) == 1
    for number in (0, 1):
        kill(workers, number)
    said, _ = run.communicate(timeout=_SECONDS)
    assert run.returncode == 1, said
    assert "Traceback" not in said
    assert f"no worker of {workers.address} has been there for 5 seconds" in " ".join(said.split())
    assert "Nothing was published" in said
    assert not home.settings.published.exists()
    assert list((home.settings.lake_folder / "builds").iterdir()) == []
    psutil.wait_procs(drivers, timeout=30)
    assert not any(each.is_running() for each in drivers)


def test_the_next_run_equals_duckdb_though_it_loses_a_worker(home: Home, workers: Cluster, landed: Home) -> None:
    for _ in range(2):
        workers.add_worker()
    run = begin(home, workers)
    wait_for_tasks(run, workers, 2, 3)
    kill(workers, 2)
    workers.add_worker()  # as a cluster's supervisor does
    said, _ = run.communicate(timeout=_SECONDS)
    assert run.returncode == 0, said
    assert workers.finished_tasks("worker4") > 0

    done = landed.entrepot("run")
    assert done.returncode == 0, done.stdout + done.stderr
    names = heavy_tables(dbt.graph(landed.settings)["nodes"])
    found = list(compare(landed.settings.published, home.settings.published, names))
    assert len(found) > 20
    assert [each for each in found if not is_equal(each)] == []


def behind(address: str, log: Path, patience: float = 90) -> Client:
    """A session on a server of Spark Connect, with the project's options."""
    options = json.loads(told(Settings(spark_master=address)))["options"]
    return Client(str(PYTHON), log, address, options, patience)


_ASKING = """
import json, sys
from pathlib import Path
from flows.steps.building.spark.client import Client
python, log, address, options, sql, folder = sys.argv[1:]
Client(python, Path(log), address, json.loads(options), 90).make(sql, {}, folder, {})
"""


def test_a_server_of_spark_connect_makes_statements_is_left_idle_and_missed(tmp_path: Path) -> None:
    types = {"place": "varchar", "value_usd": "decimal(18,3)", "known_at": "timestamp", "n": "hugeint"}
    row = "select 'A' as place, 0.0005 as value_usd, timestamp '2024-01-31 12:00:00' as known_at, 7 as n"
    made, again, never = (str(tmp_path / name) for name in ("made", "again", "never"))
    with connect_server(tmp_path / "server") as (address, server):
        client = behind(address, tmp_path / "one.log")
        assert client.make(row, {}, made, types) == ""
        assert client.make("select * from rows", {"rows": [made]}, again, types) == ""
        expected = "('A', 0.001::decimal(18,3), timestamp '2024-01-31 12:00:00', 7::decimal(38,0))"
        with duckdb.connect() as con:
            assert con.execute(f"from '{again}/*.parquet' except all values {expected}").fetchall() == []
        assert "CAST_OVERFLOW" in client.make("select cast(300 as tinyint) as n", {}, never, {})
        fixed = Client(str(PYTHON), tmp_path / "fixed.log", address, {"spark.executor.memory": "1g"}, 90)
        assert fixed.make(row, {}, never, {}).startswith(f"{address} refuses the option spark.executor.memory=1g: ")

        # whoever asks is killed in the middle of a statement that would go on for hours
        log = tmp_path / "server" / "connect.log"

        def times(sign: str) -> int:
            return log.read_text(encoding="utf-8", errors="replace").count(sign)

        n_begun, n_killed = times("Running task"), times("killed task")
        long = "select count(*) as n from range(100000000000) as a where a.id % 7 = hash(a.id) % 7"
        how = [client.python, str(tmp_path / "two.log"), address, json.dumps(client.options), long, never]
        with subprocess.Popen([sys.executable, "-c", _ASKING, *how], cwd=ROOT) as asking:
            wait_for(lambda: times("Running task") > n_begun, 90)
            asking.kill()
        wait_for(lambda: times("killed task") > n_killed, 60)
        impatient = behind(address, tmp_path / "three.log", patience=5)
        assert impatient.make(row, {}, made, types) == ""

        server.kill()
        server.wait()
        assert address.removeprefix("sc://") in impatient.make(row, {}, made, types)


def test_a_server_of_spark_connect_that_is_not_there_is_told(tmp_path: Path) -> None:
    address = f"sc://127.0.0.1:{free_port()}"
    said = behind(address, tmp_path / "spark.log", patience=0.1).make("select 1 as n", {}, str(tmp_path / "n"), {})
    assert said.startswith(f"there is no session on {address} (can it be reached?): ")
    assert "refused" in said
