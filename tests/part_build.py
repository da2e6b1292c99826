"""A part of the warehouse, built from what has landed: some models, all they stand on, and their data tests."""

from __future__ import annotations

from pathlib import Path

from flows.ledger import Ledger
from flows.settings import Settings
from flows.steps import build
from flows.steps.building import dbt, ledger_tables, project
from tests import warm_dbt


def build_part(settings: Settings, *selected: str) -> Path:
    """Build what is selected, in dbt's words, into a candidate without an audit; unit tests are left out."""
    run = Ledger(settings).start("run", build.versions(), "none")
    candidate = build.start_candidate(settings, run)
    ledger_tables.write(settings, Ledger(settings), run)
    how = ("--exclude", "test_type:unit", "--indirect-selection", "cautious")
    call_dbt(settings, candidate, "build", *how, "--select", *selected)
    return candidate


def call_dbt(settings: Settings, candidate: Path, verb: str, *more: str, last_release: Path | None = None) -> None:
    """Run a verb of dbt on a candidate, without a manifest. Raises AssertionError with what it says where it fails."""
    dbt.stage(settings, candidate, settings.landed, last_release)
    code, said = warm_dbt.run(settings, verb, *more)
    assert code == 0, said
    assert not Path(f"{candidate}.wal").exists(), "dbt left a write-ahead log, which a copy of the file lacks"
    project.keep_parse(settings)
