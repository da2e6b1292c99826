"""What a monitor reads: ages, ends, the gate and quotas; what is not known is left out."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from datetime import timedelta

import pytest

from flows import verbs
from flows.ledger import Ledger, Outcome, utc_now
from flows.records import KINDS_ON_RECORD
from flows.releases import metrics
from flows.settings import ROOT, Settings
from flows.transport.turns import Turns
from flows.ui import pages
from tests.serving import free_port

ECB, COMTRADE = "data-api.ecb.europa.eu", "comtradeapi.un.org"


def numbers(ledger: Ledger) -> dict[str, float]:
    """Every line that is no comment, as a monitor reads it."""
    lines = [line for line in metrics.text(ledger).splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r'[a-z_]+(\{[a-z]+="[^"]+"\})? [0-9.e+]+', line) for line in lines), lines
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_an_empty_warehouse_has_no_release_and_no_run(ledger: Ledger) -> None:
    found = numbers(ledger)
    assert not [name for name in found if "release" in name or "run" in name or "gate" in name]
    assert found[f'entrepot_requests_today{{host="{ECB}"}}'] == 0
    assert f'entrepot_requests_left{{host="{ECB}"}}' not in found, "it has no limit"


def test_ends_of_runs_the_gate_and_quotas_are_told(ledger: Ledger, settings: Settings) -> None:
    run = ledger.start("ingest", {}, "")
    run.outcomes = [Outcome(source="ecb", table="t", partition="p", outcome="failed")]
    ledger.finish(run, "ingested", "")
    stopped = ledger.start("run", {}, "")
    stopped.checks = [{"check": "x"}]
    ledger.finish(stopped, "gate_failed", "")
    turns = Turns(settings, lambda seconds: None)
    turns.take(COMTRADE)
    found = numbers(ledger)
    assert found['entrepot_last_run_ok{kind="ingest"}'] == 1
    assert found['entrepot_failed_partitions{kind="ingest"}'] == 1
    assert found['entrepot_last_run_ok{kind="run"}'] == found["entrepot_last_gate_ok"] == 0
    assert 0 <= found['entrepot_last_run_age_seconds{kind="run"}'] < 60
    budget = turns.budget(COMTRADE)
    assert budget is not None
    assert found[f'entrepot_requests_left{{host="{COMTRADE}"}}'] == budget - 1


def test_no_age_is_below_zero_where_the_clock_was_set_back(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.finish(ledger.start("ingest", {}, ""), "ingested", "")
    monkeypatch.setattr(metrics, "utc_now", lambda: utc_now() - timedelta(days=2))
    assert numbers(ledger)['entrepot_last_run_age_seconds{kind="ingest"}'] == 0


def test_an_age_of_months_is_told_to_the_second(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.finish(ledger.start("ingest", {}, ""), "ingested", "")
    monkeypatch.setattr(metrics, "utc_now", lambda: utc_now() + timedelta(seconds=12_345_678))
    assert 0 <= numbers(ledger)['entrepot_last_run_age_seconds{kind="ingest"}'] - 12_345_678 < 60


def test_what_leaves_a_record_only_where_it_waited_in_vain_is_not_called_failed_for_ever(ledger: Ledger) -> None:
    for kind in ("export", "backup", "run"):
        ledger.refuse(kind, "Another process is writing.")
    found = [name for name in numbers(ledger) if name.startswith("entrepot_last_run_ok")]
    assert found == ['entrepot_last_run_ok{kind="run"}']


def test_retention_that_was_refused_is_no_failure_once_it_has_been_done(ledger: Ledger) -> None:
    ledger.refuse("retention", "Another process is writing.")
    assert numbers(ledger)['entrepot_last_run_ok{kind="retention"}'] == 0
    verbs.retain(ledger, keep=5, dry_run=False)
    assert numbers(ledger)['entrepot_last_run_ok{kind="retention"}'] == 1


def test_the_kinds_on_record_are_those_the_code_records() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "flows").rglob("*.py")]
    found = {kind for text in texts for kind in re.findall(r'(?:recorded\(ledger, |ledger\.start\()"(\w+)"', text)}
    assert found == KINDS_ON_RECORD


def test_the_pages_have_them_at_the_paths_monitors_expect_and_nothing_else(settings: Settings) -> None:
    shown = pages.show_pages(settings, free_port())
    with urllib.request.urlopen(f"{shown}/healthz") as answer:
        assert (answer.status, answer.read()) == (200, b"ok\n")
    with urllib.request.urlopen(f"{shown}/metrics") as answer:
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert b"# TYPE entrepot_requests_today gauge\n" in answer.read()
    with urllib.request.urlopen(f"{shown}/metrics?collect=all") as answer:
        assert answer.status == 200, "a monitor may be told to ask with parameters"
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{shown}/metrics/x")
