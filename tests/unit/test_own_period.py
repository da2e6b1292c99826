"""The SQL that reads periods of your tables: every layout, every month, and nothing a layout does not have."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest

from flows.inbox.own.periods import LAYOUTS, read_month, read_period
from flows.settings import ROOT
from tests.macros import macros
from tests.periods import MONTHS, code_of, written

MACROS = ROOT / "dbt_project" / "macros"
DAYS = [date(2019, month, 17) for month in range(1, 13)]


def codes(period: dict[str, Any], rows: list[dict[str, str]]) -> list[str | None]:
    """The period codes the build gives rows, in their order."""
    files = (MACROS / "portability" / "month_name.sql", MACROS / "own" / "own_period.sql")
    known = macros("".join(path.read_text(encoding="utf-8") for path in files))
    names = list(rows[0])
    values = ", ".join(f"({at}, {', '.join('?' * len(names))})" for at in range(len(rows)))
    record = f"record(place, {', '.join(names)})"
    sql = f"select {known['own_period'](period)} from (values {values}) as {record} order by place"
    with duckdb.connect() as con:
        return [code for (code,) in con.execute(sql, [text for row in rows for text in row.values()]).fetchall()]


def by_column(layout: str, texts: list[str]) -> list[str | None]:
    return codes({"column": "period", "layouts": [layout]}, [{"period": text} for text in texts])


@pytest.mark.parametrize("layout", [*LAYOUTS, "Mon, YYYY", "YYYY 'Qq"])
def test_a_layout_reads_each_month_it_can_write(layout: str) -> None:
    assert by_column(layout, [written(layout, day) for day in DAYS]) == [code_of(layout, day) for day in DAYS]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_build_reads_what_the_preview_counts_as_read(layout: str) -> None:
    texts = [written(other, day) for other in LAYOUTS for day in DAYS] + [
        "Foo 2019",
        "2019 Q5",
        "2019 13",
        "2019-02-30",
    ]
    read = [code is not None for code in by_column(layout, texts)]
    assert read == [read_period(layout, text) is not None for text in texts]


@pytest.mark.parametrize("length", [3, 99])
def test_months_by_name_beside_a_year_are_read_from_january_on(length: int) -> None:
    rows = [{"year": "2019", "month": name[:length]} for name in MONTHS]
    assert codes({"year": "year", "month": "month"}, rows) == [f"2019-M{at:02}" for at in range(1, 13)]
    assert all(read_month("2019", row["month"]) for row in rows)


def test_months_by_number_beside_a_year_and_words_that_are_no_month() -> None:
    rows = [{"year": "2019", "month": text} for text in ("1", "01", "12", "13", "Total", "")]
    assert codes({"year": "year", "month": "month"}, rows) == ["2019-M01", "2019-M01", "2019-M12", None, None, None]
    assert [read_month("2019", row["month"]) is None for row in rows] == [False, False, False, True, True, True]


@pytest.mark.parametrize(
    ("layout", "texts", "expected"),
    [
        ("YYYY-MM", ["2019-01", "2019-02", "2019-11", "2019-12"], ["2019-M01", "2019-YTD02", "2019-YTD11", "2019"]),
        ("YYYY-Qq", ["2019-Q1", "2019-Q2", "2019-Q3", "2019-Q4"], ["2019-YTD03", "2019-YTD06", "2019-YTD09", "2019"]),
        ("YYYY", ["2019", "x"], ["2019", None]),
    ],
)
def test_a_cumulative_figure_has_the_span_from_january(
    layout: str, texts: list[str], expected: list[str | None]
) -> None:
    period = {"column": "period", "layouts": [layout], "is_cumulative": True}
    assert codes(period, [{"period": text} for text in texts]) == expected


def test_cumulative_months_beside_a_year_have_the_span_from_january() -> None:
    rows = [{"year": "2019", "month": text} for text in ("1", "Feb", "12", "Total")]
    found = codes({"year": "year", "month": "month", "is_cumulative": True}, rows)
    assert found == ["2019-M01", "2019-YTD02", "2019", None]
