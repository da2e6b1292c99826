"""Unit tests of the models: they prove SQL, not data, so they run once for every state of the SQL.

The first build with SQL that has not passed runs them, each before its model, and a failure stops the build. A state
that passed is on record: in the warehouse, or in the project for the SQL as it is shipped. The record counts for
exactly the files and versions its fingerprint is made of; whoever changes a model runs the tests again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from flows.errors import BuildFailed
from flows.ledger import Ledger, Run, UnitTests, utc_now
from flows.settings import Settings, get_settings
from flows.steps.building import dbt

_SQL = ("dbt_project.yml", "models/**/*", "macros/**/*", "seeds/*.yml")
_ENGINES = ("dbt-core", "dbt-duckdb", "duckdb")
_BEFORE_SHIPPING = "make prove, before this state of the project was shipped"
_NO_DATA_TESTS = ("--exclude-resource-type", "test")


def fingerprint(settings: Settings) -> str:
    """Hash of what a unit test depends on: models, macros, the tests themselves, dbt and the engine."""
    digest = hashlib.sha256(json.dumps({name: metadata.version(name) for name in _ENGINES}).encode())
    for path in sorted({path for pattern in _SQL for path in settings.dbt_project.glob(pattern) if path.is_file()}):
        if path.suffix in (".sql", ".yml", ".py"):
            digest.update(f"{path.relative_to(settings.dbt_project)}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def selection(run: Run) -> tuple[str, ...]:
    """What dbt is told: to leave them out where they have passed."""
    return ("--exclude-resource-type", "unit_test") if run.unit_tests else ()


def record(settings: Settings, ledger: Ledger, run: Run) -> UnitTests:
    """Note that a whole build with the unit tests went well, for this and later runs."""
    passed = UnitTests(
        fingerprint=fingerprint(settings),
        passed_at=utc_now(),
        count=dbt.count_results(settings, "unit_test"),
        ran_by=f"run {run.run_id}",
    )
    run.unit_tests = passed
    ledger.record_unit_tests(passed)
    ledger.save(run)
    return passed


def prove(settings: Settings) -> UnitTests:
    """Run the unit tests of the project as it lies here, unless they have passed, and record that in the project.

    Raises BuildFailed naming those that failed; the record is then of an earlier state, and so counts for nothing.
    """
    from flows.steps import build, land

    standing = Ledger(settings).unit_tests(fingerprint(settings))
    if standing is None:
        folder = Path(tempfile.mkdtemp(prefix="prove-"))
        scratch = settings.model_copy(update={"warehouse": folder})
        ledger = Ledger(scratch)
        land.prepare(scratch)
        run = ledger.start("prove", build.versions(), build.code_fingerprint())
        build.build(scratch, ledger, run, *_NO_DATA_TESTS)
        standing = record(scratch, ledger, run)
        shutil.rmtree(folder)  # where a test failed it stays: the message names what dbt said in it
    shipped = standing.model_copy(update={"ran_by": _BEFORE_SHIPPING})
    if standing.ran_by != _BEFORE_SHIPPING:
        Ledger(settings).ship_unit_tests(shipped)
    return shipped


if __name__ == "__main__":
    try:
        proven = prove(get_settings())
    except BuildFailed as failed:
        sys.exit(str(failed))
    print(f"{proven.count} unit tests of the models passed ({proven.passed_at:%d %B %Y}, SQL {proven.fingerprint}).")
