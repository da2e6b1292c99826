"""The one query that holds a table to its contract, over rows that keep it and rows that break it."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from flows.settings import ROOT
from tests.macros import macros

KEPT = [("CHN", "2023", "X", 1, None), ("CHN", "2024", "M", 2, "f"), ("RUS", None, "X", None, "f")]
GRAIN = {"grain": ["reporter_code", "period_code"]}
FLOWS = {"accepted_values": {"flow_code": ["X", "M"]}}
FILES = {"relationships": [{"column": "file_id", "to": "file", "field": "file_id"}]}


def query(**promised: Any) -> str:
    """SQL of the dbt test over the table `trade`."""
    project = ROOT / "dbt_project"
    paths = ("tests/generic/contract.sql", "macros/contract.sql")
    paths += tuple(f"macros/portability/{name}.sql" for name in ("checksum", "repeated_numbers", "engine"))
    text = "".join((project / path).read_text(encoding="utf-8") for path in paths)
    text = text.replace("{% test ", "{% macro ").replace("{% endtest %}", "{% endmacro %}")
    return str(macros(text)["contract"]("trade", **promised))


def broken(rows: list[tuple[Any, ...]], files: list[Any], **promised: Any) -> list[tuple[Any, ...]]:
    with duckdb.connect() as con:
        con.execute("create table trade (reporter_code text, period_code text, flow_code text, line int, file_id text)")
        con.execute("create table file (file_id text)")
        for row in rows:
            con.execute("insert into trade values (?, ?, ?, ?, ?)", row)
        for name in files:
            con.execute("insert into file values (?)", [name])
        return con.execute(query(**promised)).fetchall()


@pytest.mark.parametrize("promised", [GRAIN, {"unique": ["line"]}, {"not_null": ["flow_code"]}, FLOWS, FILES])
def test_rows_that_keep_a_rule_give_none(promised: dict[str, Any]) -> None:
    assert broken(KEPT, ["f", None], **promised) == []
    assert broken([], [], **promised) == []


@pytest.mark.parametrize(
    ("promised", "row", "expected"),
    [
        (GRAIN, ("RUS", None, "M", 9, None), ("grain", "reporter_code, period_code", 1, "reporter_code RUS")),
        ({"unique": ["line"]}, ("DEU", "2023", "X", 2, None), ("unique", "line", 1, "line 2")),
        (
            {**GRAIN, "not_null": ["flow_code"]},
            ("DEU", "2023", None, 9, None),
            ("not_null", "flow_code", 1, "reporter_code DEU, period_code 2023"),
        ),
        (
            {**GRAIN, **FLOWS},
            ("DEU", "2023", "x", 9, None),
            ("accepted_values", "flow_code", 1, "flow_code x, reporter_code DEU, period_code 2023"),
        ),
        (FILES, ("DEU", "2023", "X", 9, "g"), ("relationships", "file_id", 1, "file_id g")),
    ],
)
def test_a_broken_rule_is_named_with_its_column_and_a_row(
    promised: dict[str, Any], row: tuple[Any, ...], expected: tuple[Any, ...]
) -> None:
    assert broken([*KEPT, row], ["f", None], **promised) == [expected]


def test_every_broken_rule_is_named_in_one_query() -> None:
    rows = [("CHN", "2023", "Z", 1, "g"), ("CHN", "2023", None, 1, "h")]
    found = broken(rows, [], **GRAIN, **FLOWS, **FILES, unique=["line"], not_null=["flow_code"])
    assert sorted(row[0] for row in found) == ["accepted_values", "grain", "not_null", "relationships", "unique"]


def test_a_quote_in_a_value_is_part_of_the_value() -> None:
    assert broken([("CHN", "2023", "it's", 1, None)], [], accepted_values={"flow_code": ["it's"]}) == []
