"""What the SQL prompt does without a terminal: where input ends, how it is cut, errors in a sentence, drawings."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest

from flows.cli import chart
from flows.cli.prompt import is_complete, statements
from flows.errors import EntrepotError
from flows.read import published, query_error
from flows.read.printed_number import read_printed


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("", True), ("\\d", True), ("\\d marts.partner_rank", True), ("select 1", False), ("select 1;", True),
        ("select 1;  \n", True), ("select 'a;", False), ("select 'a;';", True), ("select 1 -- done;", False),
        ("select 1;\nselect 2", False), ("selec 1;", True),
    ],
)  # fmt: skip
def test_enter_ends_what_is_complete(text: str, complete: bool) -> None:
    assert is_complete(text) is complete


def test_input_is_cut_into_statements_and_commands() -> None:
    text = "select 1; select 'a;b' as x\n, 2;\n\\x\n  \\d core.dim_area\nselect 3"
    assert [part.rstrip(";") for part in statements(text)] == [
        "select 1", "select 'a;b' as x\n, 2", "\\x", "\\d core.dim_area", "select 3",
    ]  # fmt: skip
    assert statements("selec 1") == ["selec 1"]
    assert statements("\n") == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("selec 1", 'Parser error at line 1, column 1: syntax error at or near "selec"'),
        ("select 1,\n  foo", 'Binder error at line 2, column 3: Referenced column "foo" was not found'),
        ("select " + "1 + " * 100 + "foo" + " + 1" * 100, "Binder error at line 1, column 408:"),
        ("select 1::varchar::date", "Conversion error at line 1, column"),
        ("from nowhere", "Catalog error at line 1, column 6: Table with name nowhere does not exist."),
    ],
)
def test_an_error_is_one_sentence_with_its_place(sql: str, said: str) -> None:
    with duckdb.connect() as con, pytest.raises(EntrepotError) as caught:
        published.ask(con, sql)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("", "is empty"),
        (" ; ", "is empty"),
        ("-- nothing", "is empty"),
        ("select 1; select 2", "are 2 queries"),
        ("call enable_logging(storage = 'file', storage_config = {'path': '/tmp/x'})", "leave out `storage`"),
        ("from Enable_Logging(storage_path = '/tmp/x')", "leave out `storage`"),
    ],
)
def test_one_query_at_a_time(sql: str, said: str) -> None:
    with duckdb.connect() as con, pytest.raises(EntrepotError, match=said):
        published.ask(con, sql)


@pytest.mark.parametrize("sql", ["select 1;", "select 1 -- one", "pivot (select 'a' as k, 1 as n) on k using sum(n)"])
def test_one_query_is_one_however_it_ends(sql: str) -> None:
    with duckdb.connect() as con:
        assert published.ask(con, sql).rows == [(1,)]


@pytest.mark.parametrize("number", ["many", "nan", "inf", "-Infinity", "snan", "1e400", "1e-400", "1e16"])
def test_what_nobody_prints_is_no_figure_to_explain(number: str) -> None:
    with pytest.raises(EntrepotError, match=r"try `entrepot explain 146\.88`") as caught:
        read_printed(number)
    assert repr(number) in str(caught.value)


@pytest.mark.parametrize("number", ["12,3", "1,23", "1234,5", "1,234,5", "0,35"])
def test_a_comma_that_separates_no_thousands_is_refused(number: str) -> None:
    with pytest.raises(EntrepotError, match=f"The comma in '{number}' separates no thousands"):
        read_printed(number)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("146.88", 146.88, 0.01), ("-6.7 %", -6.7, 0.1), ("\u22126.7\u202f%", -6.7, 0.1), ("1,234.5", 1234.5, 0.1),
        ("146.9\u00b0", 146.9, 0.1), ("USD 146.9 bn", 146.9, 0.1), ("11th", 11, 1), ("12,300", 12300, 1),
        ("350.1 m USD", 0.3501, 0.0001), ("0.06 thousand USD", 6e-8, 1e-8), ("12.35 thousands", 12.35e-6, 1e-8),
        ("-0.03456789012345678", -0.03456789012345678, 1e-17),
    ],
)  # fmt: skip
def test_a_figure_is_read_as_it_is_printed(text: str, value: float, unit: float) -> None:
    assert read_printed(text) == pytest.approx((value, unit))


def test_an_error_without_a_place_stays_as_it_is() -> None:
    assert query_error.sentence("Some Error: what!\nmore", "select 1") == "Some error: what. more"


def test_a_query_for_a_file_is_told_what_to_do() -> None:
    """DuckDB says that the configuration forbids it, which nobody here has written."""
    said = 'Permission Error: Cannot access file "/tmp/x.csv" - file system operations are disabled by configuration'
    told = query_error.sentence(said, "copy (select 1) to '/tmp/x.csv'")
    assert told.startswith('Cannot access file "/tmp/x.csv": a query reads the published tables and reaches no other')
    assert "--csv" in told


def drawn(columns: list[str], *rows: tuple[Any, ...]) -> list[str]:
    return chart.draw(published.Answer(columns, list(rows)), 60, is_coloured=False).splitlines()


def test_bars_are_as_long_as_their_values_and_unknown_is_no_bar() -> None:
    title, *lines = drawn(["partner", "usd"], ("CHN", 8), ("NLD", 4), ("XXX", None), ("DEU", 0))
    assert title.strip() == "usd (1 unknown left out)"
    length = {line.split()[0]: line.count("█") for line in lines}
    assert length["NLD"] * 2 == pytest.approx(length["CHN"], abs=1)
    assert (length["DEU"], set(length)) == (0, {"CHN", "NLD", "DEU"})


def test_negative_bars_go_the_other_way() -> None:
    _, up, down = drawn(["partner", "balance"], ("CHN", 5), ("DEU", -5))
    assert up.index("█") > down.rindex("█")


def test_time_makes_lines_which_missing_values_break() -> None:
    years = [(year, float(year % 7)) for year in range(2000, 2020)]
    whole = drawn(["year", "usd"], *years)
    gap = drawn(["year", "usd"], *[(year, None if 2005 < year < 2012 else value) for year, value in years])
    assert "usd" in whole[0]
    assert any("2000" in line for line in whole[-3:])

    def drawn_columns(lines: list[str]) -> set[int]:
        return {place for line in lines[2:-2] for place, mark in enumerate(line) if 0x2800 < ord(mark) <= 0x28FF}

    assert len(drawn_columns(whole)) - len(drawn_columns(gap)) > 12


def test_rows_of_one_time_are_lines_of_their_own() -> None:
    rows = [(date(2020 + n, 1, 1), code, n * factor) for n in range(5) for code, factor in (("CHN", 1), ("RUS", 2))]
    said = "\n".join(drawn(["day", "reporter_code", "usd"], *rows))
    assert "CHN" in said
    assert "RUS" in said


@pytest.mark.parametrize("rows", [[], [("a", None)], [("a", "b")]])
def test_without_numbers_there_is_nothing_to_draw(rows: list[tuple[Any, ...]]) -> None:
    with pytest.raises(EntrepotError, match="nothing to draw"):
        drawn(["a", "b"], *rows)
