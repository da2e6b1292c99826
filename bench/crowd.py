"""A crowd of readers: processes that ask, pause and ask again, and what all of them met.

It needs nothing but Python, so that it serves other environments as well.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

QUESTIONS = (
    "select partner_code, value_usd, rank from {marts}.partner_rank where reporter_code = 'CHN' and year_number = 2023",
    "select count(*), max(period_code) from {marts}.indicator where reporter_code = 'RUS'",
    "select count(*) from {core}.dim_product where product_name like '%wheat%'",
)
"""Three a dashboard asks, by the names of the two schemas."""

Visit = Callable[[], list[object]]
"""Ask a few questions; the marks of the releases that answered, one for each table."""


@dataclass
class Met:
    """What readers met: how long visits took (seconds), errors, visits answered by two releases, releases seen."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    releases: set[object] = field(default_factory=set)

    def add(self, other: Met) -> None:
        """Count what another reader met too."""
        self.seconds += other.seconds
        self.errors += other.errors
        self.torn += other.torn
        self.releases |= other.releases

    def told(self, readers: int) -> str:
        """A row of a Markdown table: readers, visits, median, 95th percentile and longest, releases, errors, torn."""
        at = sorted(self.seconds) or [float("nan")]
        parts = (statistics.median(at), at[int(len(at) * 0.95) - 1], at[-1])
        times = " | ".join(f"{1000 * part:,.0f} ms" for part in parts)
        error = f" e.g. {self.errors[0]}" if self.errors else ""
        counts = f"{len(self.releases)} | {len(self.errors)} | {len(self.torn)}{error}"
        return f"| {readers} | {len(self.seconds):,} | {times} | {counts} |"


def ask(execute: Callable[[str], Any], marked: Sequence[str], marts: str, core: str) -> list[object]:
    """Ask the questions; the marks of the release in the tables `marked` before them, and of the last one after."""
    numbers = [f"select number from {mark}" for mark in marked]
    marks = [execute(number).fetchone()[0] for number in numbers]
    for question in QUESTIONS:
        execute(question.format(marts=marts, core=core)).fetchall()
    return [*marks, execute(numbers[-1]).fetchone()[0]]


HEAD = (
    "| readers | visits | median | 95 % within | longest | releases met | errors | of two releases |\n"
    "|--:|--:|--:|--:|--:|--:|--:|--:|"
)


def crowd(make: Callable[[], Visit], readers: int, pause: float, meanwhile: Callable[[], object]) -> Met:
    """Let `readers` processes visit without end, each pausing `pause` seconds on average, until `meanwhile` is done.

    `make` is called in the process of each reader: a connection does not outlive a fork. All have connected when
    `meanwhile` begins.
    """
    context = multiprocessing.get_context("fork")
    go, stop, ready = context.Event(), context.Event(), context.Semaphore(0)
    told, turn = context.SimpleQueue(), context.Lock()

    def read() -> None:
        os.nice(5)
        met, chance = Met(), random.Random()  # noqa: S311  no secret
        with turn:  # to connect is no visit, and all of them do not come at once
            first = make()
            first()
        visit: Visit | None = first
        ready.release()
        go.wait()
        stop.wait(chance.uniform(0.0, pause))
        while not stop.is_set():
            begun = time.perf_counter()
            try:
                if visit is None:
                    visit = make()
                marks = visit()
                met.seconds.append(time.perf_counter() - begun)
                met.releases.update(marks)
                met.torn += [str(marks)] if len(set(marks)) != 1 else []
            except Exception as error:  # noqa: BLE001  whatever a reader meets is counted
                met.errors.append(repr(error)[:200])
                visit = None
            stop.wait(chance.uniform(0.0, 2 * pause))
        told.put(met)

    processes = [context.Process(target=read, daemon=True) for _ in range(readers)]
    for process in processes:
        process.start()
    for _ in processes:
        while not ready.acquire(timeout=5):
            assert all(each.exitcode is None for each in processes), "a reader could not connect"
    whole = Met()
    go.set()
    try:
        meanwhile()
    finally:
        stop.set()
        for _ in processes:
            whole.add(told.get())
    return whole
