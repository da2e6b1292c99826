"""The index of Data Docs: which checks passed, in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from expectations.release.docs_pages import Checked, stand_alone


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (3, "All 5 checks below passed."),
        (2, "4 of the 5 checks below passed. What did not pass is a warning: an error stops a release."),
    ],
)
def test_the_index_says_how_many_checks_passed(tmp_path: Path, passed: int, said: str) -> None:
    tables = [Checked("core.one", 3, passed, "r.html", "s.html"), Checked("core.two", 2, 2, "r.html", "s.html")]
    stand_alone(tmp_path, tables)
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert f"<p>{said} Rows that were accepted count as passed;" in index
