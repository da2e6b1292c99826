"""`entrepot serve`: a person presses Run in the UI, here through the same API the form uses."""

from __future__ import annotations

import json
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from flows.ledger import Ledger
from standin.server import StandIn
from tests.conftest import Home
from tests.serving import Api, artifacts_of, deployment, free_port, press_run, serving, state_after, wait_for
from tests.warm_entrepot import ENTREPOT
from tests.webhook import Webhook, webhook


@pytest.fixture(scope="module")
def standin() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture(scope="module")
def served(published: Home, standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Api]]:
    home = published.copy(tmp_path_factory.mktemp("serve") / "home")
    settings = {"ENTREPOT_REQUESTS_PER_DAY": "www.cbr.ru=2", "ENTREPOT_CURRENCIES": "USD,CNY"}
    with serving(home, ENTREPOT_BASE_URL=standin.url, **settings) as api:
        yield home, api


def test_the_form_offers_sources_economies_and_dates_by_name(served: tuple[Home, Api]) -> None:
    _, api = served
    refresh, backfill = (deployment(api, name)["parameter_openapi_schema"] for name in ("refresh", "backfill"))
    assert "General Administration of Customs of China, as quoted (gacc_quoted)" in json.dumps(refresh)
    assert list(refresh["properties"]) == ["sources", "mode", "only_redistributable"]
    fields = backfill["properties"]
    assert [field["title"] for field in fields.values()] == [
        "Sources", "From month", "To month", "Reporters", "Partners", "Frequencies", "Only estimate",
    ]  # fmt: skip
    assert (fields["first"]["format"], fields["last"]["format"]) == ("date", "date")
    assert "China (CHN)" in backfill["definitions"]["Economy"]["enum"]
    assert "as quoted" not in json.dumps(backfill), "only live sources can be backfilled"
    assert all(field["description"] for field in [*fields.values(), *refresh["properties"].values()])


def test_every_verb_is_offered_and_no_schedule_is_on(served: tuple[Home, Api]) -> None:
    _, api = served
    offered = {each["name"]: each for each in api.call("POST", "/deployments/filter", {})}
    verbs = {"refresh", "ingest", "backfill", "audit", "publish", "rollback", "accept", "refuse", "retention"}
    assert set(offered) == verbs
    schedules = {each["slug"]: each for each in offered["ingest"]["schedules"]}
    assert "ecb-daily" in schedules
    assert "comtrade_reference" not in " ".join(schedules), "a source without a cadence has no schedule"
    assert schedules["ecb-daily"]["parameters"] == {"sources": ["European Central Bank (ecb)"]}
    assert not [each for deployed in offered.values() for each in deployed["schedules"] if each["active"]]


QUOTED, SAID = (
    "General Administration of Customs of China, as quoted (gacc_quoted)",
    "Press and official statements (press_record)",
)
ECB, CBR = "European Central Bank (ecb)", "Bank of Russia (cbr)"


@pytest.mark.parametrize(
    ("deployed", "values"),
    [
        ("refresh", {"mode": "everything"}),
        ("refresh", {"sources": ["nowhere"]}),
        ("backfill", {"sources": [ECB], "first": "spring", "last": "2024-12-31"}),
        ("backfill", {"sources": [ECB]}),
        ("backfill", {"sources": [], "first": "2024-01-01", "last": "2024-12-31"}),
        ("backfill", {"sources": [ECB], "first": "2024-01-01", "last": "2024-12-31", "reporters": ["Utopia"]}),
        ("backfill", {"sources": [ECB], "first": "2024-01-01", "last": "2024-12-31", "frequencies": ["W"]}),
        ("retention", {"keep": 0}),
        ("accept", {"check": "no such; check", "until": "2999-01-01", "why": "x", "accepted_by": "y"}),
        ("accept", {"check": "source_fresh", "until": "2999-13-01", "why": "x", "accepted_by": "y"}),
        ("accept", {"check": "source_fresh", "until": "2999-01-01", "why": "", "accepted_by": "y"}),
        ("refuse", {"file": "", "why": "x", "refused_by": "y"}),
    ],
)
def test_a_wrong_value_is_refused(served: tuple[Home, Api], deployed: str, values: dict[str, Any]) -> None:
    _, api = served
    with pytest.raises(urllib.error.HTTPError) as refusal:
        press_run(api, deployed, **values)
    assert refusal.value.code in (400, 409, 422)


