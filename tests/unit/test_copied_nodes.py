"""What dbt passes over in a copy of the last release, and what it does not."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from dbt_common.exceptions import DbtRuntimeError

from flows.steps.building.copied import VALUES_BETWEEN_CHECKPOINTS, Blocks, Notes


class Candidate:
    """An adapter that knows the notes of a build: (node, what it reads), and the models changed so far."""

    def __init__(self, *read: tuple[str, str]) -> None:
        self.read, self.changed, self.n_asked = read, set[str](), 0

    def execute(self, query: str, fetch: bool) -> tuple[None, Any]:
        assert fetch
        self.n_asked += 1
        rows: Sequence[tuple[str, ...]] = self.read if "ledger.renewal" in query else [(one,) for one in self.changed]
        return None, SimpleNamespace(rows=rows)


@pytest.mark.parametrize(
    ("read", "changed", "stands"),
    [
        ([], {"cell"}, False),  # nothing is noted of it: it is made
        ([("mart", "")], set(), False),  # a source of it changed
        ([("mart", "cell"), ("mart", "area")], {"price"}, True),
        ([("mart", "cell"), ("mart", "area")], {"area"}, False),
        ([("other", "")], set(), False),
    ],
)
def test_a_node_stands_where_nothing_it_reads_has_changed(
    read: list[tuple[str, str]], changed: set[str], stands: bool
) -> None:
    candidate: Any = Candidate(*read)
    candidate.changed = changed
    assert Notes().stands(candidate, "mart") is stands


def test_what_changes_while_the_build_goes_on_is_seen_and_asked_for_only_then() -> None:
    candidate: Any = Candidate(("cell", "file"), ("mart", "cell"), ("test", "cell"))
    notes = Notes()
    assert notes.stands(candidate, "cell")
    asked = candidate.n_asked
    assert notes.stands(candidate, "mart")
    assert candidate.n_asked == asked  # nothing was made since
    candidate.changed = {"cell"}
    notes.node_was_made()
    assert not notes.stands(candidate, "mart")
    assert not notes.stands(candidate, "test")
    assert candidate.n_asked == asked + 1


class File:
    """An adapter of a file whose tables have so many values each; it may refuse a checkpoint."""

    def __init__(self, values: int, refuses: bool = False) -> None:
        self.values, self.refuses, self.checkpoints = values, refuses, list[str]()

    def execute(self, query: str, fetch: bool = False) -> tuple[None, Any]:
        if query.startswith("checkpoint"):
            self.checkpoints.append(query)
            if self.refuses:
                raise DbtRuntimeError("Cannot CHECKPOINT")
        return None, SimpleNamespace(rows=[(self.values,)])


@pytest.mark.parametrize("refuses", [False, True])
def test_a_file_uses_its_free_blocks_again_when_enough_was_written_to_it(refuses: bool) -> None:
    file: Any = File(VALUES_BETWEEN_CHECKPOINTS // 2, refuses)
    blocks = Blocks()
    for _ in range(7):
        blocks.node_was_made(file, "trade", "marts", "rank")
    blocks.node_was_made(file, "workings", "intermediate", "pair")
    assert file.checkpoints == ["checkpoint trade"] * 2
