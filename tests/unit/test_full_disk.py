"""What is printed or written where the disk is full ends in a failure that says so, never in a part of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from flows.errors import EntrepotError
from flows.read import published

_PRINTING = """
import resource, sys
from flows.cli import terminal
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
terminal.print_whole()
sys.stdout.write("a line of an answer\\n" * 5000)
"""


@pytest.mark.parametrize("options", [[], ["-u"]], ids=["buffered", "unbuffered"])
def test_an_answer_that_does_not_fit_is_a_failure(tmp_path: Path, options: list[str]) -> None:
    with (tmp_path / "answer.csv").open("w") as file:
        done = subprocess.run(
            [sys.executable, *options, "-c", _PRINTING], stdout=file, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (tmp_path / "answer.csv").stat().st_size <= 4096
    assert done.returncode != 0
    assert "File too large" in done.stderr


def test_a_query_that_fills_the_disk_says_to_make_room() -> None:
    class Full:
        def extract_statements(self, sql: str) -> list[duckdb.Statement]:
            return duckdb.extract_statements(sql)

        def execute(self, sql: str, parameters: object) -> None:
            raise duckdb.IOException("IO Error: Async write failed: No space left on device")

    with pytest.raises(EntrepotError, match=r"^The disk is full: make room, then try again"):
        published.ask(Full(), "copy (select 1) to 'y.csv'")  # type: ignore[arg-type]
