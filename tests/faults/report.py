"""The table of what was tried and what came of it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class Row:
    """Trials of one kind: how many, which file was published right after them, how many next runs completed.

    `broken` are promises that did not hold, a sentence each; `note` says why nothing was tried, or what else to know.
    """

    what: str = ""
    tried: int = 0
    old: int = 0
    new: int = 0
    completed: int = 0
    runs_after: int = 0
    broken: list[str] = field(default_factory=list)
    note: str = ""

    def add(self, other: Row, place: str = "") -> None:
        """Count the trials of `other` too; what broke in them says at which place."""
        self.tried += other.tried
        self.old += other.old
        self.new += other.new
        self.completed += other.completed
        self.runs_after += other.runs_after
        self.broken += [f"{place}: {sentence}" if place else sentence for sentence in other.broken]


def save(row: Row, path: Path) -> None:
    """Keep a row."""
    path.write_text(json.dumps(asdict(row), indent=1), encoding="utf-8")


def load(path: Path) -> Row:
    """The row kept there."""
    return Row(**json.loads(path.read_text(encoding="utf-8")))


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = [
        "| fault | tried | old file published | new file published | next run completed | lost |",
        "|---|--:|--:|--:|--:|---|",
    ]
    for row in rows:
        if not row.tried:
            lines.append(f"| {row.what} | not tried: {row.note} | | | | |")
            continue
        lost = "nothing" if not row.broken else "; ".join(dict.fromkeys(row.broken))
        note = f" ({row.note})" if row.note else ""
        after = f"{row.completed} of {row.runs_after}"
        lines.append(f"| {row.what}{note} | {row.tried} | {row.old} | {row.new} | {after} | {lost} |")
    return "\n".join(lines) + "\n"