def test_a_run_that_is_none_is_refused_by_the_flow(served: tuple[Home, Api]) -> None:
    """Forms offer runs in a list; who asks without the form may name one that is younger than the list."""
    _, api = served
    state = state_after(api, press_run(api, "rollback", run_id="the last one"))
    assert state["type"] == "FAILED"
    assert "run_id" in state["message"]


def test_a_second_serve_and_a_taken_port_are_said_in_one_sentence(served: tuple[Home, Api]) -> None:
    home, api = served
    again = home.entrepot("serve")
    assert again.returncode == 1
    assert f"is served already: open {api.address}, or stop that one first." in again.stderr
    taken = api.address.rpartition(":")[2]
    other = Home(home.folder / "elsewhere")
    for name, more in (("ENTREPOT_PORT", {}), ("ENTREPOT_PAGES_PORT", {"ENTREPOT_PORT": str(free_port())})):
        environment = {**other.environment, "ENTREPOT_PORT": taken, "ENTREPOT_PAGES_PORT": taken, **more}
        said = subprocess.run([ENTREPOT, "serve"], env=environment, capture_output=True, text=True, check=False)
        assert (said.returncode, said.stderr.count("\n")) == (1, 1), said.stderr
        assert f"set {name} to another one." in said.stderr


def test_a_run_from_the_form_publishes_and_leaves_a_summary(served: tuple[Home, Api]) -> None:
    home, api = served
    before = home.settings.published.resolve()
    run = press_run(api, sources=[QUOTED, SAID], mode="rebuild")
    assert state_after(api, run)["name"] == "Published"
    assert home.settings.published.resolve() != before
    named = api.call("GET", f"/flow_runs/{run['id']}")["name"]
    assert re.fullmatch(r"refresh \d{4}-\d\d-\d\d \d\d:\d\d:\d\d", named), named
    artifacts = artifacts_of(api, run)
    assert {"refresh-summary", "ingest-outcomes", "check-results"} <= set(artifacts)
    assert artifacts["refresh-summary"]["data"].startswith("# Published")
    tasks = api.call("POST", "/task_runs/filter", {"flow_runs": {"id": {"any_": [run["id"]]}}})
    names = " ".join(task["name"] for task in tasks)
    for name in ("dbt build", "audit", "publish", "The Parquet export", "Data Docs"):
        assert name in names


def test_a_backfill_from_the_form_estimates_shows_progress_and_stops_at_the_quota(served: tuple[Home, Api]) -> None:
    home, api = served
    asked = {"sources": [ECB, CBR], "first": "2023-03-01", "last": "2024-12-31", "reporters": ["China (CHN)"]}
    planned = press_run(api, "backfill", **asked, dry_run=True)
    assert state_after(api, planned)["name"] == "Planned"
    table = json.loads(artifacts_of(api, planned)["backfill-estimate"]["data"])
    assert {row["host"]: row["left today"] for row in table} == {"data-api.ecb.europa.eu": "no limit", "www.cbr.ru": 2}
    assert "partial today, resume after 00:00 UTC" in next(
        row["outlook"] for row in table if row["host"] == "www.cbr.ru"
    )
    run = press_run(api, "backfill", **asked)
    state = state_after(api, run)
    assert (state["type"], state["name"]) == ("COMPLETED", "Partial")
    assert "resume after 00:00 UTC" in state["message"]
    artifacts = artifacts_of(api, run)
    assert artifacts["ingest-progress"]["data"] == 100.0
    assert artifacts["ingest-progress"]["description"].startswith("8 of 8 partitions, ")
    outcomes = [outcome.outcome for outcome in Ledger(home.settings).runs()[-1].outcomes]
    assert (outcomes.count("new"), outcomes.count("waiting"), outcomes.count("failed")) == (4, 4, 0)


