"""What people see of an examination: what was repaired, what is wrong and what to do about it, what was looked at."""

from __future__ import annotations

from rich.markup import escape

from flows.cli.terminal import console, print_json, say
from flows.doctor.examination import Examination
from flows.doctor.finding import Finding
from flows.read.wording.numbers import plural

_SHOWN = 10  # of one kind; --json has all


def show(repaired: list[Finding], found: Examination, as_json: bool) -> None:
    """Print an examination, after what was repaired before it."""
    if as_json:
        rows = {"repaired": [each.row() for each in repaired], "findings": [each.row() for each in found.findings]}
        print_json({**rows, "examined": found.counted, "not_examined": found.skipped})
        return
    for finding in repaired:
        console.print(f"[bold green]repaired[/] {escape(finding.said)}")
    kinds = dict.fromkeys(finding.check for finding in found.findings)
    for kind in kinds:
        _show_kind([finding for finding in found.findings if finding.check == kind])
    for phrase in found.skipped:
        console.print(f"[bold yellow]not examined[/] {escape(phrase)}")
    verdict = plural(len(found.findings), "finding") if found.findings else "Nothing is wrong"
    say(f"{verdict}. Examined: {', '.join(found.counted)}.")


def _show_kind(findings: list[Finding]) -> None:
    for finding in findings[:_SHOWN]:
        console.print(f"[bold red]wrong[/] {escape(finding.said)} {escape(finding.advice)}")
    if len(findings) > _SHOWN:
        say(f"and {len(findings) - _SHOWN} more like this; `entrepot doctor --json` lists them all")
