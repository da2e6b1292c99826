"""The bulletin's table by HS section and division of China's customs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from flows.errors import FileRefused
from flows.formats import Record
from flows.formats.html_table import HtmlPage
from flows.sources.gacc.page import amount_of, figure_of, heading_of, page_of
from flows.sources.gacc.table import check_row, is_note

TABLE = "bulletin_division"
MIN_CHAPTERS = 20

_WIDTH = 7  # label; exports and imports, each of the month and cumulated; growth of the cumulated two
_CHAPTER = re.compile(r"(\d\d)(?!\d)")
_SECTION = re.compile(r"(?:Section\s+)?([IVX]+)\b(?!\w)")


def division_table(text: str, name: str) -> Iterator[Record]:
    """Line and values of every section and chapter: heading (see Heading.values), label as printed, level (total,
    section, chapter or other) and its code, exports and imports of the month and cumulated, and printed cumulative
    growth of the two.

    Raises FileRefused when title and unit are missing or name two currencies, when a row is shifted, when there are
    too few chapters, when one exceeds the total, and when a code occurs twice.
    """
    page, title = page_of(text)
    heading = heading_of(page, title, TABLE, name)
    rows = list(_rows(page, name))
    _check(rows, name)
    for line, labels, figures in rows:
        yield line, [*heading.values(), *labels, *figures]


def level_of(label: str) -> tuple[str, str | None]:
    """The level of a label and its code: `27 Mineral fuels` is chapter 27, `Section V Mineral products` section V."""
    if label.casefold() == "total":
        return "total", "TOTAL"
    if found := _CHAPTER.match(label):
        return "chapter", found[1]
    if found := _SECTION.match(label):
        return "section", found[1]
    return "other", None


Row = tuple[int, tuple[str, str, str | None], list[str | None]]


def _rows(page: HtmlPage, name: str) -> Iterator[Row]:
    has_begun = False
    for row in page.rows:
        has_begun = has_begun or bool(row and row[0].text.casefold() == "total")
        texts = [cell.text for cell in row]
        if not has_begun or is_note(texts):
            continue
        check_row(texts, _WIDTH, row[0].line, name)
        yield row[0].line, (texts[0], *level_of(texts[0])), [figure_of(text) for text in texts[1:]]


def _check(rows: list[Row], name: str) -> None:
    """The table as a whole: enough chapters, no code twice, none larger than the total."""
    codes = sorted(code for _, (_, level, code), _ in rows if level == "chapter" and code)
    if len(codes) < MIN_CHAPTERS:
        raise FileRefused(f"{name}: {len(codes)} chapters where at least {MIN_CHAPTERS} belong.")
    if twice := [one for one, other in pairwise(codes) if one == other]:
        raise FileRefused(f"{name}: chapter {twice[0]} occurs twice.")
    for line, (label, _, _), figures in rows[1:]:
        for whole, figure in zip(rows[0][2][:4], figures, strict=False):
            part, most = amount_of(figure), amount_of(whole)
            if part is not None and (most is None or part > most):
                raise FileRefused(f"{name}: line {line} ({label}) has {part}, more than the total of {most}.")
