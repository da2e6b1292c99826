"""The Prefect UI in a browser: a person fills in a form, is refused, watches a backfill, reads its summary, cancels.

Screenshots of every step stay in `tests/e2e/screenshots/`, to be looked at.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from flows.ledger import Ledger
from standin.server import StandIn
from tests.conftest import Home
from tests.serving import Api, artifacts_of, deployment, press_run, serving, state_after, wait_for

ECB, IMTS = "European Central Bank (ecb)", "International Trade in Goods by Partner Country (imf_imts)"


@dataclass(frozen=True)
class Desk:
    """A served warehouse, its publishers, and the browser window in front of it."""

    home: Home
    api: Api
    standin: StandIn
    page: Page
    screenshots: Path

    def shoot(self, name: str) -> None:
        self.page.wait_for_timeout(400)  # the UI fades things in
        self.page.screenshot(path=self.screenshots / f"prefect-{name}.png")

    def open_form(self, name: str) -> None:
        self.page.goto(f"{self.api.address}/deployments/deployment/{deployment(self.api, name)['id']}/run")
        expect(self.page.get_by_text("Validate parameters")).to_be_visible()

    def choose(self, field: int, text: str) -> None:
        """Choose `text` in a drop-down, by its number on the form, as one does without a mouse."""
        self.page.locator(".p-select-button__control").nth(field).focus()
        self.page.keyboard.press("ArrowDown")
        self.page.get_by_placeholder("Search").last.fill(text)
        self.page.locator(".p-select-option", has_text=text).first.click()
        self.page.get_by_text("Parameters", exact=True).click()  # closes the list

    def pick(self, field: int, day: str) -> None:
        """Pick a day in a date picker."""
        self.page.locator(".p-date-button").nth(field).click()
        self.page.locator("input[type=date]").fill(day)
        self.page.get_by_role("button", name="Apply").click()

    def submit(self) -> str:
        """Submit the form; the id of the run that was made.

        The server's answer is waited for, not the notice of it, which goes away by itself.
        """
        with self.page.expect_response(re.compile("/create_flow_run$")) as answer:
            self.page.get_by_role("button", name="Submit").click()
            self.shoot("5-form-submitted")
        assert answer.value.ok, f"{answer.value.status}: {answer.value.text()}"
        return str(answer.value.json()["id"])

    def open_run(self, run_id: str) -> None:
        self.page.goto(f"{self.api.address}/runs/flow-run/{run_id}")


@pytest.fixture(scope="module")
def desk(chromium: Browser, screenshots: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = Home(tmp_path_factory.mktemp("desk"))
    with StandIn() as standin, serving(home, ENTREPOT_BASE_URL=standin.url, ENTREPOT_HTTP_TRIES="1") as api:
        page = chromium.new_page(viewport={"width": 1280, "height": 1300})
        page.set_default_timeout(60_000)
        known = base64.b64encode(api.credentials.encode()).decode()  # where the UI keeps what was typed at its login
        page.add_init_script(f"localStorage.setItem('prefect-password', '{known}')")
        asked: set[str] = set()
        page.on("request", lambda request: asked.add(request.url.split("/")[2]) if "//" in request.url else None)
        yield Desk(home, api, standin, page, screenshots)
        assert asked == {api.address.removeprefix("http://")}, "the UI asks no other server"


def test_who_has_no_credentials_is_let_in_nowhere(desk: Desk, chromium: Browser) -> None:
    with closing(log_in(desk, chromium, "entrepot:guessed")) as page:
        expect(page.get_by_text("Authentication failed").first).to_be_visible()
        expect(page.get_by_text("backfill", exact=True)).to_have_count(0)
    # On a page of its own: one that was refused may go on asking by what it was given first.
    with closing(log_in(desk, chromium, desk.api.credentials)) as page:
        expect(page.get_by_text("backfill", exact=True).first).to_be_visible()


def log_in(desk: Desk, chromium: Browser, credentials: str) -> Page:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{desk.api.address}/deployments")
    asked = page.get_by_placeholder("admin:pass")
    expect(asked).to_be_visible()
    page.screenshot(path=desk.screenshots / "prefect-0-login.png")
    asked.fill(credentials)
    page.keyboard.press("Enter")
    return page


def test_the_verbs_are_there(desk: Desk) -> None:
    desk.page.goto(f"{desk.api.address}/")
    desk.page.get_by_text("Deployments", exact=True).click()
    for name in ("refresh", "ingest", "backfill", "audit", "publish", "rollback", "accept", "refuse", "retention"):
        expect(desk.page.get_by_text(name, exact=True).first).to_be_visible()
    desk.shoot("1-deployments")


def test_a_form_without_its_values_is_refused_in_words(desk: Desk) -> None:
    desk.open_form("backfill")
    expect(desk.page.get_by_text("Live sources to fetch from.")).to_be_visible()
    desk.shoot("2-form")
    desk.page.get_by_role("button", name="Submit").click()
    expect(desk.page.get_by_text("'first' is a required property")).to_be_visible()
    desk.shoot("3-refused")
    desk.open_form("rollback")
    expect(desk.page.locator(".p-select-button__control")).to_have_count(1)  # releases are chosen, not pasted
    desk.shoot("4-releases")
    desk.open_form("accept")
    expect(desk.page.locator(".p-select-button__control")).to_have_count(
        1
    )  # the run; no check fails yet, so none is offered
    desk.page.get_by_role("button", name="Submit").click()
    for name in ("check", "until", "why", "accepted_by"):
        expect(desk.page.get_by_text(f"'{name}' is a required property")).to_be_visible()  # beside its field
    desk.shoot("4-accept-refused")
    assert desk.api.call("POST", "/flow_runs/count", {}) == 0


def test_a_backfill_from_the_form_is_watched_and_its_summary_read(desk: Desk) -> None:
    desk.standin.office.control.add_fault({"kind": "slow", "match": "2021", "times": 1, "seconds": 6})
    desk.open_form("backfill")
    desk.choose(0, ECB)
    desk.pick(0, "2020-03-01")
    desk.pick(1, "2022-02-28")
    desk.choose(1, "China (CHN)")
    desk.shoot("5-form-filled")
    run_id = desk.submit()
    desk.open_run(run_id)
    wait_for(lambda: artifacts_of(desk.api, {"id": run_id}).get("ingest-progress"), 60)
    desk.page.get_by_text("Artifacts", exact=True).first.click()
    expect(desk.page.get_by_text("ingest-progress")).to_be_visible()
    desk.shoot("6-while-it-runs")
    assert state_after(desk.api, {"id": run_id})["name"] == "Ingested"
    artifacts = artifacts_of(desk.api, {"id": run_id})
    assert artifacts["ingest-progress"]["description"].startswith("3 of 3 partitions, ")
    assert {row["outcome"] for row in json.loads(artifacts["ingest-outcomes"]["data"])} == {"new"}
    desk.open_run(run_id)
    expect(desk.page.get_by_text("Ingested").first).to_be_visible()
    # The page asks for the log of an ended run once, while its last lines may still be on their way:
    # the list of task runs is what is stored.
    desk.page.get_by_text("Task Runs", exact=True).first.click()
    expect(desk.page.get_by_text("fetch ecb/reference_rate/2021").first).to_be_visible()
    desk.shoot("7-run-ended")
    desk.page.get_by_text("Artifacts", exact=True).first.click()
    desk.page.get_by_text("backfill-summary").first.click()
    expect(desk.page.get_by_role("heading", name="Ingested")).to_be_visible()
    expect(desk.page.get_by_role("cell", name="ecb/reference_rate/2021")).to_be_visible()
    desk.shoot("8-summary")


def test_a_cancelled_run_leaves_all_in_order_and_the_next_one_waited(desk: Desk) -> None:
    desk.standin.office.control.reset()
    desk.standin.office.control.add_fault({"kind": "slow", "match": "imf", "times": 0, "seconds": 600})
    before = len(Ledger(desk.home.settings).raw_files())
    offered = deployment(desk.api, "backfill")["parameter_openapi_schema"]["definitions"]["LiveSource"]["enum"]
    imts = next(name for name in offered if name.endswith(IMTS))
    run = press_run(desk.api, "backfill", sources=[imts, ECB], first="2023-01-01", last="2023-12-31")
    waiting = press_run(desk.api, "retention")
    wait_for(lambda: desk.api.call("GET", f"/flow_runs/{run['id']}")["state"]["type"] == "RUNNING", 60)
    wait_for(lambda: any(line["fault"] == "slow" for line in desk.standin.office.control.log), 60)
    assert desk.api.call("GET", f"/flow_runs/{waiting['id']}")["state"]["type"] == "SCHEDULED"
    desk.open_run(run["id"])
    desk.page.get_by_role("button", name="Cancel").first.click()
    desk.shoot("9-cancel")
    desk.page.get_by_role("button", name="Confirm").click()
    assert state_after(desk.api, run)["name"] == "Cancelled"
    desk.open_run(run["id"])
    expect(desk.page.get_by_text("Cancelled", exact=True).first).to_be_visible()
    desk.shoot("10-cancelled")
    assert state_after(desk.api, waiting)["name"] == "Planned", "the next run waited, and had the lock"
    ledger = Ledger(desk.home.settings)
    cancelled, after = ledger.runs()[-2:]
    assert (cancelled.kind, cancelled.state) == ("backfill", "interrupted")
    assert "the next run resumes from it" in cancelled.message
    assert after.kind == "retention"
    assert not list(desk.home.settings.raw.glob(".receiving-*"))
    assert len(ledger.raw_files()) >= before
    assert not desk.home.settings.published.exists()
    with ledger.writing():
        pass
