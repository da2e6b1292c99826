"""What is printed where nobody reads any more, as behind `| head`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = """
import contextlib, logging, sys
from pathlib import Path
from flows.cli import terminal

with {context}:
    terminal.say("read")
    sys.stdin.readline()  # until nobody reads
    for step in ("build", "publish"):
        logging.getLogger("entrepot").info(step)
        terminal.say("not read")
    Path(sys.argv[1]).write_text("made")
"""


def closed_while_at_work(context: str, made: Path, stderr: int | None) -> int:
    """Exit code of a command whose output is closed after its first line."""
    command = [sys.executable, "-c", COMMAND.format(context=context), str(made)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "read\n"
        process.stdout.close()
        process.stdin.write("\n")
        process.stdin.close()
        return process.wait()


@pytest.mark.parametrize("stderr", [None, subprocess.STDOUT], ids=["| head", "2>&1 | head"])
def test_a_run_goes_on_where_nobody_reads_what_it_prints(tmp_path: Path, stderr: int | None) -> None:
    assert closed_while_at_work("terminal.progress()", tmp_path / "export", stderr) == 0
    assert (tmp_path / "export").read_text(encoding="utf-8") == "made"


def test_what_only_answers_ends_with_its_reader(tmp_path: Path) -> None:
    assert closed_while_at_work("contextlib.nullcontext()", tmp_path / "export", None) == 1
    assert not (tmp_path / "export").exists()
