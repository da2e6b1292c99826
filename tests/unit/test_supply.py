"""What the lock brings in is listed, and what pip-audit answers is read as it is meant."""

from __future__ import annotations

import json

from flows.settings import ROOT
from supply import licences, vulnerabilities


def test_every_locked_package_that_is_installed_has_a_licence() -> None:
    found = {package.name: package for package in licences.packages(ROOT / "requirements.lock")}
    assert found["duckdb"].licence == "MIT License"
    assert "Apache" in found["prefect"].licence
    silent = [name for name, package in found.items() if not package.licence]
    assert len(silent) <= 10, silent
    assert len(found) > 150


def test_a_known_vulnerability_is_told_and_what_was_not_asked_too() -> None:
    fault = {"id": "PYSEC-2026-1", "fix_versions": ["1.2"], "aliases": [], "description": ""}
    said = {
        "dependencies": [
            {"name": "a", "version": "1.0", "vulns": [fault]}, {"name": "b", "version": "2.0", "vulns": []},
            {"name": "c", "skip_reason": "Dependency not found on PyPI"},
        ]
    }  # fmt: skip
    answer = vulnerabilities.read(json.dumps(said))
    assert answer.known == [vulnerabilities.Known("a", "1.0", "PYSEC-2026-1", "1.2")]
    assert answer.sentence == ("Known vulnerabilities in 2 packages: 1; not known to the index, and so not checked: 1.")


def test_what_could_not_be_asked_is_no_all_clear() -> None:
    nothing = vulnerabilities.read(json.dumps({"dependencies": [{"name": "c", "skip_reason": "no index"}]}))
    assert nothing.sentence.startswith(
        "No vulnerability was looked for: the index of vulnerabilities cannot be reached"
    )
    failed = vulnerabilities.read("", "first\nno connection\n")
    assert failed.sentence == "No vulnerability was looked for: pip-audit gave no answer (no connection)."
    assert vulnerabilities.read("[]").trouble
