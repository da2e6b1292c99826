"""Spark on loopback: a standalone cluster of one master and workers with a core each, or a server of Spark Connect."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flows.settings import Settings
from flows.steps.building.spark.lake import PYTHON
from tests.serving import free_port

_CLASSES = "org.apache.spark.deploy"
_SECONDS = 90

BRIEF = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
"""The environment of Java programs that end before better machine code would pay."""


@dataclass
class Cluster:
    """Its processes, in `folder` with their logs."""

    folder: Path
    address: str
    master: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add_worker(self) -> None:
        """Start one more worker, of one core."""
        name = f"worker{len(self.workers)}"
        how = ["--host", "127.0.0.1", "--webui-port", "0", "--cores", "1", "--memory", "1g"]
        how += ["--work-dir", str(self.folder / name), self.address]
        self.workers.append(_started(self.folder, name, f"{_CLASSES}.worker.Worker", *how))

    def said(self, name: str) -> str:
        """The log of the master or a worker."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def wait_for(self, name: str, sign: str, times: int = 1) -> None:
        """Wait until a log has a text so many times."""
        deadline = time.monotonic() + _SECONDS
        while self.said(name).count(sign) < times:
            assert time.monotonic() < deadline, f"{sign!r} is not in the log of {name}: {self.said(name)[-2000:]}"
            time.sleep(0.2)

    def finished_tasks(self, name: str) -> int:
        """How many tasks the executors of a worker have finished."""
        logs = (self.folder / name).glob("app-*/*/stderr")
        return sum(log.read_text(encoding="utf-8", errors="replace").count("Finished task") for log in logs)


@contextlib.contextmanager
def cluster(folder: Path, n_workers: int = 2) -> Iterator[Cluster]:
    """A cluster while the block goes on."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    how = ["--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
    master = _started(folder, "master", f"{_CLASSES}.master.Master", *how)
    made = Cluster(folder, f"spark://127.0.0.1:{port}", master)
    try:
        made.wait_for("master", "I have been elected leader")
        for _ in range(n_workers):
            made.add_worker()
        made.wait_for("master", "Registering worker", n_workers)
        yield made
    finally:
        for process in (*made.workers, master):
            process.terminate()
        for process in (*made.workers, master):
            process.wait(timeout=_SECONDS)


@contextlib.contextmanager
def connect_server(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address of a server of Spark Connect with one core, and its process; it may not take calls yet."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    options = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
        "spark.ui.enabled": "false",
    }
    how = [word for name, value in options.items() for word in ("--conf", f"{name}={value}")]
    how += ["--master", "local[1]", "--class", "org.apache.spark.sql.connect.service.SparkConnectServer"]
    server = _started(folder, "connect", f"{_CLASSES}.SparkSubmit", *how, "spark-internal", memory="1g")
    try:
        yield f"sc://127.0.0.1:{port}", server
    finally:
        server.terminate()
        server.wait(timeout=_SECONDS)


def _started(folder: Path, name: str, program: str, *arguments: str, memory: str = "256m") -> subprocess.Popen[bytes]:
    home = next((PYTHON.parent.parent / "lib").glob("python*/site-packages/pyspark"))
    environment = Settings().tool_environment(
        **BRIEF,
        SPARK_HOME=str(home),
        SPARK_LOCAL_IP="127.0.0.1",
        SPARK_DAEMON_MEMORY=memory,
        SPARK_MASTER_OPTS="-Dspark.master.rest.enabled=false",
    )
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [home / "bin" / "spark-class", program, *arguments], stdout=log, stderr=log, env=environment
        )
