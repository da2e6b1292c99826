"""The snippets in Python of docs/how-to/sql-clients.md, run as they stand there."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from flows.settings import ROOT
from tests.conftest import Home

PAGE = (ROOT / "docs" / "how-to" / "sql-clients.md").read_text(encoding="utf-8")
SNIPPETS = {
    section.splitlines()[0]: snippet
    for section in PAGE.split("\n## ")[1:]
    for snippet in re.findall(r"```python\n(.*?)```", section, flags=re.DOTALL)
}
SAID = {
    "Python: duckdb and pandas": ["2019", "110.75", "146.887"],
    "Landed records and intermediate tables": ["published_on", "turnover_usd_bn", "line"],
    "Python: SQLAlchemy": ["[(11, 23)]"],
    "ADBC": ["source_code: string", "n_cells: int64", "gacc_quoted"],
}


def test_every_snippet_is_run() -> None:
    assert set(SNIPPETS) == set(SAID)


@pytest.mark.parametrize("client", SNIPPETS)
def test_a_snippet_answers(published: Home, client: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SNIPPETS[client]], cwd=published.folder, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for words in SAID[client]:
        assert words in done.stdout
