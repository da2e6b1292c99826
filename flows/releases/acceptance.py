"""Answering the release gate: rows of a check are accepted for a time, listed, and withdrawn."""

from __future__ import annotations

import pwd
import secrets
from collections.abc import Iterable
from datetime import date
from os import getuid
from pathlib import Path
from typing import Any

from expectations.acceptance import Acceptance, SignedRow
from expectations.checks import Result
from expectations.thresholds import ACCEPTED_ROWS
from flows.errors import EntrepotError
from flows.ledger import Ledger, Run, is_folder_name, utc_now
from flows.releases import gate_report
from flows.releases.place import built_file, release_path
from flows.settings import Settings

ALL = "all"
_SHOWN_KEYS = 5


def person() -> str:
    """Who works here, by the system's list of users; an empty text where it does not know."""
    try:
        return pwd.getpwuid(getuid()).pw_name
    except KeyError:
        return ""


def accept(
    ledger: Ledger, check: str, rows: Iterable[str], until: date, reason: str, accepted_by: str, run_id: str = ""
) -> Acceptance:
    """Accept rows that fail `check`, by their keys or "all", up to and with the day `until` (UTC).

    They are looked up in the newest run whose gate found the check failing, or in `run_id`. Raises EntrepotError where
    there is no such run or row, the day has passed, or reason or person are missing. Nothing is judged again here.
    """
    if until < ledger.now().date():
        raise EntrepotError(f"{until} has passed; name a day from {ledger.now().date()} on.")
    if not reason.strip() or not accepted_by.strip():
        raise EntrepotError("An acceptance says why the rows are right (--why) and who accepts them (--by).")
    run, result = _found_failing(ledger, check, run_id)
    signed = _chosen(check, list(rows), _failing_rows(ledger.settings, run, result))
    acceptance = Acceptance(
        acceptance_id=f"{ledger.now():%Y%m%d}-{secrets.token_hex(3)}",
        check=check,
        rows=signed,
        until=until,
        reason=reason.strip(),
        accepted_by=accepted_by.strip(),
        accepted_at=ledger.now(),
        run_id=run.run_id,
    )
    with ledger.writing("accept"):
        ledger.save_acceptance(acceptance)
    return acceptance


def withdraw(ledger: Ledger, acceptance_id: str, withdrawn_by: str) -> Acceptance:
    """Withdraw an acceptance: its rows count as failing again. The record of it stays.

    Raises EntrepotError where there is none of that name that still counts, or where it ships with the project.
    """
    known = {each.acceptance_id: each for each in ledger.acceptances()}
    found = known.get(acceptance_id) if is_folder_name(acceptance_id) else None
    if found is None or found.withdrawn_at is not None:
        raise EntrepotError(f"There is no acceptance {acceptance_id!r} to withdraw; `entrepot accepted` lists them.")
    if found.is_shipped:
        raise EntrepotError(
            f"{acceptance_id} ships with the project; take its rows out of expectations/accepted_rows.csv."
        )
    withdrawn = found.model_copy(update={"withdrawn_by": withdrawn_by, "withdrawn_at": ledger.now()})
    with ledger.writing("withdraw"):
        ledger.save_acceptance(withdrawn)
    return withdrawn


def table(acceptances: Iterable[Acceptance], everything: bool = False) -> list[dict[str, Any]]:
    """One row per acceptance that counts today; with `everything` also those that are withdrawn or over."""
    today = utc_now().date()
    return [
        {
            "acceptance": each.acceptance_id,
            "check": each.check,
            "rows": len(each.rows),
            "until": str(each.until),
            "by": each.accepted_by,
            "on": f"{each.accepted_at:%Y-%m-%d}",
            "state": _state(each, today),
            "why": each.reason,
        }
        for each in acceptances
        if everything or each.counts_on(today)
    ]


def _state(each: Acceptance, today: date) -> str:
    if each.withdrawn_at is not None:
        return f"withdrawn on {each.withdrawn_at:%Y-%m-%d} by {each.withdrawn_by}"
    return "counts" if each.counts_on(today) else "over"


def _found_failing(ledger: Ledger, check: str, run_id: str) -> tuple[Run, Result]:
    """The run in which the gate found `check` failing, the newest if none is named, and what it found."""
    runs = [ledger.run(run_id)] if run_id else list(reversed(ledger.runs()))
    for run in runs:
        results = [result for result in gate_report.results_of(run) if result.check.name == check]
        if results and results[0].check.kind == "dbt":
            raise EntrepotError(
                f"{check} is a test of dbt, whose rows cannot be accepted; correct the figures instead."
            )
        if results and results[0].keys:
            return run, results[0]
        if results and not run_id:
            break
    where = f"in run {run_id}" if run_id else "in the newest run that was judged"
    raise EntrepotError(
        f"No check {check!r} fails {where}, so there is nothing to accept; `entrepot status` shows what failed."
    )


def _failing_rows(settings: Settings, run: Run, result: Result) -> list[SignedRow]:
    """All rows that fail: as recorded where they were few, else asked of the file again."""
    if result.failing_rows <= len(result.keys):
        return [SignedRow(key=key, row=row) for key, row in zip(result.keys, result.sample, strict=True)]
    settings.prepare_process()
    from expectations.release import offending_rows  # here, because the import takes seconds

    release = _judged_file(settings, run)
    previous = release_path(settings, run.compared_with) if run.compared_with else None
    if previous is not None and not previous.is_file():
        previous = None
    found = offending_rows(
        result.check.name,
        release,
        previous,
        settings.memory_limit,
        settings.threads,
        ACCEPTED_ROWS + len(result.accepted) + 1,
    )
    accepted = {each.row_key for each in result.accepted}
    return [row for row in found if row.key not in accepted]


def _judged_file(settings: Settings, run: Run) -> Path:
    if path := built_file(settings, run.run_id):
        return path
    raise EntrepotError(f"Neither the candidate nor the release of run {run.run_id} is there any more; run again.")


def _chosen(check: str, keys: list[str], failing: list[SignedRow]) -> list[SignedRow]:
    """The failing rows of these keys, all of them for "all". Raises EntrepotError where a key is of none."""
    if keys == [ALL]:
        if len(failing) > ACCEPTED_ROWS:
            raise EntrepotError(
                f"More than {ACCEPTED_ROWS:,} rows fail {check}: too many for anybody to have looked at. Correct what "
                "they come from, or take it out."
            )
        return failing
    known = {row.key for row in failing}
    if unknown := [key for key in keys if key not in known]:
        some = "; ".join(sorted(known)[:_SHOWN_KEYS])
        raise EntrepotError(f"No row {unknown[0]!r} fails {check}. Rows that do: {some}.")
    if not keys:
        raise EntrepotError("Name the rows with --rows, as the failing check shows them, or say --rows all.")
    return [row for row in failing if row.key in keys]
