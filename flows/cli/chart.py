"""A result drawn in the terminal: lines over time, bars otherwise. What is missing is left out, never drawn as zero."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import groupby

import plotext
from rich.bar import Bar
from rich.console import Console
from rich.table import Table

from flows.errors import EntrepotError
from flows.read.published import Answer

_MOST_BARS, _MOST_LINES = 40, 8
_HEIGHT = 22  # lines of a drawing over time
_COLOURS = ("blue+", "orange+", "green+", "magenta+", "cyan+", "red+", "gray+", "white")


def draw(answer: Answer, width: int, is_coloured: bool = True) -> str:
    """The drawing as lines of text.

    Over time: a column of years, periods or dates gives the x axis, and each column of numbers is a line, or, where
    text columns tell rows of one time apart, each of their values is one. Without time: bars of the first column of
    numbers by the first column of text. Raises EntrepotError when there is nothing to draw.
    """
    kinds = [_kind(answer, place) for place in range(len(answer.columns))]
    numbers = [place for place, kind in enumerate(kinds) if kind == "number"]
    if not numbers or not answer.rows:
        raise EntrepotError("There is nothing to draw: the last result has no column of numbers.")
    if "time" not in kinds:
        text = next((place for place, kind in enumerate(kinds) if kind == "text"), None)
        return _bars(answer, text, numbers[0], width, is_coloured)
    plotext.clear_figure()
    plotext.plot_size(width, _HEIGHT)
    _lines(answer, kinds.index("time"), numbers, [place for place, kind in enumerate(kinds) if kind == "text"])
    drawn = str(plotext.build())
    return f"{drawn if is_coloured else plotext.uncolorize(drawn)}\n"


def _kind(answer: Answer, place: int) -> str:
    """Whether a column says when (time), how much (number), or what (text)."""
    name = answer.columns[place].lower()
    values = [row[place] for row in answer.rows if row[place] is not None]
    is_number = bool(values) and all(isinstance(v, int | float | Decimal) and not isinstance(v, bool) for v in values)
    if values and all(isinstance(value, date) for value in values):
        return "time"
    if name in ("year", "year_number", "month", "period", "period_code") or name.endswith(("_year", "_period")):
        return "time"
    return "number" if is_number else "text"


def _lines(answer: Answer, time: int, numbers: list[int], texts: list[int]) -> None:
    times = sorted({row[time] for row in answer.rows if row[time] is not None}, key=str)
    place_of = {value: place for place, value in enumerate(times)}
    series: dict[str, dict[int, float | None]] = {}
    is_repeated = len({row[time] for row in answer.rows}) < len(answer.rows)
    drawn = numbers[:1] if is_repeated else numbers
    for row in answer.rows:
        if row[time] is None:
            continue
        for number in drawn:
            words = [str(row[text]) for text in texts] if is_repeated else [answer.columns[number]]
            value = row[number]
            series.setdefault(" ".join(words), {})[place_of[row[time]]] = None if value is None else float(value)
    for colour, (label, points) in zip(_COLOURS, list(series.items())[:_MOST_LINES], strict=False):
        for part, run in enumerate(_unbroken(points)):
            name = label if part == 0 else None
            plotext.plot(run, [points[x] for x in run], label=name, color=colour, marker="braille")
    step = max(1, len(times) // 10)
    plotext.xticks(list(range(0, len(times), step)), [str(value) for value in times[::step]])
    left_out = f" (first {_MOST_LINES} of {len(series)} lines)" if len(series) > _MOST_LINES else ""
    plotext.title(", ".join(answer.columns[number] for number in drawn) + left_out)


def _unbroken(points: dict[int, float | None]) -> list[list[int]]:
    """Stretches of known values one after the other: a line does not cross what is missing."""
    known = sorted(place for place, value in points.items() if value is not None)
    runs = groupby(enumerate(known), key=lambda pair: pair[1] - pair[0])
    return [[place for _, place in run] for _, run in runs]


def _bars(answer: Answer, text: int | None, number: int, width: int, is_coloured: bool) -> str:
    """Label, bar and value in each line; all bars on one scale, which has zero on it."""
    known = [(place, row) for place, row in enumerate(answer.rows, start=1) if row[number] is not None]
    values = [float(row[number]) for _, row in known[:_MOST_BARS]]
    low, high = min(0.0, *values), max(0.0, *values)
    notes = [f"{len(answer.rows) - len(known)} unknown left out"] if len(known) < len(answer.rows) else []
    notes += [f"first {_MOST_BARS} of {len(known)}"] if len(known) > _MOST_BARS else []
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(max_width=32, no_wrap=True)
    grid.add_column(ratio=1)
    grid.add_column(justify="right")
    for (place, row), value in zip(known, values, strict=False):
        bar = Bar((high - low) or 1.0, min(value, 0.0) - low, max(value, 0.0) - low, color="bright_blue")
        grid.add_row(str(place if text is None else row[text]), bar, f"{value:,.3f}".rstrip("0").rstrip("."))
    page = Console(width=width, color_system="standard" if is_coloured else None, force_terminal=is_coloured)
    with page.capture() as captured:
        page.print(answer.columns[number] + (f" ({', '.join(notes)})" if notes else ""), style="bold", highlight=False)
        page.print(grid)
    return captured.get()
