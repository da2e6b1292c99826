"""What the release gate found, for people: what is wrong, the rows, what to do, and what was accepted.

The same for a test of dbt that stopped a build: its results have the same shape.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from expectations.checks import NOT_JUDGED, Result
from flows.contracts import load_contracts
from flows.errors import TOO_LITTLE_MEMORY
from flows.ledger import Ledger, Run, utc_now
from flows.read.raw_record import raw_place
from flows.read.wording.columns import columns_in_words
from flows.read.wording.numbers import plural
from flows.settings import Settings

_FILE, _LINE = "file_id", "line"
_NAMED_ROWS = 3
_ACCEPTED_FOR = timedelta(days=90)


def results_of(run: Run) -> list[Result]:
    """What the gate, or a test of dbt, found in a run."""
    return [Result.model_validate(check) for check in run.checks]


def failing(results: Iterable[Result]) -> list[Result]:
    """What does not hold: errors first."""
    return sorted((result for result in results if not result.passed), key=lambda each: not each.stops_release)


def message(settings: Settings, results: list[Result]) -> str:
    """Why nothing was published: every error in words with its first rows, what to do, and the command that accepts."""
    errors = [result for result in results if result.stops_release]
    parts = [f"Nothing was published: {plural(len(errors), 'check')} failed."]
    for number, result in enumerate(errors, start=1):
        parts.append(f"{number}. {wrong(result)}")
        parts += [f"   Row: {in_words(row)}" for row in rows(settings, result)[:_NAMED_ROWS]]
        parts += [f"   {line}" for line in what_to_do(result)]
    return "\n".join(parts)


def wrong(result: Result) -> str:
    """What is wrong, in words."""
    check = result.check
    if check.kind == "dbt" and not result.failing_rows:
        return f"{check.description}: {result.observed}"
    if not result.failing_rows:
        return f"{check.table} could not be judged: {result.observed.removeprefix(NOT_JUDGED)} ({check.name})."
    number = f"{result.failing_rows:,} row{'s' * (result.failing_rows > 1)}"
    if check.kind == "dbt":
        broken = f"{result.observed or number} of {check.table}"
        return f"A rule is broken by {broken}: {check.description.rstrip('.')} ({check.name})."
    beside = f", and {len(result.accepted):,} accepted" if result.accepted else ""
    fault = check.fault or f"This does not hold: {check.description.rstrip('.')}"  # a record of before faults had words
    return f"{fault}: {plural(result.failing_rows, 'case')}{beside} ({check.name})."


def in_short(settings: Settings, result: Result) -> str:
    """What is wrong, in words, with the first row as an example: a line of progress."""
    first = rows(settings, result)[:1]
    return " ".join([wrong(result), *(f"For example: {in_words(row)}." for row in first)])


def what_to_do(result: Result) -> list[str]:
    """What a person can do about it: a sentence, and where rows can be accepted the command that does."""
    command = accept_command(result)
    if TOO_LITTLE_MEMORY in result.observed:  # which says what to do
        return []
    if result.check.kind == "gate" and not result.failing_rows:
        return ["What to do: build again from nothing with `entrepot run --mode rebuild`; report it if it stays."]
    remedy = f"What to do: {result.check.remedy}" if result.check.remedy else ""
    if not command:
        return [f"{remedy}."] if remedy else []
    return [f"{remedy}:" if remedy else "To accept them:", f"  {command}"]


def accept_command(result: Result) -> str:
    """The command that accepts the rows that fail; an empty text where there is none to accept."""
    if result.check.kind != "gate" or not result.keys:
        return ""
    named = result.keys if result.failing_rows <= _NAMED_ROWS else ["all"]
    rows_given = " ".join(f"--rows {shlex.quote(key)}" for key in named)
    until = utc_now().date() + _ACCEPTED_FOR
    return f'entrepot accept {result.check.name} {rows_given} --until {until} --why "..."'


def rows(settings: Settings, result: Result) -> list[dict[str, Any]]:
    """The failing rows the result shows, each raw file by its path in the warehouse; file and line come last."""
    ledger = Ledger(settings)
    return [_placed(ledger, row) for row in result.sample]


def _placed(ledger: Ledger, row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if not name.endswith((_FILE, _LINE))}
    shown = dict(zip(columns_in_words(kept), kept.values(), strict=True))
    for name, value in row.items():
        if name.endswith(_FILE):
            shown[f"{name.removesuffix(_FILE).replace('_', ' ')}raw file"] = _raw_file(ledger, value)
        elif name.endswith(_LINE):
            of = name.removesuffix(_LINE)
            what, where = _place(ledger, row.get(f"{of}{_FILE}"), value)
            shown[f"{of.replace('_', ' ')}{what}"] = where
    return shown


def _place(ledger: Ledger, file_id: Any, line: Any) -> tuple[str, Any]:
    """What a place in a raw file is called, and which: a line, or of a table with a layout the row of its sheet."""
    try:
        path = str(ledger.raw_path(ledger.raw_file(file_id)).relative_to(ledger.settings.warehouse))
        said = raw_place(ledger.settings, load_contracts(ledger.settings.contracts), file_id, path, line)
    except Exception:  # noqa: BLE001  whatever it is, the number is what the table has
        return "line", line
    what, _, where = said.partition(" ")
    return what, int(where) if where.isdigit() else where


def _raw_file(ledger: Ledger, file_id: Any) -> Any:
    """Path of a raw file from the folder of the warehouse; its id where it is not on record."""
    try:
        path = ledger.raw_path(ledger.raw_file(file_id))
        return str(path.relative_to(ledger.settings.warehouse))
    except Exception:  # noqa: BLE001  whatever it is, the id says which file was meant
        return file_id


def in_words(row: dict[str, Any]) -> str:
    """A row on one line: every value with its name, what is missing left out."""
    return "; ".join(f"{name} {_figure(name, value)}" for name, value in row.items() if value is not None)


def _figure(name: str, value: Any) -> str:
    if isinstance(value, int | float) and name.endswith("USD"):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    if isinstance(value, float):
        return f"{value:,.6f}".rstrip("0").rstrip(".")
    return str(value)


def check_table(results: Iterable[Result]) -> list[dict[str, Any]]:
    """One row per check, what does not hold first."""
    rank = {"error": 0, "warning": 1, "accepted": 2, "passed": 3}
    return [
        {
            "result": result.verdict,
            "check": result.check.name,
            "table": result.check.table,
            "observed": result.observed,
            "expected": result.expected,
        }
        for result in sorted(results, key=lambda each: (rank[each.verdict], each.check.table, each.check.name))
    ]


def accepted_table(results: Iterable[Result]) -> list[dict[str, Any]]:
    """Which failing rows were accepted here: one row per acceptance."""
    counts: Counter[tuple[str, ...]] = Counter(
        (result.check.name, each.acceptance_id, str(each.until), each.accepted_by, each.reason)
        for result in results
        for each in result.accepted
        if not each.is_shipped
    )
    names = ("check", "acceptance", "until", "by", "why")
    return [{"rows": count, **dict(zip(names, key, strict=True))} for key, count in counts.items()]


def told(results: Iterable[Result]) -> list[str]:
    """Signed rows that are not accepted now (they fail no longer, with other amounts, or after the date), one by one;
    in one sentence how many the maintainers accept of what ships with the project.
    """
    judged = list(results)
    over = [(result, each) for result in judged for each in result.signatures if each.state != "accepted"]
    shipped = [each for result in judged for each in result.accepted if each.is_shipped]
    sentences = [f"{result.check.name}: {each.sentence}." for result, each in over]
    if shipped:
        until = min(each.until for each in shipped)
        sentences.append(
            f"{plural(len(shipped), 'row')} of the figures that ship with the project fail and are accepted by their "
            f"maintainers until {until}; `entrepot accepted` says why."
        )
    return sentences


def count_checks(results: Iterable[Result]) -> str:
    """Checks by result, in one line: `116 checks, 0 errors, 3 warnings, 2 rows accepted`."""
    judged = list(results)
    verdicts = Counter(result.verdict for result in judged)
    accepted = sum(len(result.accepted) for result in judged)
    counts = [f"{len(judged)} checks", *(plural(verdicts[kind], kind) for kind in ("error", "warning"))]
    return ", ".join([*counts, f"{plural(accepted, 'row')} accepted"] if accepted else counts)
