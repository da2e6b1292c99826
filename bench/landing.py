"""What a million records cost from the file to typed rows: received, checked, landed, with no build behind them.

As a program it does that for the files of a folder, in a warehouse of its own, and says where a step begins.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from bench import files
from bench.measure import Step, measure
from bench.results import PART, Result, result
from flows.ledger import Ledger
from flows.settings import Settings
from flows.sources.comtrade.answer import row_count
from flows.steps import fetch, land
from flows.transport.answers import Answer

YEAR = 2019
STEPS = (Step("start"), *(Step(name, line=f"^step: {name}$") for name in ("plan", "count", "receive", "land", "end")))


def write_stored_answers(folder: Path, year_number: int, records: int) -> None:
    """UN Comtrade's answers as `fetch` stores those of one dataset: one below the other in a file."""
    pages = files.write_comtrade_pages(folder, year_number, records)
    with (folder / f"comtrade_stored_{year_number}.jsonl").open("wb") as stored:
        for page in pages:
            stored.write(page.read_bytes() + b"\n")
            page.unlink()


KINDS: dict[str, Callable[[Path, int, int], object]] = {
    f"{PART}BACI CSV": files.write_baci,
    f"{PART}Comtrade 47-column CSV": files.write_comtrade_csv,
    f"{PART}Comtrade JSON, a file an answer": files.write_comtrade_pages,
    f"{PART}Comtrade JSON, a file a dataset": write_stored_answers,
}


def measured(out: Path, records: int, memory_limit: str, threads: int) -> list[Result]:
    """Each kind of file landed once, in a process of its own."""
    found = []
    for kind, write in KINDS.items():
        folder = out / "work" / "landing"
        shutil.rmtree(folder, ignore_errors=True)
        write(folder / "files", YEAR, records)
        read = sum(file.stat().st_size for file in (folder / "files").iterdir())
        command = [sys.executable, "-m", "bench.landing", str(folder), memory_limit, str(threads)]
        cost = measure(command, folder, STEPS)
        landed = folder / "landed.duckdb"
        found.append(result(kind, records, read, landed.stat().st_size if landed.exists() else 0, cost))
        name = kind.lower().replace(",", "").replace(" ", "-")
        (out / f"{name}-{records}.log").write_text("\n".join(cost.output) + "\n", encoding="utf-8")
        shutil.rmtree(folder)
    return found


def main(folder: Path, memory_limit: str, threads: int) -> None:
    """Fetch and land the files of `folder` in a warehouse there; the rows that landed are printed."""
    (folder / "files").rename(folder / "inbox")
    settings = Settings(warehouse=folder, memory_limit=memory_limit, threads=threads)
    ledger = Ledger(settings)
    land.prepare(settings)
    step("plan")
    partitions = [partition for partition in fetch.plan(settings, ledger).fetch if partition.is_dropped]
    step("count")
    for path in settings.inbox.glob("*.json*"):  # as an answer is counted before it is stored
        with path.open("rb", buffering=1 << 24) as answers:
            for answer in answers:
                row_count(Answer(url=path.name, status=200, headers={}, content=answer))
    step("receive")
    for partition in partitions:
        fetch.fetch_partition(settings, ledger, partition)
    step("land")
    outcomes = [land.land_file(settings, ledger, record) for record in land.pending(settings, ledger)]
    step("end")
    print(f"{sum(outcome.rows or 0 for outcome in outcomes)} rows landed")
    if any(outcome.outcome == "failed" or outcome.rejects for outcome in outcomes) or not outcomes:
        sys.exit("Not every file landed whole.")


def step(name: str) -> None:
    """Say that a step begins."""
    print(f"step: {name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
