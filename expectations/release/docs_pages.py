"""Data Docs that need no other network: pages without outside assets, and a plain index of what was checked.

Great Expectations fills its pages with style sheets, scripts and pictures of other hosts, and its index is drawn by one
of these scripts: on a machine without the internet it is empty. What it writes of each check is plain HTML, and stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

_OUTSIDE = re.compile(
    r"<script\b.*?</script>"  # those of other hosts, and those that need them
    r'|<link\b[^>]*\bhref="https?://[^>]*>'
    r'|<img\b[^>]*\bsrc="https?://[^>]*>'
    r"|<footer>.*?</footer>",  # an invitation to a newsletter
    re.DOTALL,
)
_STYLE = """<style>
  :root { color-scheme: light dark; }
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 72rem; margin: 1.5rem auto; padding: 0 1rem; }
  table { border-collapse: collapse; margin: .5rem 0 1.5rem; }
  th, td { border-bottom: 1px solid #8886; padding: .25rem .75rem .25rem 0; text-align: left; vertical-align: top; }
  td.n, th.n { text-align: right; }
  .table-responsive, .scroll { overflow-x: auto; }
  .sticky .card, .modal, [data-toggle="collapse"] { display: none; }
  .fa-check-circle::before { content: "passed"; }
  .fa-times::before { content: "not passed"; }
  .fa-exclamation-triangle::before { content: "could not be asked"; }
</style>
"""
_HEADS = "<th>Table</th>{}<th>Pages</th>".format(
    "".join(f'<th class="n">{head}</th>' for head in ("Checks", "Passed", "Not passed"))
)


@dataclass(frozen=True)
class Checked:
    """What was checked of one table: its name, how many checks, how many of them passed, and its two pages."""

    table: str
    checks: int
    passed: int
    result: str
    suite: str


def stand_alone(folder: Path, tables: list[Checked]) -> None:
    """Take what is of other hosts out of every page in `folder`, and put an index of `tables` on top."""
    for page in folder.rglob("*.html"):
        text = _OUTSIDE.sub("", page.read_text(encoding="utf-8"))
        page.write_text(text.replace("</head>", f"{_STYLE}</head>", 1), encoding="utf-8")
    (folder / "index.html").write_text(_index(tables), encoding="utf-8")


def _index(tables: list[Checked]) -> str:
    rows = "\n".join(map(_row, sorted(tables, key=lambda checked: (checked.passed == checked.checks, checked.table))))
    passed, checks = sum(one.passed for one in tables), sum(one.checks for one in tables)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Data Docs: what the release was checked for</title>
{_STYLE}</head>
<body>
<h1>What the release was checked for</h1>
<p>{_outcome(passed, checks)} Rows that were accepted count as passed; <code>entrepot accepted</code> lists them.
<code>entrepot audit</code> lists all checks of the release gate, also those without a page here.</p>
<div class="scroll"><table>
<thead><tr>{_HEADS}</tr></thead>
<tbody>
{rows}
</tbody>
</table></div>
</body>
</html>
"""


def _outcome(passed: int, checks: int) -> str:
    """How many checks passed, and what those are that did not."""
    if passed == checks:
        return f"All {checks} checks below passed."
    return f"{passed} of the {checks} checks below passed. What did not pass is a warning: an error stops a release."


def _row(checked: Checked) -> str:
    numbers = "".join(
        f'<td class="n">{number}</td>' for number in (checked.checks, checked.passed, checked.checks - checked.passed)
    )
    pages = f'<a href="{escape(checked.result)}">results</a>, <a href="{escape(checked.suite)}">checks</a>'
    return f'<tr><th scope="row">{escape(checked.table)}</th>{numbers}<td>{pages}</td></tr>'
