"""What a monitor watches, in the text format of Prometheus: age of the release, ends of runs, the gate, quotas."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flows.contracts import load_contracts
from flows.ledger import Ledger, RunHead, utc_now
from flows.records import KINDS_ON_RECORD
from flows.transport.answers import is_block
from flows.transport.turns import Turns

_HELP = {
    "entrepot_release_age_seconds": "Seconds since the published release was made.",
    "entrepot_last_run_age_seconds": "Seconds since the last run ended, by its kind.",
    "entrepot_last_run_ok": "Whether the last run of a kind ended well: 1, or 0 where it failed or was interrupted.",
    "entrepot_last_gate_ok": "Whether the last candidate that was judged passed the release gate.",
    "entrepot_failed_partitions": "Partitions that failed in the last run of a kind.",
    "entrepot_requests_today": "Requests sent to a publisher's host today (UTC).",
    "entrepot_requests_left": "Requests a publisher's host still grants today (UTC); none for a host without a limit.",
}
_BAD = ("failed", "gate_failed", "interrupted")


def text(ledger: Ledger) -> str:
    """All of it; a number that is not known is left out, not set to zero."""
    lines: list[str] = []
    samples = list(_samples(ledger, utc_now()))
    for name, said in _HELP.items():
        found = [(labels, value) for metric, labels, value in samples if metric == name]
        if found:
            lines += [f"# HELP {name} {said}", f"# TYPE {name} gauge"]
            lines += [f"{name}{labels} {value:.15g}" for labels, value in found]
    return "".join(f"{line}\n" for line in lines)


def _samples(ledger: Ledger, now: datetime) -> Iterator[tuple[str, str, float]]:
    published = ledger.published_run_id()
    if (head := next((head for head in ledger.newest() if head.run_id == published), None)) is not None:
        yield "entrepot_release_age_seconds", "", _age(head, now)
    last = ledger.last_of_each_kind()
    for kind, run in sorted((kind, last[kind]) for kind in last.keys() & KINDS_ON_RECORD):
        labels = f'{{kind="{kind}"}}'
        yield "entrepot_last_run_age_seconds", labels, _age(run, now)
        yield "entrepot_last_run_ok", labels, run.state not in _BAD
        yield "entrepot_failed_partitions", labels, len(run.failed)
    if (judged := ledger.last_judged()) is not None:
        yield "entrepot_last_gate_ok", "", judged.state != "gate_failed"
    yield from _quotas(ledger, now)


def _quotas(ledger: Ledger, now: datetime) -> Iterator[tuple[str, str, float]]:
    turns = Turns(ledger.settings, lambda seconds: None)
    contracts = load_contracts(ledger.settings.contracts).values()
    for host in sorted({host for contract in contracts for host in contract.hosts}):
        use, budget, labels = turns.use(host), turns.budget(host), f'{{host="{host}"}}'
        yield "entrepot_requests_today", labels, use.requests
        if budget is not None:
            is_closed = use.closed_until is not None and is_block(use.closed_until, now)
            yield "entrepot_requests_left", labels, 0 if is_closed else max(0, budget - use.requests)


def _age(run: RunHead, now: datetime) -> float:
    """Seconds since a run ended; 0 where the clock has been set back since."""
    return max(0, round((now - (run.finished_at or run.started_at)).total_seconds()))
