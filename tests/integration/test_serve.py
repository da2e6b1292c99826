"""`entrepot serve`: a person presses Run in the UI, here through the same API the form uses."""

from __future__ import annotations

import json
import subprocess
import urllib.error
from collections.abc import Iterator
from typing import Any

import pytest

from flows.ledger import Ledger
from tests.conftest import ENTREPOT, Home
from tests.serving import Api, artifacts_of, deployment, free_port, press_run, serving, state_after
from tests.standin.server import StandIn


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
    assert set(offered) == {"refresh", "ingest", "backfill", "audit", "publish", "rollback", "retention"}
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
        ("rollback", {"run_id": "the last one"}),
    ],
)
def test_a_wrong_value_is_refused(served: tuple[Home, Api], deployed: str, values: dict[str, Any]) -> None:
    _, api = served
    with pytest.raises(urllib.error.HTTPError) as refusal:
        press_run(api, deployed, **values)
    assert refusal.value.code in (400, 409, 422)


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
