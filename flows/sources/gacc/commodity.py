"""A table of major exports or imports of China's customs, by quantity and value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.errors import FileRefused
from flows.formats import Record
from flows.formats.html_table import Cell, HtmlPage
from flows.sources.gacc.page import figure_of, heading_of, is_figure, is_nil, page_of
from flows.sources.gacc.table import is_note

TABLE = "preliminary_commodity"

_HEAD = re.compile(r"commodit|quantity|value|percentage|same period|unit\b", re.IGNORECASE)
_HALF_WIDTH = str.maketrans("\uff08\uff09\uff0c\uff0a", "(),*")
_FIGURES = 8  # quantity and value of the month, of the year to date, of the year before, and their growth


def commodity_table(text: str, name: str) -> Iterator[Record]:
    """Line and values of every commodity: heading (see Heading.values), flow (X or M), label as printed, the term it
    is found by, how far it is indented below another, whether it adds up others, the unit of quantity as printed,
    then quantity and value of the month, cumulated, and cumulated a year before as printed now, and printed growth
    of the cumulated two.

    A page that lost its unit column is read without it (see `has_units`). Raises FileRefused when title and unit are
    missing or name two currencies, and when a single row is shifted, cut off, or has no value.
    """
    page, title = page_of(text)
    heading = heading_of(page, title, TABLE, name)
    flow = "X" if re.search(r"Major\s+Exports", title, re.IGNORECASE) else "M"
    rows = list(_rows(page))
    with_units = has_units(rows)
    n_cells = max((len([cell for cell in row if cell.text]) for row in rows), default=0) + (not with_units)
    has_months = heading.has_months(n_cells, _FIGURES)
    heading, missing = heading.laid_out(has_months), 0 if has_months else 2
    for cells in rows:
        texts = [cell.text for cell in cells]
        if not with_units:
            texts = [texts[0], "-", *texts[1:]]
            texts = texts[:-1] if len(texts) > 2 + _FIGURES - missing and not texts[-1] else texts
        _check(texts, 2 + _FIGURES - missing, cells[0].line, name)
        figures = [figure_of(text) for text in texts[2:]]
        label, unit = texts[0], None if is_nil(texts[1]) else texts[1]
        yield cells[0].line, [
            *heading.values(), flow, label, term_of(label), str(cells[0].indent), str(label.endswith("*")).lower(),
            unit, *[None] * missing, *figures,
        ]  # fmt: skip


def notice(text: str, name: str) -> str:
    """A sentence where the table lost its unit column; empty otherwise."""
    rows = list(_rows(page_of(text)[0]))
    return "" if has_units(rows) else f"{name} lost its unit column; its quantities are kept, but count nothing."


def term_of(label: str) -> str:
    """A label as the seed commodity_term lists it: small letters, `and` for `&`, no star, a blank before a bracket."""
    text = label.translate(_HALF_WIDTH).casefold().replace("&", " and ").replace("*", " ").replace("(", " (")
    return " ".join(text.strip(" '").split()).replace(" )", ")")


def has_units(rows: list[list[Cell]]) -> bool:
    """Whether the second column holds units: words. It once held the quantities of the next column in every row."""
    seconds = [row[1].text for row in rows if len(row) > 1]
    return not any(is_figure(text) for text in seconds) or any(not is_figure(t) and not is_nil(t) for t in seconds)


def _rows(page: HtmlPage) -> Iterator[list[Cell]]:
    """The rows below the head, without notes."""
    has_begun = False
    for row in page.rows:
        texts = [cell.text for cell in row]
        if is_note(texts) or (not has_begun and _is_head(texts)):
            continue
        has_begun = True
        yield row


def _is_head(texts: list[str]) -> bool:
    is_short = len(texts) < _FIGURES - 1 and not any(is_figure(text) for text in texts)
    return is_short or _HEAD.match(texts[0]) is not None or any(_HEAD.search(text) for text in texts[2:])


def _check(texts: list[str], width: int, line: int, name: str) -> None:
    if is_figure(texts[0]) or is_nil(texts[0]):
        raise FileRefused(f"{name}: line {line} has {texts[0]!r} where the commodity belongs; the row is shifted.")
    if is_figure(texts[1]):
        raise FileRefused(f"{name}: line {line} ({texts[0]}) has {texts[1]!r} where its unit belongs; it is shifted.")
    if len(texts) != width:
        raise FileRefused(f"{name}: line {line} ({texts[0]}) has {len(texts)} cells where the table has {width}.")
    for text in texts[2:]:
        if not is_nil(text) and not is_figure(text):
            raise FileRefused(f"{name}: line {line} ({texts[0]}) has {text!r} where a number belongs.")
    quantities, values = texts[2 : width - 2 : 2], texts[3 : width - 2 : 2]
    for quantity, value in zip(quantities, values, strict=True):
        if not is_nil(quantity) and is_nil(value):
            raise FileRefused(f"{name}: line {line} ({texts[0]}) has a quantity of {quantity} without a value.")
