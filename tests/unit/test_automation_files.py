"""The files of `automations/`: they name every state that Prefect gives what they look for."""

from __future__ import annotations

import inspect
from typing import Any

import prefect.states
import pytest
import yaml
from prefect.client.schemas.objects import State, StateType
from prefect.events.schemas.automations import EventTrigger

from flows.settings import ROOT


def trigger(name: str) -> EventTrigger:
    """What an automation waits for, as Prefect reads it."""
    said: dict[str, Any] = yaml.safe_load((ROOT / "automations" / f"{name}.yaml").read_text(encoding="utf-8"))
    return EventTrigger(**said["trigger"])


def names_of(kind: StateType) -> set[str]:
    """What Prefect calls its states of a type."""
    made = [function for name, function in inspect.getmembers(prefect.states, inspect.isfunction) if name.istitle()]
    made += [prefect.states.InfrastructurePending, prefect.states.AwaitingRetry]
    states = [function() for function in made if not _needs_more(function)]
    return {str(state.name) for state in states if isinstance(state, State) and state.type is kind}


def _needs_more(function: Any) -> bool:
    needed = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return any(
        each.default is inspect.Parameter.empty and each.kind in needed
        for each in inspect.signature(function).parameters.values()
    )


def test_a_run_that_never_begins_is_noticed_whatever_its_waiting_is_called() -> None:
    """A worker that is lost leaves it Pending, Submitting or InfrastructurePending."""
    pending = names_of(StateType.PENDING)
    assert {"Pending", "Submitting", "InfrastructurePending"} <= pending
    assert {f"prefect.flow-run.{name}" for name in pending} == trigger("run_never_began").after


@pytest.mark.parametrize("name", ["run_never_began", "run_is_gone"])
def test_the_next_run_goes_within_two_minutes(name: str) -> None:
    assert trigger(name).within.total_seconds() <= 90
