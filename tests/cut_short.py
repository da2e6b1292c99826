"""A backfill that kills itself, as `kill -9` does, at the n-th time it comes to a place: `python -m tests.cut_short`.

Arguments: the place, the count, and the request as JSON. Without a place it runs to its end. It works on the
warehouse of the environment and calls what the flow calls, without Prefect.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from flows.ingest import ingest
from flows.ingest.backfill import Request
from flows.ledger import Ledger
from flows.settings import get_settings
from flows.steps import fetch, land

WHERE: dict[str, tuple[Any, str]] = {
    "received, not stored": (fetch, "_check_transport"),
    "bytes stored, no sidecar": (Ledger, "_write_sidecar"),
    "before a rename": (Path, "replace"),
    "table filled, not committed": (land, "_register"),
    "landed, not told": (land, "restate"),
}
PLACES = [
    ("received, not stored", 1),
    ("received, not stored", 3),
    ("bytes stored, no sidecar", 3),
    ("before a rename", 5),
    ("table filled, not committed", 1),
    ("landed, not told", 2),
    ("table filled, not committed", 2),
]
"""Kills one after the other on one warehouse, each when a little more is done. Of the twelve files of the request at
most two are stored before each of the first four, however fast the publishers answer, so that every place is come to.
"""


def kill_at(place: str, count: int) -> None:
    """Replace the function of that place by one that kills this process at its `count`-th call."""
    owner, name = WHERE[place]
    original: Callable[..., Any] = getattr(owner, name)
    calls = itertools.count(1)

    def counted(*arguments: Any, **options: Any) -> Any:
        if next(calls) == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments, **options)

    setattr(owner, name, counted)


def main() -> None:
    """Backfill as asked."""
    place, count, asked = sys.argv[1], int(sys.argv[2]), Request.model_validate_json(sys.argv[3])
    ledger = Ledger(asked.over(get_settings()))
    if place:
        kill_at(place, count)
    with ledger.writing():
        ledger.tidy()
        land.prepare(ledger.settings)
        run = ledger.start("backfill", {}, "")
        plan = fetch.plan(ledger.settings, ledger, asked.sources, span=asked.span)
        fetch_one = partial(fetch.fetch_partition, ledger.settings, ledger)
        ingest.ingest(ledger, run, plan, fetch_one, partial(land.land_file, ledger.settings, ledger), lambda _: None)
        ledger.finish(run, *ingest.ending(run))


if __name__ == "__main__":
    main()
