"""`make fuzz`: mutated files of every format and spoilt answers of every publisher, by the hundreds."""

from __future__ import annotations

import logging
import random
from pathlib import Path
from typing import Annotated

import typer

from flows.settings import ROOT
from tests.fuzz import bodies as answers
from tests.fuzz import files as dropped
from tests.fuzz.promises import Tally

app = typer.Typer(add_completion=False, help=__doc__)


@app.command()
def fuzz(
    files: Annotated[int, typer.Option(min=0, help="Mutated files in the inbox, at least.")] = 1000,
    bodies: Annotated[int, typer.Option(min=0, help="Spoilt answers of publishers, at least.")] = 300,
    seed: Annotated[int, typer.Option(help="Of what is left to chance.")] = 1,
    out: Annotated[Path, typer.Option(help="Folder of the trials and of the table.")] = ROOT / "warehouse" / "fuzz",
) -> None:
    """Try them and print the table; the exit code is 1 where a promise did not hold."""
    logging.getLogger("entrepot").setLevel(logging.CRITICAL)  # `hold` looks at what is said
    out, chance = out.resolve(), random.Random(seed)
    rows = dropped.tried(out / "files", files, chance) if files else []
    rows += answers.tried(out / "bodies", bodies, chance) if bodies else []
    (out / "fuzz.md").write_text(table_of(rows), encoding="utf-8")
    typer.echo(table_of(rows))
    for row in rows:
        for said in row.broken:
            typer.echo(f"{row.kind}: {said}", err=True)
    raise typer.Exit(1 if any(row.broken for row in rows) else 0)


def table_of(rows: list[Tally]) -> str:
    """The tallies as a Markdown table."""
    lines = ["| format or source | tried | what became of them | did not hold |", "|---|--:|---|---|"]
    for row in rows:
        became = ", ".join(f"{count} {outcome}" for outcome, count in sorted(row.outcomes.items()))
        lines.append(f"| {row.kind} | {row.tried} | {became} | {len(row.broken) or 'nothing'} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    app()
