"""Apache Superset as `make superset` brings it up, and a client of its API."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from flows.settings import ROOT
from tests.conftest import Home

READER_PASSWORD = "look-around-4"


@dataclass(frozen=True)
class Superset:
    """A running Superset over the warehouse of `home`; `printed` is what `make superset` said."""

    home: Home
    base: str
    password: str
    printed: str

    @contextmanager
    def client(self, user: str = "admin") -> Iterator[httpx.Client]:
        """A client that has logged in as this user."""
        with httpx.Client(base_url=self.base, timeout=60) as client:
            password = self.password if user == "admin" else READER_PASSWORD
            login = {"username": user, "password": password, "provider": "db"}
            token = client.post("/api/v1/security/login", json=login).raise_for_status().json()["access_token"]
            client.headers["Authorization"] = f"Bearer {token}"
            client.headers["Referer"] = self.base
            csrf = client.get("/api/v1/security/csrf_token/").raise_for_status().json()["result"]
            client.headers["X-CSRFToken"] = csrf
            yield client

    def ids(self, kind: str, name: str) -> dict[str, int]:
        """The id of every object of a kind, such as dataset, by its name."""
        with self.client() as client:
            found = client.get(f"/api/v1/{kind}/", params={"q": "(page_size:100)"}).raise_for_status().json()["result"]
        return {one[name]: one["id"] for one in found}

    def chart_data(
        self, dataset: str, columns: list[str], metrics: list[str], user: str = "admin", **equal: str
    ) -> list[dict[str, Any]]:
        """Rows of a dataset as a chart gets them: its saved metrics by columns, where other columns equal a value."""
        filters = [{"col": column, "op": "==", "val": value} for column, value in equal.items()]
        query = {"columns": columns, "metrics": metrics, "filters": filters, "row_limit": 10000}
        body = {"datasource": {"id": self.ids("dataset", "table_name")[dataset], "type": "table"}, "queries": [query]}
        with self.client(user) as client:
            answer = client.post("/api/v1/chart/data", json=body)
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()["result"][0]["data"]
        return rows

    def sql_lab(self, sql: str, user: str = "admin", at_most: int | None = None) -> httpx.Response:
        """The answer to a query in SQL Lab; `at_most` is what its drop-down of rows says."""
        (database,) = self.ids("database", "database_name").values()
        with self.client(user) as client:
            asked = {"database_id": database, "sql": sql, "runAsync": False, "queryLimit": at_most}
            return client.post("/api/v1/sqllab/execute/", json=asked)

    def starts_again(self) -> list[list[str]]:
        """What tests/superset_former.py says was removed, run over this Superset's own data by its own Python."""
        config = {"SUPERSET_CONFIG_PATH": str(ROOT / "bi" / "superset" / "superset_config.py")}
        done = subprocess.run(
            [ROOT / ".venv-superset" / "bin" / "python", "-m", "tests.superset_former"],
            cwd=ROOT, env={**self.home.environment, **config}, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        removed: list[list[str]] = json.loads(done.stdout)
        return removed


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_superset(home: Home, log: Path) -> Iterator[Superset]:
    """`make superset` from nothing until it says where it is, and `make superset-stop` at the end."""
    port = free_port()
    environment = {
        **home.environment,
        "ENTREPOT_SUPERSET_PORT": str(port),
        "ENTREPOT_SUPERSET_READER_PASSWORD": READER_PASSWORD,
    }
    make = [shutil.which("make") or "make", "--no-print-directory"]
    with log.open("w", encoding="utf-8") as handle:
        process = subprocess.Popen(
            [*make, "superset"], cwd=ROOT, env=environment, stdout=handle, stderr=subprocess.STDOUT
        )
        try:
            for _ in range(900):
                printed = log.read_text(encoding="utf-8")
                if "Ctrl-C ends it" in printed or process.poll() is not None:
                    break
                time.sleep(0.5)
            found = re.search(r"Password \(shown this once\): (\S+)", printed)
            assert found, printed
            base = f"http://127.0.0.1:{port}"
            wait_for(base)
            yield Superset(home, base, found[1], printed)
        finally:
            subprocess.run([*make, "superset-stop"], cwd=ROOT, env=environment, check=False, timeout=60)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_for(base: str) -> None:
    for _ in range(120):
        try:
            if httpx.get(f"{base}/health", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise AssertionError(f"{base} does not answer")
