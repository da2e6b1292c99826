"""What forms of the Prefect UI offer as runs: those there are, in words, and nothing as the default."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from flows.forms import RunId
from flows.ledger import Ledger
from flows.releases import place
from flows.settings import Settings
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
    assert choices(settings) == {"audit": [], "publish": [], "rollback": []}
    old, new = (a_run(settings, "published", True) for _ in range(2))
    built, stopped = a_run(settings, "built", False), a_run(settings, "gate_failed", False)
    place.point_to(settings, new)
    found = choices(settings)
    ids = {name: [entry.partition(" (")[0] for entry in offered] for name, offered in found.items()}
    assert ids == {"audit": [new, old, stopped, built], "publish": [built, old], "rollback": [old]}
    assert [entry.partition("(")[2].partition(",")[0] for entry in found["audit"]] == [
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


def test_a_list_replaces_the_pattern_and_begins_with_what_is_taken_if_left_alone() -> None:
    schema = {"required": [], "properties": {"run_id": {"pattern": "x", "default": "", "title": "Run"}, "other": {}}}
    filled = fill(schema, "rollback", ["a (b)"])
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
