"""Every case of the audit names tests that are there (docs/explanation/audited.md)."""

from __future__ import annotations

import re

from flows.settings import ROOT

PAGE = ROOT / "docs" / "explanation" / "audited.md"


def names_there() -> set[str]:
    """Tests, unit tests of models, tests of dbt and checks of the gate."""
    found = {path.stem for path in (ROOT / "dbt_project" / "tests").glob("*.sql")}
    for folder, suffix, pattern in (
        ("tests", "py", r"def (test_\w+)"),
        ("dbt_project/models", "yml", r"- name: (\w+)"),
        ("expectations/release", "py", r'"([a-z_]+)"'),
    ):
        for path in (ROOT / folder).rglob(f"*.{suffix}"):
            found |= set(re.findall(pattern, path.read_text(encoding="utf-8")))
    return found


def test_every_case_of_the_audit_has_a_test_that_is_there() -> None:
    rows = re.findall(r"^\| (.+?) \| (`.+`) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) > 30
    there = names_there()
    assert {case: names for case, names in rows if not set(re.findall(r"`(\w+)`", names)) <= there} == {}
