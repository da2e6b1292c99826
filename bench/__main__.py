"""`make bench`: the product and the floor over invented BACI years, side by side. Speed is a ratio, never a test."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from bench import files, landing, plot, product, results
from bench.codes import ROOT
from bench.measure import Measurement, Step, measure
from bench.results import Result

FIRST_YEAR = 1995
PEERS = ROOT / ".venv-bench"
Contender = Callable[[Path, Path, str, int], tuple[Measurement, int]]
"""Given its folder, the files, the memory limit and the threads: what it took, and the bytes of the tables it left."""
app = typer.Typer(add_completion=False, help=__doc__)
Sizes = Annotated[list[int] | None, typer.Option("--rows", help="Rows of a file; several sizes are measured.")]
Out = Annotated[Path, typer.Option(help="Folder for files, warehouses and results.")]
Limit = Annotated[str, typer.Option(help="Memory each engine may use.")]
Threads = Annotated[int, typer.Option(min=1, help="Threads each engine may use.")]


def machine(memory_limit: str, threads: int) -> dict[str, object]:
    """What the figures were measured on."""
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(pages / 2**30, 1),
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
        "memory_limit": memory_limit,
        "threads": threads,
        "load_before": round(os.getloadavg()[0], 1),
    }


def floor(folder: Path, inbox: Path, memory_limit: str, threads: int) -> tuple[Measurement, int]:
    """The floor over the files of `inbox`, and the size of what it leaves."""
    target = folder / "floor.duckdb"
    command = [sys.executable, "-m", "bench.floor", str(inbox), str(target), memory_limit, str(threads)]
    steps = [Step("start"), *(Step(name, line=f"^step: {name}$") for name in
             ("land", "cells", "keys", "sums", "marts", "checks", "publish"))]  # fmt: skip
    found = measure(command, folder, steps)
    return found, target.stat().st_size if target.exists() else 0


def entrepot(folder: Path, inbox: Path, memory_limit: str, threads: int) -> tuple[Measurement, int]:
    """The product over a warehouse with the same files in its inbox, and the size of the published file."""
    (folder / "inbox").mkdir()
    for file in inbox.glob("*.csv"):
        (folder / "inbox" / file.name).hardlink_to(file)
    return product.run(folder, memory_limit, threads), product.published_bytes(folder)


def peer(module: str) -> Contender:
    """A peer, run from its own environment, and the size of the tables it leaves."""

    def run(folder: Path, inbox: Path, memory_limit: str, threads: int) -> tuple[Measurement, int]:
        command = [str(PEERS / "bin" / "python"), "-m", f"bench.peers.{module}", str(inbox), str(folder / "out")]
        names = ("land", "cells", "keys", "sums", "marts", "checks", "build", "publish")
        found = measure(command, folder, [Step("start"), *(Step(name, line=f"^step: {name}$") for name in names)])
        left = [*(folder / "out").glob("*.parquet"), *(folder / "out").glob("*.duckdb")]
        return found, sum(file.stat().st_size for file in left)

    return run


def contenders(peers: bool) -> dict[str, Contender]:
    """Who is measured, by name."""
    others = ("dbt", "sqlmesh", "dlt", "polars", "pandas") if peers else ()
    return {"floor": floor, "entrepot": entrepot, **{name: peer(f"{name}_peer") for name in others}}


def one_run(
    name: str, contender: Contender, out: Path, inbox: Path, rows: int, memory_limit: str, threads: int
) -> Result:
    """Run a contender in a folder of its own, which is deleted afterwards where it ended well."""
    folder = out / "work" / f"{name}-{rows}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    found, size = contender(folder, inbox, memory_limit, threads)
    (out / f"{name}-{rows}.log").write_text("\n".join(found.output) + "\n", encoding="utf-8")
    if found.exit_code == 0:
        shutil.rmtree(folder)
    read = sum(file.stat().st_size for file in inbox.glob("*.csv"))
    return results.result(name, rows, read, size, found)


def write(out: Path, machine_facts: dict[str, object], found: list[Result]) -> None:
    """Leave JSON, table and plot in `out`, after every run."""
    results.save(out / "benchmark.json", machine_facts, found)
    (out / "benchmark.md").write_text(results.table(found) + "\n" + results.step_table(found), encoding="utf-8")
    (out / "benchmark.svg").write_text(plot.svg(found), encoding="utf-8")


@app.command()
def bench(
    rows: Sizes = None,
    repeats: Annotated[int, typer.Option(min=1, help="Runs of each, one after the other in turn.")] = 3,
    years: Annotated[int, typer.Option(min=1, help="Files the rows are split over, one a year.")] = 1,
    memory_limit: Limit = "4GB",
    threads: Threads = 2,
    records: Annotated[int, typer.Option(min=0, help="Records landed in each format; 0 for none.")] = 1_000_000,
    peers: Annotated[bool, typer.Option("--peers", help="Other tools too, from .venv-bench.")] = False,
    out: Out = ROOT / "warehouse" / "bench",
) -> None:
    """Measure floor and product over files of each size and over none; leave benchmark.json, .md and .svg."""
    found: list[Result] = []
    facts = machine(memory_limit, threads)
    sizes = sorted({0, *(rows or [200_000, 2_000_000, 11_000_000])})
    for size in sizes:
        inbox = out / "files" / str(size)
        inbox.mkdir(parents=True, exist_ok=True)
        for number in range(years if size else 0):
            files.write_baci(inbox, FIRST_YEAR + number, size // years)
    for _ in range(repeats):
        for size in sizes:
            for name, contender in contenders(peers).items():
                if size or name == "entrepot":
                    inbox, read = out / "files" / str(size), size // years * years
                    found.append(one_run(name, contender, out, inbox, read, memory_limit, threads))
                    write(out, facts, found)
        if records:
            found += landing.measured(out, records, memory_limit, threads)
            write(out, facts, found)
    shutil.rmtree(out / "files")
    typer.echo((out / "benchmark.md").read_text(encoding="utf-8"))
    raise typer.Exit(1 if any(one.exit_code for one in found) else 0)


if __name__ == "__main__":
    app()
