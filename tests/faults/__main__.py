"""`make faults`: try every fault on purpose and write down what was tried, how often, and what was lost."""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.settings import ROOT
from tests.faults import campaign, disturbances, real, report
from tests.faults.trial import Trials

OUT = ROOT / "warehouse" / "faults"
app = typer.Typer(add_completion=False, help=__doc__)
Folder = Annotated[Path, typer.Option(help="Folder of the trials and of the tables.")]


@app.command()
def faults(
    kills: Annotated[int, typer.Option(min=10, help="Kills of the small warehouse, about.")] = 500,
    seed: Annotated[int, typer.Option(help="Of what is left to chance.")] = 1,
    only: Annotated[list[str] | None, typer.Option(help="Only these parts, by name.")] = None,
    warehouse: Annotated[
        Path | None, typer.Option(help="Folder with a `warehouse` published from its `bundled`; made if left out.")
    ] = None,
    out: Folder = OUT,
) -> None:
    """Try the faults and print the table; the exit code is 1 where anything was lost."""
    chance, out = random.Random(seed), out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    whole = real.Whole(out / "whole", warehouse)
    shutil.rmtree(out / "small", ignore_errors=True)
    trials = Trials(out / "small", whole.release)
    places = campaign.places(trials, kills, chance)
    others = {disturbances.name_of(each): each for each in disturbances.all_of_them(chance)}
    names = [*places, *others, *real.FAULTS]
    for name in [name for name in names if not only or name in only]:
        if name in places:
            campaign.carry_out(trials, *places[name], lambda row, name=name: _keep(out, name, row))  # type: ignore[misc]
        elif name in others:
            _keep(out, name, others[name](trials))
        else:
            _keep(out, name, real.FAULTS[name](whole, chance))
    rows = [report.load(path) for name in names if (path := out / f"{name}.json").is_file()]
    (out / "faults.md").write_text(report.table(rows), encoding="utf-8")
    typer.echo(report.table(rows))
    raise typer.Exit(1 if any(row.broken for row in rows) else 0)


def _keep(out: Path, name: str, row: report.Row) -> None:
    """Keep a row, also one that still grows."""
    report.save(row, out / f"{name}.json")
    sys.stderr.write(f"{name}: {row.tried} tried, {len(row.broken)} broken\n")


if __name__ == "__main__":
    app()
