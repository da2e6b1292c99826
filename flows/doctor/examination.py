"""An examination of the whole warehouse, and the repair of what it found."""

from __future__ import annotations

from dataclasses import dataclass

from flows.doctor import landed_rows, leftovers, raw_files, release_files, surroundings
from flows.doctor.finding import Finding, Part
from flows.ledger import Ledger


@dataclass(frozen=True)
class Examination:
    """What is wrong, what was looked at, and what could not be looked at; the last two as phrases."""

    findings: list[Finding]
    counted: list[str]
    skipped: list[str]


def examine(ledger: Ledger, we_write: bool = False) -> Examination:
    """Look at everything and change nothing. Every raw file and release is read to its end.

    `we_write` is whether this process holds the writer's lock.
    """
    raw = raw_files.examine(ledger)
    parts: list[Part] = [
        raw,
        landed_rows.examine_log(ledger.settings),
        landed_rows.examine(ledger, raw_is_sound=not raw.findings),
        release_files.examine(ledger),
        leftovers.examine(ledger, we_write),
        surroundings.examine(ledger),
    ]
    return Examination(
        [finding for part in parts for finding in part.findings],
        [phrase for part in parts for phrase in part.counted],
        [phrase for part in parts for phrase in part.skipped],
    )


def repair(ledger: Ledger) -> tuple[list[Finding], Examination]:
    """Repair what loses nothing, under the writer's lock; what was repaired, and how all is afterwards.

    Raises WriterBusy where another process writes.
    """
    looked_at = (leftovers.examine(ledger), surroundings.examine(ledger))  # to take the lock repairs some of it
    with ledger.writing("doctor"):
        before = examine(ledger, we_write=True).findings  # nothing of it can change any more while it is repaired
        for finding in before:
            if finding.repair is not None:
                finding.repair()
    after = examine(ledger)
    left = {(finding.check, finding.place) for finding in after.findings}  # what is said of one may tell the time
    noticed = [finding for part in looked_at for finding in part.findings]
    found = {(finding.check, finding.place): finding for finding in [*noticed, *before]}
    return [finding for known, finding in found.items() if known not in left], after
