"""`make bench-full`: all thirty BACI years, 270 million rows, made, landed and deleted one by one.

Each file is written, landed by `entrepot ingest`, and deleted with the raw copy, since thirty of them take 11 GB. Then
one run builds, audits and publishes. The cost a row is compared with that of one year by the same way.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bench import files, product
from bench.__main__ import FIRST_YEAR, Limit, Out, Threads, machine, write
from bench.codes import ROOT
from bench.measure import Cost, Measurement
from bench.results import Result, result


def years(warehouse: Path, count: int, rows: int, memory_limit: str, threads: int) -> Iterator[tuple[Measurement, int]]:
    """Land a year after the other, then run; every step measured, with the bytes of the file it read."""
    made = warehouse / "made"
    made.mkdir()
    for number in range(count):
        written = files.write_baci(made, FIRST_YEAR + number, rows)  # with a note, which is no file of the inbox
        file = written.rename(warehouse / "inbox" / written.name)
        size = file.stat().st_size
        yield product.run(warehouse, memory_limit, threads, "ingest"), size
        file.unlink()
        shutil.rmtree(warehouse / "raw" / "baci" / "trade_year", ignore_errors=True)
    yield product.run(warehouse, memory_limit, threads), 0


def together(parts: list[Measurement]) -> Measurement:
    """Costs added up, peaks the highest, the exit code that of the first that failed."""
    steps: dict[str, Cost] = {}
    for number, part in enumerate(parts):
        for name, cost in part.steps.items():
            whole = steps.setdefault(name if number == len(parts) - 1 else "land a year", Cost())
            whole.cpu_seconds += cost.cpu_seconds
            whole.wall_seconds += cost.wall_seconds
    return Measurement(
        exit_code=next((part.exit_code for part in parts if part.exit_code), 0),
        cpu_seconds=sum(part.cpu_seconds for part in parts),
        wall_seconds=sum(part.wall_seconds for part in parts),
        peak_memory_bytes=max(part.peak_memory_bytes for part in parts),
        peak_folder_bytes=max(part.peak_folder_bytes for part in parts),
        peak_temporary_bytes=max(part.peak_temporary_bytes for part in parts),
        steps=steps,
        output=[line for part in parts for line in part.output],
    )


def main(
    years_count: Annotated[int, typer.Option("--years", min=1, help="BACI years.")] = 30,
    rows: Annotated[int, typer.Option(min=1, help="Rows of a year.")] = 9_000_000,
    memory_limit: Limit = "4GB",
    threads: Threads = 2,
    out: Out = ROOT / "warehouse" / "bench" / "full",
) -> None:
    """Measure no rows, one year and all years; leave benchmark.json, .md and .svg."""
    found: list[Result] = []
    facts = machine(memory_limit, threads)
    for count in sorted({0, 1, years_count}):
        warehouse = out / "work"
        shutil.rmtree(warehouse, ignore_errors=True)
        (warehouse / "inbox").mkdir(parents=True)
        parts = list(years(warehouse, count, rows, memory_limit, threads))
        (out / f"{count}-years.log").write_text("\n".join(line for part, _ in parts for line in part.output) + "\n")
        whole = together([part for part, _ in parts])
        size = product.published_bytes(warehouse)
        found.append(result("entrepot", count * rows, sum(read for _, read in parts), size, whole))
        write(out, facts, found)
    typer.echo((out / "benchmark.md").read_text(encoding="utf-8"))
    raise typer.Exit(1 if any(one.exit_code for one in found) else 0)


if __name__ == "__main__":
    typer.run(main)
