"""What the people of a team's own server see: states that tell the truth, alerts with links, sentences for what is
missing, schedules that stay on when everything is deployed again, and a proxy with TLS in front of it all.
"""

from __future__ import annotations

import json
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect.events.filters import EventFilter, EventNameFilter
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from flows.ledger import Ledger
from standin.server import StandIn
from tests.conftest import Home
from tests.postgres import programs
from tests.proxies import PROXIES, Proxy, is_installed
from tests.serving import deployment, press_run, state_after, wait_for
from tests.team import PREFECT, Team, team
from tests.webhook import Webhook, notified


@pytest.fixture(scope="module")
def standin() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


def new_database(request: pytest.FixtureRequest) -> dict[str, str]:
    """A database in PostgreSQL for Prefect's server, where that is installed; else it keeps to SQLite."""
    if programs() is None:
        return {}
    address = request.getfixturevalue("postgres").new_database()
    return {"PREFECT_SERVER_DATABASE_CONNECTION_URL": address.replace("postgresql://", "postgresql+asyncpg://", 1)}


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, standin: StandIn, request: pytest.FixtureRequest
) -> Iterator[Team]:
    with team(Home(tmp_path_factory.mktemp("desk")), **new_database(request)) as made:
        made.start_worker(ENTREPOT_BASE_URL=standin.url, ENTREPOT_HTTP_TRIES="1", ENTREPOT_CURRENCIES="USD,CNY")
        yield made


@pytest.fixture(scope="module")
def desk(served: Team) -> Iterator[Webhook]:
    with notified(served) as made:
        yield made


def test_nothing_that_came_in_is_no_success_and_the_alert_leads_to_the_run(
    served: Team, desk: Webhook, standin: StandIn
) -> None:
    standin.office.control.reset()
    standin.office.control.add_fault({"kind": "status", "match": "ecb", "times": 0, "status": 500})
    run = press_run(served.api, "ingest", sources=["ecb"])
    state = state_after(served.api, run)
    assert (state["type"], state["name"]) == ("FAILED", "Nothing Ingested")
    assert state["message"].startswith("Nothing came in: ")
    assert Ledger(served.home.settings).runs()[-1].state == "failed"
    told = desk.hears("Nothing Ingested")
    assert told.startswith("Entrepôt: ingest, Nothing Ingested: Nothing came in: ")
    assert told.rstrip().endswith(f"{served.api.address}/runs/flow-run/{run['id']}")
    standin.office.control.reset()


def test_a_part_that_failed_is_told_apart_from_a_whole(served: Team, desk: Webhook, standin: StandIn) -> None:
    standin.office.control.reset()
    standin.office.control.add_fault({"kind": "status", "match": "ecb", "times": 0, "status": 500})
    state = state_after(served.api, press_run(served.api, "ingest", sources=["ecb", "cbr"]))
    assert (state["type"], state["name"]) == ("COMPLETED", "Ingested With Failures")
    assert desk.hears("ingest, Ingested With Failures")
    standin.office.control.reset()


def test_a_run_that_cannot_do_what_was_asked_is_failed_and_the_alert_says_why(served: Team, desk: Webhook) -> None:
    state = state_after(served.api, press_run(served.api, "rollback"))
    assert (state["type"], state["name"]) == ("FAILED", "Failed")
    assert state["message"] in desk.hears("rollback, Failed: ")


