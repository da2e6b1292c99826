"""`python -m bench.spark`: the product over invented BACI years with its heavy models on DuckDB, then on Spark.

Both runs read the same files. Each is measured by step, and the heavy tables they made are compared cell by cell:
figures of an engine that made other rows are worth nothing. Spark runs on this machine unless ENTREPOT_SPARK_MASTER
says otherwise, with as many threads and as much memory as DuckDB; its JVM counts with the family of processes.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from bench import engines, files, product
from bench.__main__ import FIRST_YEAR, Limit, Out, Threads, machine, write
from bench.codes import ROOT
from bench.results import Result, result
from flows.settings import Settings
from flows.steps.building import dbt

ENGINES = ("duckdb", "spark")
ROWS_OF_A_PART = 500_000
"""Rows of the whole for each part of a shuffle, and no fewer parts than the project's own number."""


def run(warehouse: Path, inbox: Path, engine: str, rows: int, memory_limit: str, threads: int) -> Result:
    """One run of the product over the files of `inbox`, its heavy models made by `engine`; its output beside it."""
    (warehouse / "inbox").mkdir(parents=True)
    for file in inbox.glob("*.csv"):
        (warehouse / "inbox" / file.name).hardlink_to(file)
    settings = Settings()
    options = [f"spark.sql.shuffle.partitions={max(16, rows // ROWS_OF_A_PART)}"]
    if not settings.spark_master:  # a cluster has its own memory
        options.append(f"spark.driver.memory={memory_limit.lower().removesuffix('b')}")
    variables = {
        "ENTREPOT_HEAVY_ENGINE": engine,
        "ENTREPOT_SPARK_OPTIONS": ",".join([*options, *settings.spark_options]),  # the last of a name holds
    }
    found = product.run(warehouse, memory_limit, threads, variables=variables)
    warehouse.with_suffix(".log").write_text("\n".join(found.output) + "\n", encoding="utf-8")
    said = warehouse / ".dbt" / "spark.log"  # with the seconds of each model
    if said.exists():
        shutil.copy(said, warehouse.with_suffix(".models.log"))
    read = sum(file.stat().st_size for file in inbox.glob("*.csv"))
    return result(f"heavy models on {engine}", rows, read, product.published_bytes(warehouse), found)


def unequal(one: Path, other: Path) -> list[str]:
    """Heavy tables that differ between two warehouses."""
    names = engines.heavy_tables(dbt.graph(Settings(warehouse=one))["nodes"])
    found = engines.compare(one / "trade.duckdb", other / "trade.duckdb", names, same_landing=False)
    return [difference.table for difference in found if not engines.is_equal(difference)]


def main(
    rows: Annotated[
        list[int] | None, typer.Option("--rows", help="Rows of a file; several sizes are measured.")
    ] = None,
    years: Annotated[int, typer.Option(min=1, help="Files the rows are split over, one a year.")] = 1,
    memory_limit: Limit = "4GB",
    threads: Threads = 2,
    out: Out = ROOT / "warehouse" / "bench" / "spark",
) -> None:
    """Measure both engines; leave benchmark.json and .md. Exit code 1 where a run failed or a heavy table differs."""
    shutil.rmtree(out, ignore_errors=True)
    facts, found, differing = machine(memory_limit, threads), [], 0
    for size in rows or [200_000, 2_000_000]:
        inbox = out / "files"
        for number in range(years):
            files.write_baci(inbox, FIRST_YEAR + number, size // years)
        warehouses = [out / f"{engine}-{size}" for engine in ENGINES]
        for engine, warehouse in zip(ENGINES, warehouses, strict=True):
            found.append(run(warehouse, inbox, engine, size // years * years, memory_limit, threads))
            write(out, facts, found)
        if any(one.exit_code for one in found):
            break
        others = unequal(*warehouses)
        differing += len(others)
        typer.echo(f"{size:,} rows: {'other rows in ' + ', '.join(others) if others else 'equal in every heavy table'}")
        for folder in (inbox, *warehouses):
            shutil.rmtree(folder)
    typer.echo((out / "benchmark.md").read_text(encoding="utf-8"))
    raise typer.Exit(1 if differing or any(one.exit_code for one in found) else 0)


if __name__ == "__main__":
    typer.run(main)
