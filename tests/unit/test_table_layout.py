"""Tables on screens of different widths: what is a number, a code or a word of a heading is never cut."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from flows.cli import terminal
from flows.read import published

_PLACES = ("comtrade_extract/commodity_trade/bundled", "hs_correlation/pair/bundled")
_CHANGED = (
    ["outcome", "partition", "rows before", "rows", "added", "values changed"],
    [("new", _PLACES[0], 0, 43863, 43863, 0), ("revised", _PLACES[1], 126, 1234567, 4, 17)],
)
_RUNS = (
    ["run", "state", "partitions", "message"],
    [
        ("20261125T224154795-4783", "published", "15 new; 0 rows rejected", "Published release 20261125T224154795-47."),
        ("20261125T230219658-8b0a", "exported", "no partitions", "Exported to /data/public without gacc_bulletin."),
    ],
)


def printed(columns: list[str], rows: list[tuple[Any, ...]], width: int) -> list[str]:
    """The lines of the table on a screen that wide."""
    page = Console(file=io.StringIO(), width=width, color_system=None)
    page.print(terminal.table_of(columns, rows, width=width))
    assert isinstance(page.file, io.StringIO)
    lines = page.file.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    return lines


@pytest.mark.parametrize("table", [_CHANGED, _RUNS], ids=["changed", "runs"])
@pytest.mark.parametrize("width", [160, 120, 100, 80, 72, 60])
def test_no_number_code_or_word_of_a_heading_is_cut(table: tuple[list[str], list[tuple[Any, ...]]], width: int) -> None:
    columns, rows = table
    said = " ".join(printed(columns, rows, width)).replace("│", " ").split()
    whole = [word for name in columns for word in name.split()]
    whole += [str(value) for row in rows for value in row if isinstance(value, int)]
    whole += [row[0] for row in rows]
    assert set(whole) <= set(said)


def test_a_frame_where_there_is_room_and_a_block_per_row_where_there_is_none() -> None:
    assert printed(*_CHANGED, 120)[0].startswith("┏━")
    lean = printed(*_CHANGED, 70)
    assert not any("│" in line for line in lean)
    assert any(line.split()[:2] == ["new", "comtrade_extract/"] for line in lean), "a path breaks after a slash"
    blocks = [line.split() for line in printed(*_CHANGED, 52)]
    assert blocks[1:3] == [["partition", "comtrade_extract/commodity_trade/"], ["bundled"]]
    assert ["rows", "1234567"] in blocks


def test_words_stay_whole_while_they_fit() -> None:
    said = " ".join(printed(["n", "tables"], [(1, "trade_year, preliminary_commodity, country_code")], 32))
    for name in ("trade_year,", "preliminary_commodity,", "country_code"):
        assert name in said


def test_short_texts_stay_on_one_line_beside_a_long_one() -> None:
    lines = printed(["type", "meaning"], [("decimal(18, 3)", "Yearly growth needed, " * 20)], 100)
    assert any(line.startswith("│ decimal(18, 3) │") for line in lines)


def test_nothing_is_a_table_too() -> None:
    assert printed([""], [("",), (None,)], 20)
    assert printed(["one", "two"], [], 20)


def test_one_line_per_value_keeps_name_and_value_apart() -> None:
    name = "turnover_yoy_published_cny_pct"
    page = Console(file=io.StringIO(), width=100, color_system=None)
    terminal.show_page(published.Answer([name, "year"], [(None, 2024)]), page, is_expanded=True)
    assert isinstance(page.file, io.StringIO)
    lines = page.file.getvalue().splitlines()
    assert lines[1:] == [f"{name}  null", f"{'year':<{len(name)}}  2024", "1 row"]
