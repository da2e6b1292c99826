"""What must hold after a fault, whatever it was; each broken promise is a sentence."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb

from flows.cli import run_report
from flows.doctor.examination import examine
from flows.ledger import Ledger
from tests.faults.world import Small, content


def raw_files(warehouse: Path) -> dict[str, str]:
    """Every file of the raw store that has a record, and its SHA-256."""
    raw = warehouse / "raw"
    paths = [path for path in raw.glob("[!.]*/*/*/[!.]*") if path.is_file()]
    known = {path.parent / path.stem for path in paths if path.suffix == ".json" and path.name.count(".") == 1}
    bytes_of = [path for path in paths if path.parent / path.name.partition(".")[0] in known and path.suffix != ".json"]
    return {str(path.relative_to(raw)): hashlib.sha256(path.read_bytes()).hexdigest() for path in bytes_of}


def published_sha256(warehouse: Path) -> str:
    """Hash of the published file; an empty text where there is none."""
    link = warehouse / "trade.duckdb"
    return hashlib.sha256(link.read_bytes()).hexdigest() if link.exists() else ""


def promises(small: Small, old_sha256: str, raw_before: dict[str, str]) -> tuple[str, list[str]]:
    """Whether the old or the new file is published after a fault, before anybody has put anything in order, and what is
    broken.

    The published file is the old or the new one, readers open it, `status` says what is so, no raw file is lost.
    """
    settings, broken = small.settings, []
    ledger = Ledger(settings)
    here = published_sha256(settings.warehouse)
    new = {run.candidate_sha256 for run in ledger.runs() if run.candidate_sha256}
    if here != old_sha256 and here not in new:
        broken.append("the published file is neither the old nor the new one")
    try:
        with duckdb.connect(str(settings.published), read_only=True) as con:
            con.execute("select count(*) from meta.dictionary").fetchall()
    except duckdb.Error as error:
        broken.append(f"readers cannot open the published file: {error}")
    broken += _status(ledger, here, old_sha256)
    raw = raw_files(settings.warehouse)
    broken += [f"lost in raw/: {name}" for name, sha256 in raw_before.items() if raw.get(name) != sha256]
    return "old" if here == old_sha256 else "new", broken


def _status(ledger: Ledger, here: str, old_sha256: str) -> list[str]:
    """What `status` says against what is so."""
    told = run_report.status(ledger)
    broken = []
    if told["published"] != ledger.published_run_id():
        broken.append("status names another release than the link leads to")
    for run in told["runs"]:
        is_published = run["run_id"] == told["published"]
        if run["state"] == "running":
            broken.append("status says that a run goes on whose process is gone")
        if is_published and run["state"] != "published":
            broken.append(f"status calls the published release {run['state']}")
        if run["state"] == "published" and not is_published and here == run["candidate_sha256"]:
            broken.append("status calls a run published that is not")
    newest = told["runs"][-1]
    if here == old_sha256 and newest["state"] == "published" and newest["run_id"] != told["published"]:
        broken.append("status calls a run published whose release is not out")
    return broken


def completes(small: Small, raw_before: dict[str, str], expected: dict[str, Any], run: Any) -> list[str]:
    """What is broken after the next run: it publishes, what it publishes is as expected, nothing is left to mend."""
    settings, broken = small.settings, []
    if not run or run["state"] not in ("published", "nothing_to_do"):
        return [f"the next run did not complete: {run}"]
    found = json.loads(json.dumps(content(settings.warehouse), default=str))
    broken += [f"{name} is not as after an undisturbed run" for name in expected if found.get(name) != expected[name]]
    raw = raw_files(settings.warehouse)
    broken += [f"lost in raw/: {name}" for name, sha256 in raw_before.items() if raw.get(name) != sha256]
    broken += [f"doctor: {finding.said}" for finding in examine(Ledger(settings)).findings]
    return broken
