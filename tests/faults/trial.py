"""One trial: a small warehouse, a revision to bring in, a fault on the way, and what holds afterwards."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from flows.contracts.grains import load_grains
from flows.exports import data_docs, page, parquet, postgres
from tests.faults import checks, process
from tests.faults.kills import Kill, Operations, count_calls, kill_at_boundary
from tests.faults.report import Row
from tests.faults.world import Small, content, template_of

NEEDED_LATER = (data_docs, page, parquet, postgres)  # what a run imports when its release is out


class Trials:
    """Trials that all begin with the same published warehouse and should all end as the undisturbed one did."""

    def __init__(self, folder: Path, release: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.begin = Small(folder / "begin", template_of(release, folder / "template.duckdb"))
        shutil.rmtree(self.begin.folder, ignore_errors=True)
        load_grains(self.begin.settings.dbt_project)  # once, before any process is forked
        self.begin.fill()
        self._run(self.begin)
        self.begin.revise()
        self.old_sha256 = checks.published_sha256(self.begin.settings.warehouse)
        self.raw = checks.raw_files(self.begin.settings.warehouse)
        undisturbed = self.begin.copy(folder / "undisturbed")
        begun = time.monotonic()
        self._run(undisturbed)
        self.seconds = time.monotonic() - begun
        self.expected = process.do(lambda: content(undisturbed.settings.warehouse), folder / "notes").result
        self.expected = json.loads(json.dumps(self.expected))

    def _run(self, small: Small) -> None:
        ended = process.do(lambda: whole_run(small), self.folder / "notes")
        assert ended.result, ended
        assert ended.result["state"] == "published", ended

    def operations(self) -> list[str]:
        """The file operations of an undisturbed run, by name, in order."""
        small = self.begin.copy(self.folder / "counted")

        def work() -> list[str]:
            small.make_small()
            operations = Operations(small.folder)
            operations.watch()
            small.run()
            return operations.names

        return list(process.do(work, self.folder / "notes").result)

    def calls(self, name: str) -> int:
        """How often a boundary is come to in an undisturbed run."""
        small = self.begin.copy(self.folder / "counted")

        def work() -> int:
            small.make_small()
            calls = count_calls(name)
            small.run()
            return len(calls)

        return int(process.do(work, self.folder / "notes").result)

    def killed(self, kills: list[Kill]) -> Row:
        """Kill one run after the other as asked, then let one run to its end."""
        row, small = Row(), self.begin.copy(self.folder / "trial")
        for kill in kills:
            seconds = kill.seconds if kill.kind == "time" else None
            ended = process.do(partial(whole_run, small, kill), self.folder / "notes", seconds)
            if ended.is_traceback:
                row.broken.append(f"a traceback: {ended.said[-600:]}")
            if ended.was_killed:
                row.tried += 1
                self.at_once(small, row)
        return self.afterwards(small, row) if row.tried else row

    def at_once(self, small: Small, row: Row) -> None:
        """Note what is published and what is broken before anybody has put anything in order."""
        ended = process.do(lambda: checks.promises(small, self.old_sha256, self.raw), self.folder / "notes")
        if ended.result is None:
            row.broken.append(f"cannot be looked at: {ended.said[-600:]}")
            return
        which, broken = ended.result
        row.old += which == "old"
        row.new += which == "new"
        row.broken += broken

    def afterwards(self, small: Small, row: Row) -> Row:
        """Note how the next run ended, and what is broken after it."""

        def work() -> list[str]:
            return checks.completes(small, self.raw, self.expected, whole_run(small))

        begun = time.monotonic()
        ended = process.do(work, self.folder / "notes")
        self.seconds = time.monotonic() - begun  # as fast as the machine is now, the checks included
        broken = ended.result if ended.result is not None else [f"the next run failed: {ended.said[-600:]}"]
        row.runs_after += 1
        row.completed += not broken
        row.broken += broken
        return row


def whole_run(small: Small, kill: Kill | None = None, before: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """A run, killed where asked; how it ended. `before` is done when this process has been made small."""
    small.make_small()
    before()
    if kill is not None and kill.kind == "operation":
        Operations(small.folder, kill.number).watch()
    elif kill is not None and kill.kind == "boundary":
        kill_at_boundary(kill)
    run = small.run()
    return {"run_id": run.run_id, "state": run.state, "message": run.message, "notices": run.notices}
