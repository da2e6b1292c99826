"""What the Prefect UI offers, without a server: `prefect.yaml` says the same, and schedules follow the contracts."""

from __future__ import annotations

from typing import Any

import yaml

from flows.contracts import load_contracts
from flows.settings import ROOT, Settings
from flows.ui.deployments import RUN_ENVIRONMENT, deployments
from flows.ui.own_server import POOL


def offered() -> list[dict[str, Any]]:
    """The deployments of `entrepot serve`, written as in prefect.yaml."""
    found = []
    pool = {"name": POOL, "job_variables": {"env": RUN_ENVIRONMENT}}
    for made in deployments(Settings.alone()):
        entry = {"name": made.name, "description": made.description, "tags": made.tags, "entrypoint": made.entrypoint}
        schedules = [
            {"cron": each.schedule.cron, "timezone": each.schedule.timezone, "active": each.active, "slug": each.slug}
            | ({"parameters": each.parameters} if each.parameters else {})
            for each in made.schedules or []
        ]
        found.append(entry | ({"schedules": schedules} if schedules else {}) | {"work_pool": pool})
    return found


def test_servers_of_ones_own_are_offered_the_same() -> None:
    written = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    assert written["deployments"] == offered()


def test_every_live_source_with_a_cadence_has_one_schedule_and_it_is_off() -> None:
    contracts = load_contracts(Settings.alone().contracts)
    paced = {f"{c.name}-{c.cadence}" for c in contracts.values() if c.hosts and c.cadence != "none"}
    schedules = [each for deployed in offered() for each in deployed.get("schedules", [])]
    assert {each["slug"] for each in schedules} == paced | {"publish-daily"}
    assert not [each for each in schedules if each["active"]]
    assert len({each["cron"] for each in schedules}) == len(schedules), "no two at the same minute"
