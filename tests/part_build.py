"""A part of the warehouse, built from what has landed: some models, all they stand on, and their data tests."""

from __future__ import annotations

import subprocess
from pathlib import Path

import duckdb

from flows.ledger import Ledger
from flows.settings import Settings
from flows.steps import build, own


def build_part(settings: Settings, *selected: str) -> Path:
    """Build what is selected, in dbt's words, into a candidate without an audit; unit tests are left out."""
    run = Ledger(settings).start("run", build.versions(), "none")
    candidate = build.candidate_path(settings, run)
    candidate.parent.mkdir(parents=True)
    with duckdb.connect(str(candidate), config={"storage_compatibility_version": build.STORAGE_VERSION}):
        pass
    build._write_ledger_tables(settings, Ledger(settings), run)
    project, target = str(settings.dbt_project), str(candidate.parent / "dbt")
    command = [settings.tool("dbt"), "--quiet", "build", "--project-dir", project, "--profiles-dir", project]
    command += ["--target-path", target, "--log-path", target, "--exclude", "test_type:unit"]
    command += ["--indirect-selection", "cautious", "--vars", own.variables(settings), "--select", *selected]
    environment = settings.tool_environment(
        ENTREPOT_CANDIDATE=str(candidate),
        ENTREPOT_LANDED=str(settings.landed),
        ENTREPOT_OWN_CONTRACTS=str(settings.own_contracts.resolve()),
    )
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return candidate
