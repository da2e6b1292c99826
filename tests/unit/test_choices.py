"""What forms of the Prefect UI offer as runs: those there are, in words, and nothing as the default."""

from __future__ import annotations

import logging
import threading

import pytest
from pydantic import TypeAdapter, ValidationError

from expectations.checks import Check, Result
from flows.forms import CheckName, RunId
from flows.ledger import Ledger
from flows.releases import place
from flows.settings import Settings
from flows.ui import choices as forms
from flows.ui.choices import choices, entered_at, fill


def a_run(settings: Settings, state: str, is_release: bool) -> str:
    """A run on record with the file it left."""
    ledger = Ledger(settings)
    with ledger.writing():
        run = ledger.start("run", {}, "f")
        folder = settings.releases if is_release else settings.builds
        (folder / run.run_id).mkdir(parents=True)
        (folder / run.run_id / "trade.duckdb").touch()
        ledger.finish(run, state, "done")  # type: ignore[arg-type]
    return run.run_id


def test_each_form_offers_what_it_can_take_newest_first(settings: Settings) -> None:
    assert choices(settings) == {
        "audit": {"run_id": []}, "publish": {"run_id": []}, "rollback": {"run_id": []},
        "accept": {"run_id": [], "check": []},
    }  # fmt: skip
    old, new = (a_run(settings, "published", True) for _ in range(2))
    built, stopped = a_run(settings, "built", False), a_run(settings, "gate_failed", False)
    place.point_to(settings, new)
    found = choices(settings)
    ids = {name: [entry.partition(" (")[0] for entry in offered["run_id"]] for name, offered in found.items()}
    assert ids == {"audit": [new, old, stopped, built], "publish": [built, old], "rollback": [old], "accept": []}
    assert [entry.partition("(")[2].partition(",")[0] for entry in found["audit"]["run_id"]] == [
        "the published release", "a release", "stopped by the gate", "built",
    ]  # fmt: skip


def test_the_lists_are_read_again_only_where_a_run_or_release_was_entered(settings: Settings) -> None:
    moments = [entered_at(settings)]
    old = a_run(settings, "published", True)
    moments.append(entered_at(settings))
    assert entered_at(settings) == moments[-1], "nothing was entered"
    place.point_to(settings, old)
    moments.append(entered_at(settings))
    ledger = Ledger(settings)
    with ledger.writing():
        ledger.save(ledger.run(old))
    moments.append(entered_at(settings))
    assert len(set(moments)) == len(moments)


def test_lists_follow_again_after_an_error_that_is_told_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The ledger cannot be read three times; then it can, and has a new release."""
    stop, own = threading.Event(), forms.choices
    failures = iter([OSError("no disk"), OSError("no disk"), OSError("no disk")])
    shown: dict[str, object] = {}

    def fail_first(settings: Settings) -> dict[str, forms.Lists]:
        for error in failures:
            raise error
        return own(settings)

    def show(name: str, offered: forms.Lists, _: object) -> None:
        shown[name] = offered
        if len(shown) == 4:
            stop.set()

    a_run(settings, "published", True)
    monkeypatch.setattr(forms, "_SECONDS", 0.01)
    monkeypatch.setattr(forms, "choices", fail_first)
    monkeypatch.setattr(forms, "_show", show)
    with caplog.at_level(logging.WARNING):
        forms._follow(settings, [], stop)
    assert shown == own(settings)
    assert caplog.text.count("could not be brought up to date (OSError: no disk)") == 1


def test_a_list_replaces_the_pattern_and_begins_with_what_is_taken_if_left_alone() -> None:
    schema = {"required": [], "properties": {"run_id": {"pattern": "x", "default": "", "title": "Run"}, "other": {}}}
    filled = fill(schema, "rollback", {"run_id": ["a (b)"]})
    assert filled["properties"]["run_id"] == {
        "default": "The release before the published one",
        "title": "Run",
        "enum": ["The release before the published one", "a (b)"],
    }
    assert filled["properties"]["other"] == {}
    assert schema["properties"]["run_id"]["pattern"] == "x", "the schema of the flow stays"  # type: ignore[index]


def test_a_flow_takes_an_entry_of_the_list_or_a_bare_id_and_refuses_else() -> None:
    adapter = TypeAdapter(RunId)
    run_id = "20261127T033703962-fcf4"
    assert [adapter.validate_python(given) for given in ("", "The newest built run")] == ["", ""]
    assert [adapter.validate_python(given) for given in (run_id, f"{run_id} (a release, 2 May)")] == [run_id, run_id]
    with pytest.raises(ValidationError):
        adapter.validate_python("the last one")


def test_what_fails_is_accepted_from_lists_of_runs_and_checks(settings: Settings) -> None:
    old, stopped, passed = a_run(settings, "published", True), *(a_run(settings, "gate_failed", False) for _ in "ab")
    judge(settings, old, failed("shares_add_up", 3), failed("of_old_alone", 1))
    judge(settings, stopped, failed("shares_add_up", 2), failed("holds", 0))
    judge(settings, passed, failed("holds", 0))
    offered = choices(settings)["accept"]
    assert [entry.partition(" (")[0] for entry in offered["run_id"]] == [stopped, old]
    assert offered["check"] == ["of_old_alone (marts.some: 1 case)", "shares_add_up (marts.some: 2 cases)"]
    schema = {"properties": {"run_id": {"pattern": "x"}, "check": {"pattern": "x", "title": "Check"}}}
    filled = fill(schema, "accept", offered)["properties"]
    bare = ["of_old_alone", "shares_add_up"]
    assert filled["check"] == {"title": "Check", "enum": [*offered["check"], *bare]}, "a check must be chosen"
    assert filled["run_id"]["enum"] == ["The newest run that was judged", *offered["run_id"], stopped, old]
    adapter = TypeAdapter(CheckName)
    assert [adapter.validate_python(given) for given in offered["check"]] == ["of_old_alone", "shares_add_up"]
    assert "enum" not in fill(schema, "accept", {"run_id": [], "check": []})["properties"]["check"], "a text"


def failed(check: str, n_rows: int) -> Result:
    """What the gate found of a check that `n_rows` fail."""
    known = Check(name=check, table="marts.some", severity="warning", description="It holds.", kind="gate")
    rows = [{"key": str(number)} for number in range(n_rows)]
    keys = [row["key"] for row in rows]
    return Result(check=known, passed=not n_rows, failing_rows=n_rows, sample=rows, keys=keys)


def judge(settings: Settings, run_id: str, *results: Result) -> None:
    ledger = Ledger(settings)
    with ledger.writing():
        run = ledger.run(run_id)
        run.checks = [result.model_dump(mode="json") for result in results]
        ledger.save(run)


def test_a_field_of_checks_is_a_list_where_some_fail_and_else_a_text_of_a_pattern() -> None:
    schema = {"properties": {"check": {"title": "Check", "enum": ["old (1 row of t)"]}}}
    listed = fill(schema, "accept", {"check": ["value (2 rows of t)"]})["properties"]["check"]
    assert listed == {"title": "Check", "enum": ["value (2 rows of t)", "value"]}
    assert fill({"properties": {"check": listed}}, "accept", {"check": []})["properties"]["check"] == {
        "title": "Check", "pattern": "^[a-z0-9_]+$",
    }  # fmt: skip
