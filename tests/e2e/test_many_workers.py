"""Four workers fetch what one would, asking nothing twice and no more than is granted; a lost one loses nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.contracts import load_contracts
from flows.ledger import Ledger
from flows.settings import Settings
from standin.server import StandIn
from tests.conftest import Home
from tests.postgres import programs
from tests.serving import press_run, state_after, wait_for
from tests.team import Team, team
from tests.webhook import notified

# All but the one that needs a key.
LIVE = sorted(
    name
    for name, source in load_contracts(Settings.alone().contracts).items()
    if source.hosts and name != "comtrade_bulk"
)
BUDGET = 3
LITTLE = {
    "ENTREPOT_HISTORY_FROM": "2023", "ENTREPOT_HISTORY_TO": "2023", "ENTREPOT_FREQUENCIES": "A",
    "ENTREPOT_REPORTERS": "CHN", "ENTREPOT_CURRENCIES": "USD,CNY",
    "ENTREPOT_REQUESTS_PER_DAY": f"api.worldbank.org={BUDGET}",
}  # fmt: skip

_SUM = "select count(*), sum(hash(t)) from {} as t"
_LANDED = {"file": "(select * exclude (fetched_at, known_from) from raw.file)"}  # when it came is not what came


@pytest.fixture(scope="module")
def standin() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, standin: StandIn, request: pytest.FixtureRequest
) -> Iterator[Team]:
    """Its server keeps its state where docs/how-to/server.md says: SQLite can lock several workers out for minutes.

    Without PostgreSQL on this machine it is SQLite all the same.
    """
    database = {}
    if programs() is not None:
        dsn = request.getfixturevalue("postgres").new_database()
        database["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = dsn.replace("postgresql:", "postgresql+asyncpg:", 1)
    with team(Home(tmp_path_factory.mktemp("many")), **database) as made:
        told = {"ENTREPOT_BASE_URL": standin.url, "ENTREPOT_FETCH_BY_WORKERS": "true", **LITTLE}
        made.start_worker(**told)
        for _ in range(4):
            made.start_fetcher(**told)
        yield made


def asked(standin: StandIn, since: int) -> Counter[str]:
    """How often each address was asked for."""
    return Counter(
        f"{line['method']} {line['host']}{line['path']} {sorted(line['query'].items())}"
        for line in standin.office.control.log[since:]
    )


def brought(home: Home) -> dict[str, Any]:
    """What came in: outcomes and raw files, and the rows that landed, by table."""
    run = Ledger(home.settings).runs()[-1]
    with duckdb.connect(str(home.settings.landed), read_only=True) as con:
        tables = con.execute("select table_name from duckdb_tables() where schema_name = 'raw'").fetchall()
        rows = {name: con.execute(_SUM.format(_LANDED.get(name, f'raw."{name}"'))).fetchone() for (name,) in tables}
    outcomes = sorted((each.source, each.table, each.partition, each.outcome, each.sha256) for each in run.outcomes)
    return {"outcomes": outcomes, "rows": rows}


def test_four_workers_bring_what_one_brings_and_ask_nothing_twice(
    served: Team, standin: StandIn, tmp_path: Path
) -> None:
    standin.office.control.reset()
    run = press_run(served.api, "ingest", sources=LIVE)
    with notified(served) as desk:
        state = state_after(served.api, run)
        assert state["name"].startswith("Partial"), state["message"]
        assert f"ingest, {state['name']}" in desk.hears(run["id"])
    by_four = asked(standin, 0)
    since = len(standin.office.control.log)
    alone = Home(tmp_path)
    done = served.entrepot(
        "ingest", *(word for name in LIVE for word in ("-s", name)),
        ENTREPOT_BASE_URL=f"{standin.url}/", ENTREPOT_WAREHOUSE=str(alone.settings.warehouse),
        ENTREPOT_QUOTAS=str(tmp_path / "quotas"), **LITTLE,
    )  # fmt: skip
    assert done.returncode in (0, 3, 5), done.stderr
    assert by_four == asked(standin, since)
    assert sum(number for path, number in by_four.items() if "api.worldbank.org" in path) == BUDGET
    assert brought(served.home) == brought(alone)
    parts = served.api.call("POST", "/flow_runs/filter", {"flows": {"name": {"any_": ["fetch"]}}})
    assert {each["state"]["name"] for each in parts} == {"Fetched"}
    assert len(parts) > 4
    assert list((served.home.settings.runs / "parts").glob("*")) == []


def test_a_worker_that_is_killed_in_mid_partition_loses_nothing(served: Team, standin: StandIn) -> None:
    control = standin.office.control
    control.reset()
    control.add_fault({"kind": "slow", "match": "ecb", "times": 1, "seconds": 600})
    run = press_run(served.api, "backfill", sources=["ecb"], first="2022-01-01", last="2022-12-31", reporters=["RUS"])
    wait_for(lambda: any(line["fault"] == "slow" for line in control.log), 120)
    served.fetching_process().kill()
    state = state_after(served.api, run)
    assert state["name"] == "Ingested", state["message"]
    outcomes = Ledger(served.home.settings).runs()[-1].outcomes
    assert {each.outcome for each in outcomes} <= {"new", "kept", "absent"}, outcomes
    assert "new" in {each.outcome for each in outcomes}