def test_codes_are_parameters_of_the_command_line_too(served: Team) -> None:
    asked = [PREFECT, "--no-prompt", "deployment", "run", "ingest/ingest", "-p", 'sources=["press_record"]', "--watch"]
    done = subprocess.run(asked, env=served.workers(), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert Ledger(served.home.settings).runs()[-1].state == "ingested"


def test_a_run_that_waits_for_another_writer_says_for_whom(served: Team) -> None:
    with Ledger(served.home.settings).writing("doctor"):
        run = press_run(served.api, "ingest", sources=["press_record"])
        wanted = {"logs": {"flow_run_id": {"any_": [run["id"]]}}}

        def lines() -> list[Any]:
            said = served.api.call("POST", "/logs/filter", wanted)
            return [
                each for each in said if each["message"].startswith("Waiting for the writer's lock: doctor, process ")
            ]

        wait_for(lines, 60)
    assert state_after(served.api, run)["name"] == "Ingested"


def test_a_command_that_waits_in_vain_leaves_a_record_that_names_the_holder(served: Team) -> None:
    with Ledger(served.home.settings).writing("doctor"):
        done = served.entrepot("ingest", "-s", "press_record", ENTREPOT_LOCK_TIMEOUT_SECONDS="1")
        assert done.returncode == 4, done.stderr
        record = Ledger(served.home.settings).runs()[-1]
        assert (record.kind, record.state) == ("ingest", "failed")
        assert "(holder doctor, process " in record.message


def test_schedules_that_are_on_stay_on_when_everything_is_deployed_again(served: Team) -> None:
    schedule = next(each for each in deployment(served.api, "ingest")["schedules"] if each["slug"] == "ecb-daily")
    path = f"/deployments/{deployment(served.api, 'ingest')['id']}/schedules/{schedule['id']}"
    served.api.send("PATCH", path, {"active": True})
    done = served.entrepot("deploy")
    assert done.returncode == 0, done.stderr
    on = [each["slug"] for each in deployment(served.api, "ingest")["schedules"] if each["active"]]
    assert on == ["ecb-daily"]
    served.api.send("PATCH", path, {"active": False})


NO_CREDENTIALS = ({"PREFECT_API_AUTH_STRING": ""}, "asks for credentials: set PREFECT_API_AUTH_STRING")


@pytest.mark.parametrize(
    ("command", "missing", "said"),
    [
        (["deploy"], *NO_CREDENTIALS),
        (["alert", "custom-webhook/desk"], *NO_CREDENTIALS),
        (["ingest", "-s", "press_record"], *NO_CREDENTIALS),
        (["deploy"], {"PREFECT_API_AUTH_STRING": "a:b"}, "does not accept the credentials it is sent"),
        (["deploy"], {"PREFECT_API_URL": "http://127.0.0.1:9/api"}, "No Prefect server answers at http://127.0.0.1:9"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(
    served: Team, command: list[str], missing: dict[str, str], said: str
) -> None:
    done = served.entrepot(*command, **missing)
    (sentence,) = filter(None, done.stderr.splitlines())
    assert (done.returncode, done.stdout) == (1, "")
    assert said in sentence


def test_a_fresh_machine_restored_has_the_same_schedules_blocks_and_history(
    served: Team, desk: Webhook, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    schedule = next(each for each in deployment(served.api, "ingest")["schedules"] if each["slug"] == "cbr-daily")
    path = f"/deployments/{deployment(served.api, 'ingest')['id']}/schedules/{schedule['id']}"
    served.api.send("PATCH", path, {"active": True})
    done = served.entrepot("backup", str(tmp_path / "backups"), **served.database_known)
    assert done.returncode == 0, done.stderr
    (backup,) = (tmp_path / "backups").iterdir()
    fresh = Team(Home(tmp_path / "fresh"), database=new_database(request))
    fresh.home.folder.mkdir()
    done = fresh.entrepot("restore", str(backup), **fresh.database_known)
    assert done.returncode == 0, done.stderr
    try:
        fresh.start_server()
        assert known(fresh) == known(served)
        assert "cbr-daily" in known(fresh)["schedules"]
        assert desk.block.partition("/")[2] in known(fresh)["blocks"]
        assert Ledger(fresh.home.settings).runs() == Ledger(served.home.settings).runs()
    finally:
        fresh.stop()


def known(of: Team) -> dict[str, Any]:
    """What a server knows: schedules that are on, blocks, automations, runs with their states."""
    deployments = of.api.call("POST", "/deployments/filter", {})
    runs = of.api.call("POST", "/flow_runs/filter", {"flow_runs": {"start_time": {"is_null_": False}}})
    return {
        "schedules": sorted(each["slug"] for made in deployments for each in made["schedules"] if each["active"]),
        "blocks": sorted(each["name"] for each in of.api.call("POST", "/block_documents/filter", {}) if each["name"]),
        "automations": sorted(each["name"] for each in of.api.call("POST", "/automations/filter", {})),
        "runs": sorted((each["name"], each["state"]["name"]) for each in runs),
    }


@pytest.fixture(scope="module", params=list(PROXIES))
def proxy(request: pytest.FixtureRequest, served: Team, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    name = request.param
    if not is_installed(name):
        pytest.skip(f"{name} or openssl is not installed (Debian: apt-get install {name} openssl)")
    pages = served.home.settings.warehouse / "export"
    for page in ("site/index.html", "parquet/trade.html"):
        (pages / page).parent.mkdir(parents=True, exist_ok=True)
        (pages / page).write_text(f"page {page}", encoding="utf-8")
    with PROXIES[name](served.api, pages, tmp_path_factory.mktemp(name)) as made:
        yield made


def test_the_ui_comes_through_and_the_api_asks_for_credentials(served: Team, proxy: Proxy) -> None:
    status, page = proxy.ask("/")
    assert status == 200
    assert b"<title>Prefect" in page
    assert proxy.ask("/api/admin/version")[0] == 401
    assert proxy.ask("/api/admin/version", **served.api.authorization)[0] == 200
    assert proxy.ask("/api/admin/version", Origin=proxy.address, **served.api.authorization)[0] == 200


def test_other_origins_and_other_names_are_refused(served: Team, proxy: Proxy) -> None:
    foreign = proxy.ask("/api/admin/version", Origin="https://elsewhere.example", **served.api.authorization)
    assert foreign[0] == 403
    _, body = proxy.ask("/api/admin/version", name="elsewhere.example", **served.api.authorization)
    assert served.api.send("GET", "/admin/version") not in body
    with pytest.raises(ssl.SSLError):
        proxy.ask("/api/health", greeted="elsewhere.example")


def test_pages_of_a_release_are_shown_and_nothing_else_of_it(proxy: Proxy) -> None:
    assert proxy.ask("/pages/site/") == (200, b"page site/index.html")
    assert proxy.ask("/pages/parquet/trade.html")[0] == 404
    assert proxy.ask("/pages/site/../parquet/trade.html")[0] in (400, 404)
    assert proxy.ask("/pages/nothing")[0] == 404


def test_a_command_comes_through_where_the_certificate_is_trusted(served: Team, proxy: Proxy) -> None:
    known = {"PREFECT_API_URL": f"{proxy.address}/api"}
    done = served.entrepot("alert", "custom-webhook/none", **known)
    assert "is not trusted" in done.stderr
    assert "PREFECT_API_SSL_CERT_FILE" in done.stderr
    done = served.entrepot("alert", "custom-webhook/none", **known, PREFECT_API_SSL_CERT_FILE=str(proxy.certificate))
    assert "There is no block 'custom-webhook/none'" in done.stderr


def test_events_come_over_websockets_to_those_with_credentials(served: Team, proxy: Proxy) -> None:
    with _events(proxy) as events:
        events.send(json.dumps({"type": "auth", "token": "somebody:else"}))
        with pytest.raises(ConnectionClosedError):
            events.recv(30)
    with _events(proxy) as events:
        events.send(json.dumps({"type": "auth", "token": served.api.credentials}))
        assert json.loads(events.recv(30))["type"] == "auth_success"
        asked = EventFilter(event=EventNameFilter(prefix=["prefect.flow-run."])).model_dump(mode="json")
        asked["occurred"]["until"] = "2100-01-01T00:00:00Z"  # what is to come
        events.send(json.dumps({"type": "filter", "filter": asked}))
        run = press_run(served.api, "ingest", sources=["press_record"])
        while (
            json.loads(events.recv(30))["event"]["resource"]["prefect.resource.id"] != f"prefect.flow-run.{run['id']}"
        ):
            pass  # an earlier run


def _events(proxy: Proxy) -> ClientConnection:
    """The connection the UI makes to be told of events."""
    address = f"{proxy.address.replace('https', 'wss')}/api/events/out"
    trusted = ssl.create_default_context(cafile=str(proxy.certificate))
    return connect(address, ssl=trusted, subprotocols=[Subprotocol("prefect")], origin=Origin(proxy.address))
