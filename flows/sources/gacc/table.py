"""A table by country of China's customs, preliminary or in the bulletin: its rows, and whether they hold together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.errors import FileRefused
from flows.formats import Record
from flows.formats.html_table import Cell, HtmlPage
from flows.sources.gacc.page import amount_of, figure_of, heading_of, is_figure, is_nil, page_of

MIN_PARTNERS = 20

_MEMBER = re.compile(r"^of which\s*:?\s*", re.IGNORECASE)
_MARKS = re.compile("[-.,:;()'`\"\u2018\u2019\uff08\uff09\uff0c\uff1a\u3001]")
_MEASURES = 6  # total, exports, imports; each of the month and cumulated
_GROWTHS = 3

Row = tuple[int, list[str | None], list[str | None]]


def country_table(text: str, table: str, name: str) -> Iterator[Record]:
    """Line and values of every partner of the table called `table`: heading (see Heading.values), label as printed,
    the key its area is found by, the bloc it is listed under, then total, exports and imports of the month and
    cumulated, and printed cumulative growth of the three.

    Raises FileRefused when title and unit are missing or name two currencies, when a row is shifted, when there are
    too few partners, when a partner exceeds the total, and when a member exceeds its bloc.
    """
    page, title = page_of(text)
    heading = heading_of(page, title, table, name)
    total = next((row for row in page.rows if _is_total(row)), [])
    has_months = table != "preliminary_country" or heading.has_months(len(total), 1 + _MEASURES // 2 + _GROWTHS)
    heading = heading.laid_out(has_months)
    rows = list(_rows(page, name, has_months))
    _check(rows, name)
    for line, labels, figures in rows:
        yield line, [*heading.values(), *labels, *figures]


def label_key(label: str) -> str:
    """A label as the seed gacc_label lists it: small letters, `and` for `&`, without marks and a leading `the`."""
    text = _MARKS.sub(" ", label.casefold().replace("&", " and "))
    return " ".join(text.split()).removeprefix("the ")


def check_row(texts: list[str], width: int, line: int, name: str) -> None:
    """Raises FileRefused when the row is shifted, too short or too long, or holds something else than numbers."""
    if is_figure(texts[0]) or is_nil(texts[0]):
        raise FileRefused(f"{name}: line {line} has {texts[0]!r} where the partner belongs; the row is shifted.")
    if len(texts) != width:
        raise FileRefused(f"{name}: line {line} ({texts[0]}) has {len(texts)} cells where the table has {width}.")
    for text in texts[1:]:
        if not is_nil(text) and not is_figure(text):
            raise FileRefused(f"{name}: line {line} ({texts[0]}) has {text!r} where a number belongs.")


def is_note(texts: list[str]) -> bool:
    """Whether a row is empty, or a note below the table."""
    return not any(texts) or (len(texts) == 1 and not is_figure(texts[0]))


def _rows(page: HtmlPage, name: str, has_months: bool) -> Iterator[Row]:
    """Line, labels (as printed, key, bloc) and figures of each row from the total on."""
    width = 1 + (_MEASURES if has_months else _MEASURES // 2) + _GROWTHS
    bloc: str | None = None
    has_begun = False
    for row in page.rows:
        has_begun = has_begun or _is_total(row)
        texts = [cell.text for cell in row]
        if not has_begun or is_note(texts):
            continue
        check_row(texts, width, row[0].line, name)
        key, is_member = _label(row[0])
        bloc = bloc if is_member else key
        figures = [figure_of(text) for text in texts[1:]]
        if not has_months:
            figures = [*(figure for value in figures[:3] for figure in (None, value)), *figures[3:]]
        yield row[0].line, [texts[0], key, bloc if is_member else None], figures


def _is_total(row: list[Cell]) -> bool:
    return bool(row) and row[0].text.casefold() == "total"


def _label(cell: Cell) -> tuple[str, bool]:
    """The key of the area a label names, and whether it is a member of the bloc above."""
    area = _MEMBER.sub("", cell.text)
    return label_key(area), area != cell.text or cell.indent > 0


def _check(rows: list[Row], name: str) -> None:
    """The table as a whole: enough partners, none larger than the total, no member larger than its bloc."""
    if len(rows) - 1 < MIN_PARTNERS:
        raise FileRefused(f"{name}: {max(len(rows) - 1, 0)} partners where at least {MIN_PARTNERS} belong.")
    blocs: dict[str | None, list[str | None]] = {}
    for line, (label, key, bloc), figures in rows:
        if bloc is None:
            blocs.setdefault(key, figures)
        for whole_name, wholes in (("the total", rows[0][2]), (bloc, blocs.get(bloc))):
            for whole, figure in zip((wholes or [])[:_MEASURES], figures, strict=False):
                part, most = amount_of(figure), amount_of(whole)
                if part is not None and (most is None or part > most):
                    raise FileRefused(f"{name}: line {line} ({label}) has {part}, more than {whole_name} of {most}.")