def test_cancelled_while_dbt_builds_nothing_half_made_is_left(served: tuple[Home, Api]) -> None:
    home, api = served
    before = home.settings.published.resolve()
    run = press_run(api, mode="rebuild")
    wanted = {"flow_runs": {"id": {"any_": [run["id"]]}}}
    wait_for(lambda: "dbt build" in [task["name"] for task in api.call("POST", "/task_runs/filter", wanted)], 120)
    wait_for(lambda: list(home.settings.builds.glob("*/trade.duckdb")), 60)
    api.call("POST", f"/flow_runs/{run['id']}/set_state", {"state": {"type": "CANCELLING"}})
    assert state_after(api, run)["name"] == "Cancelled"
    wait_for(lambda: not Ledger(home.settings).holder(), 60)  # what is cancelled may take a moment to end
    record = Ledger(home.settings).runs()[-1]
    assert (record.state, record.published_sha256) == ("interrupted", "")
    assert not (home.settings.builds / record.run_id).exists()
    assert home.settings.published.resolve() == before
    assert artifacts_of(api, run)["refresh-summary"]["data"].startswith("# Interrupted")


@pytest.fixture(scope="module")
def desk(served: tuple[Home, Api]) -> Iterator[Webhook]:
    with webhook(served[1]) as made:
        yield made


def test_a_failed_gate_is_a_state_of_its_own_and_somebody_is_told(served: tuple[Home, Api], desk: Webhook) -> None:
    home, api = served
    unknown = home.entrepot("alert", "custom-webhook/nobody")
    assert (unknown.returncode, unknown.stderr.count("\n")) == (1, 1)
    assert "There is no block 'custom-webhook/nobody'" in unknown.stderr
    for _ in range(2):  # twice is once
        assert home.entrepot("alert", desk.block).returncode == 0
    named = sorted(each["name"] for each in api.call("POST", "/automations/filter", {}))
    assert named == ["Entrepôt, alert", "Entrepôt, run is gone", "Entrepôt, run never began"]
    release = home.settings.published.resolve()
    with duckdb.connect(str(release)) as con:
        con.execute("update core.trade_cell set value_usd = -1 where source_code = 'gacc_quoted'")
    state = state_after(api, press_run(api, "audit"))
    assert (state["type"], state["name"]) == ("FAILED", "Gate Failed")
    assert state["message"].startswith("Nothing was published: ")
    assert "(trade_not_negative)." in state["message"]
    (told,) = wait_for(lambda: desk.heard, 60)
    assert "Entrepôt: audit, Gate Failed" in told
    assert "(trade_not_negative)." in told
    assert f"{api.address}/runs/flow-run/" in told


def test_rows_are_accepted_from_the_form_only_where_they_fail(served: tuple[Home, Api]) -> None:
    home, api = served
    asked = {"check": "trade_not_negative", "until": "2999-01-01", "why": "printed so", "accepted_by": "an editor"}
    state = state_after(api, press_run(api, "accept", **asked))
    assert (state["type"], state["name"]) == ("FAILED", "Failed")
    assert "there is nothing to accept" in state["message"]
    assert not (home.settings.runs / "acceptances").exists()


def test_a_file_that_a_release_was_made_of_is_not_refused_from_the_form(served: tuple[Home, Api]) -> None:
    _, api = served
    state = state_after(
        api, press_run(api, "refuse", file="press_record/event/bundled", why="x", refused_by="an editor")
    )
    assert (state["type"], state["name"]) == ("FAILED", "Failed")
    assert "was made of press_record/event/bundled/" in state["message"]


def test_rollback_and_retention_from_the_form(served: tuple[Home, Api]) -> None:
    home, api = served
    published = home.settings.published.resolve().parent.name
    before = sorted(path.name for path in home.settings.releases.iterdir())
    run = press_run(api, "rollback")
    assert state_after(api, run)["name"] == "Published"
    assert home.settings.published.resolve().parent.name == before[0] != published
    said = artifacts_of(api, run)["rollback-summary"]["data"]
    assert f"Rolled back to release {before[0]}." in said
    link = re.search(r"\[Data Docs.*?\]\((http://127.0.0.1:\d+/data_docs/index.html)\)", said)
    assert link, said
    with urllib.request.urlopen(link[1]) as page:
        assert b"<html" in page.read()
    assert state_after(api, press_run(api, "retention", keep=1))["name"] == "Planned"
    assert sorted(path.name for path in home.settings.releases.iterdir()) == before
    run = press_run(api, "retention", keep=1, dry_run=False)
    assert state_after(api, run)["name"] == "Pruned"
    kept = sorted(path.name for path in home.settings.releases.iterdir())
    assert kept == before[:1] + before[-1:]
