"""What must hold after every run, whatever lay in the inbox or was answered; each broken promise is a sentence."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from flows.ledger import Ledger, Run
from flows.settings import Settings
from flows.steps import land


@dataclass
class Tally:
    """How many files or answers of a kind were tried, what became of them, and what did not hold."""

    kind: str
    tried: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def count(self, outcome: str) -> None:
        """One more that ended so."""
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1


def hold(settings: Settings, run: Run, elsewhere: Path, release_sha256: str) -> list[str]:
    """What is broken after a run: `elsewhere` is a folder beside the warehouse nobody may write to."""
    broken = [f"{o.source} {o.partition}: {said}" for o in run.outcomes if (said := _told(o.outcome, o.reason))]
    broken += _landed_whole(settings)
    if land.pending(settings, Ledger(settings)):
        broken.append("a raw file neither landed nor was refused")
    if sha256(settings.published) != release_sha256:
        broken.append("the published file is another")
    if found := [*elsewhere.iterdir()]:
        broken.append(f"written outside the warehouse: {found}")
    left = [*settings.raw.glob(".receiving-*"), *(settings.passing.rglob("*") if settings.passing.exists() else ())]
    return broken + [f"left over: {path}" for path in left]


def _told(outcome: str, reason: str) -> str:
    """What is wrong with what a person is told; an empty text where nothing is."""
    if outcome in ("new", "revised", "kept"):
        return ""
    if not reason.strip():
        return f"{outcome} without a reason"
    if "\n" in reason or "Traceback" in reason or "\x1b" in reason:
        return f"told in no sentence: {reason[:200]!r}"
    return ""


def _landed_whole(settings: Settings) -> list[str]:
    """Files of which not as many rows landed as their record says, or some although they were refused."""
    with land.landed(settings) as con:
        files = con.execute("select file_id, source_code || '__' || table_name, state, row_count from raw.file")
        said = {file_id: (table, rows if state == "landed" else 0) for file_id, table, state, rows in files.fetchall()}
        found = {
            file_id: rows
            for table in {table for table, _ in said.values()}
            for file_id, rows in con.execute(f"select file_id, count(*) from raw.{table} group by all").fetchall()
        }
    wrong = [file_id for file_id, (_, rows) in said.items() if found.get(file_id, 0) != rows]
    return [f"{file_id} landed in part" for file_id in {*wrong, *(found.keys() - said.keys())}]


def sha256(path: Path) -> str:
    """Hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
