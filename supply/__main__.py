"""`make audit-lock`: every locked package with its licence, and what is known of its vulnerabilities."""

from __future__ import annotations

import sys

import typer
from rich.console import Console
from rich.table import Table

from flows.settings import ROOT
from supply import licences, vulnerabilities

LOCK = ROOT / "requirements-dev.lock"  # holds what running needs, in the same versions
FOUND, NOT_CHECKED = 1, 2


def main() -> None:
    """List the packages of the lock; exit code 1 where a vulnerability is known, 2 where none was looked for."""
    packages = licences.packages(LOCK)
    table = Table("package", "version", "licence")
    for package in packages:
        table.add_row(package.name, package.version, package.licence or "not said, or not installed here")
    console = Console(width=None if sys.stdout.isatty() else 120, markup=False)
    console.print(table)
    answer = vulnerabilities.ask(LOCK)
    for known in answer.known:
        console.print(f"{known.package} {known.version}: {known.vulnerability}, mended in {known.mended_in}")
    console.print(answer.sentence)
    raise typer.Exit(FOUND if answer.known else 0 if answer.asked else NOT_CHECKED)


if __name__ == "__main__":
    typer.run(main)
