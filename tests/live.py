"""Live runs up to landing, as the flow makes them but without Prefect, and what they leave in landed.duckdb."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from flows.errors import EntrepotError
from flows.ingest import ingest
from flows.ledger import Ledger, Outcome, Run, utc_now
from flows.settings import Settings
from flows.sources.base import Partition
from flows.steps import fetch, land
from flows.steps.fetching.span import Span
from flows.transport.http import Http

LITTLE: dict[str, Any] = {
    "reporters": ("CHN",), "frequencies": ("A",), "currencies": ("USD", "CNY"), "indicators": ("SP.POP.TOTL",),
    "http_tries": 2,
}  # fmt: skip
"""Settings by which every live source is asked for little."""

NOBODY: dict[str, Any] = {"stand_in": "http://127.0.0.1:9", "http_tries": 1}
"""Settings by which no publisher can be reached: nothing answers there."""


def query(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query of what has landed."""
    with land.landed(settings) as con:
        return con.execute(sql).fetchall()


def live_run(settings: Settings, sources: Iterable[str], span: Span | None = None) -> Run:
    """One run; waits for a server are not waited, and a run that must stop has done all the rest before.

    landed.duckdb stays open meanwhile: to open it anew for each step takes longer than most of the steps here.
    """
    ledger = Ledger(settings)
    http = Http(settings, ledger, sleep=lambda seconds: None)
    with ledger.writing(), land.landed(settings):
        ledger.tidy()
        land.prepare(settings)
        run = ledger.start("run", {}, "")
        plan = fetch.plan(settings, ledger, sources, http=http, span=span)
        fetch_one = partial(fetch.fetch_partition, settings, ledger, http=http)
        land_one = partial(land.land_file, settings, ledger)
        try:
            ingest.ingest(ledger, run, plan, fetch_one, land_one, lambda outcome: None)
            return ledger.finish(run, *ingest.ending(run))
        except EntrepotError as error:
            return ledger.finish(run, "failed", str(error))


def open_again(settings: Settings, host: str) -> None:
    """Let `host` be asked again that has said when its quota is replenished: that time has come."""
    Http(settings, Ledger(settings)).turns.close(host, utc_now())


def landing(
    settings: Settings,
    sources: Iterable[str] | None,
    span: Span | None = None,
    wanted: Callable[[Partition], bool] = lambda partition: True,
) -> list[Outcome]:
    """Fetch what is `wanted` one partition after the other and land it, to the end whatever fails; the outcomes, of
    sources that could not be reached too.
    """
    ledger = Ledger(settings)
    http = Http(settings, ledger, sleep=lambda seconds: None)
    with land.landed(settings):
        land.prepare(settings)
        plan = fetch.plan(settings, ledger, sources, http=http, span=span)
        fetched = [fetch.fetch_partition(settings, ledger, part, http) for part in plan.fetch if wanted(part)]
        for record in land.pending(settings, ledger):
            land.land_file(settings, ledger, record)
        return [*plan.unreachable, *land.restate_all(settings, [*fetched, *plan.kept])]


def outcomes(run: Run) -> dict[str, str]:
    """Outcome by partition, written source/partition."""
    return {f"{outcome.source}/{outcome.partition}": outcome.outcome for outcome in run.outcomes}


def current(settings: Settings, table: str) -> list[tuple[Any, ...]]:
    """The current rows of a landed table, without the file they stand in."""
    (rows,) = current_of(settings, [table])
    return rows


def current_of(settings: Settings, tables: Iterable[str]) -> list[list[tuple[Any, ...]]]:
    """The same of each of these tables."""
    with land.landed(settings) as con:
        return [
            con.execute(
                f"select record.* exclude (file_id, line) from raw.{table} as record "
                "inner join raw.file as file on record.file_id = file.file_id and file.is_current order by all"
            ).fetchall()
            for table in tables
        ]
