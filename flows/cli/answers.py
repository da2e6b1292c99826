"""What `run` shows at its end and `answers` shows again: the article's pair by year, its ranks, its statements.

Every table fits a terminal of 80 columns, so that no figure is ever cut.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import groupby
from typing import Any

from rich.table import Table

from flows.cli.columns import Column, Columns, left_out, with_room
from flows.cli.reports import print_claims
from flows.cli.terminal import console, published_release
from flows.read import published
from flows.read.wording.codes import basis, publishers
from flows.read.wording.numbers import typed
from flows.read.wording.pair import among_partners, trade_of
from flows.settings import Settings

Row = dict[str, Any]

_NEXT = (
    "[bold]entrepot answers[/] shows this again; [bold]entrepot profile DEU CHN[/] answers for any two; "
    "[bold]entrepot explain 146.887[/] shows where a figure comes from; the page is {page}."
)


def _bn(value: Any) -> str:
    return "" if value is None else typed(value, 2)


def _pct(value: Any, signed: bool = True) -> str:
    return "" if value is None else f"{typed(value, 1, signed)} %"


_YEARS: Columns[Row] = (
    Column("year", lambda row: str(row["year_number"])),
    Column("total\nbn USD", lambda row: _bn(row["turnover_any_basis_usd_bn"])),
    Column("growth\nprinted", lambda row: _pct(row["turnover_yoy_published_pct"]), turn=2),
    Column("growth\ncomputed", lambda row: _pct(row["yoy_pct"]), turn=3),
    Column("of all\nits trade", lambda row: _pct(row["share_of_turnover_pct"], signed=False), turn=1),
    Column("whose\nfigure", lambda row: basis(row["turnover_basis"]), True, turn=4),
    Column("source", lambda row: row["turnover_source_code"] or "", True),
)


def _place(number: int) -> Callable[[Row], str]:
    return lambda row: str(row["ranks"].split(" / ")[number])


def _count(name: str) -> Callable[[Row], str]:
    return lambda row: str(row[name])


_RANKS: Columns[Row] = (
    Column("year", lambda row: str(row["year_number"])),
    Column("place", _place(0), True),
    Column("without\nHong Kong", _place(1), True, turn=5),
    Column("nor\nTaiwan", _place(2), True, turn=4),
    Column("\nreported", _count("n_observed"), turn=6),
    Column("of which\npartly", _count("n_mirrored"), turn=1),
    Column("within\na bound", _count("n_bounded"), turn=2),
    Column("by the\npartner", _count("n_mirror_only"), turn=3),
    Column("not\nreported", _count("n_missing"), turn=7),
)


_PLACE = (
    "Place by total trade (exports plus imports). Where reports are missing it is an interval such as 3-7, "
    "among all economies of the year and whoever the trade without a named partner was with"
)
_COUNTED = (
    "the last five columns count these. `of which partly`: one of the two "
    "flows is by the partner's own figures. `by the partner`: both are."
)
_GAPS = (2, 1)  # characters between two columns: one where two leave no room
_FOLDED = 16  # the least a last column of text is folded to


def show_answers(settings: Settings) -> None:
    """The article's pair by year and by rank, and the verdict on each statement, all from the published file."""
    with published_release(settings) as con:
        years, ranks = published.article_years(con).records(), published.article_ranks(con).records()
        statements = published.claims(con, everything=False)
        names = published.publishers(con)
    _print(
        years,
        _YEARS,
        lambda row: trade_of(row["reporter_name"], row["partner_name"]),
    )
    if years:
        shown = sorted({code for row in years for code in (row["turnover_source_code"] or "").split("+") if code})
        _note(publishers({code: names.get(code, code) for code in shown}))
        _note("Printed growth compares with a revised base, computed growth two years of one report.")
    is_whole = _print(
        ranks,
        _RANKS,
        lambda row: among_partners(row["partner_name"], row["reporter_name"]),
    )
    if ranks:
        _note(f"{_PLACE}; {_COUNTED}" if is_whole else f"{_PLACE}.")
        if any("*" in row["ranks"] for row in ranks):
            _note("* trade without a named partner could change the place.")
    console.print()
    print_claims(statements, "The article's statements against the warehouse")
    if years:
        _note(_NEXT.format(page=settings.export / "site" / "index.html"))


def _print(rows: list[Row], columns: Columns[Row], title: Callable[[Row], str]) -> bool:
    """A table per reporter, without the columns there is no room for; whether there is room for all."""
    if not rows:
        return True
    least = partial(_least, rows, gap=_GAPS[-1])
    shown = with_room(columns, least, console.width)
    gap = next((gap for gap in _GAPS if _least(rows, shown, gap) <= console.width), _GAPS[-1])
    for _, of_reporter in groupby(rows, key=lambda row: row["reporter_code"]):
        lines = list(of_reporter)
        table = Table(title=title(lines[0]), title_justify="left", title_style="bold", box=None, padding=(0, gap, 0, 0))
        for column in shown:
            is_last = column is columns[-1]  # of text it is folded: two sources make a long one
            table.add_column(
                column.head,
                justify="left" if column.is_text else "right",
                no_wrap=not (column.is_text and is_last),
                overflow="fold",
            )
        for row in lines:
            table.add_row(*(column.value(row) for column in shown))
        console.print()
        console.print(table)
    if note := left_out(columns, shown, least):
        _note(note)
    return not note


def _least(rows: list[Row], columns: Columns[Row], gap: int) -> int:
    """Characters these columns take at least, with a gap behind each; a last one of text may be folded."""
    *whole, last = columns
    least = min(_FOLDED, last.width(rows)) if last.is_text else last.width(rows)
    return sum(column.width(rows) + gap for column in whole) + least + gap


def _note(text: str) -> None:
    console.print(f"[dim]{text}[/]", highlight=False)
