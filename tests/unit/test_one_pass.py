"""A file lands in one pass only where the careful way would land all of it, and then with the same rows."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations.landing import column_rules
from flows.contracts import Column, Table, code_list
from flows.contracts.trade_roles import Value
from flows.errors import FileRefused
from flows.ledger import RawFileRecord
from flows.settings import Settings
from flows.steps import land
from flows.steps.landing import accept, one_pass
from flows.steps.landing.parse import _csv_fault, parse

SEEDS = Settings().seeds
TABLE = Table(
    source="s", name="t", description="d", key=("year", "code"), null_texts=("NA",), max_reject_share=0.5,
    columns=tuple(
        Column(name=name, header=name, description="d", data_type=data_type, **rules)
        for name, data_type, rules in (
            ("year", "integer", {"required": True, "min": 1988, "max": 2100}),
            ("code", "varchar", {"required": True, "pattern": "^[0-9]{2,6}$"}),
            ("value", "decimal(18,3)", {"required": True, "min": 0}),
            ("tons", "double", {"min": 0}),
            ("day", "date", {}),
        )
    ),
)  # fmt: skip
RECORD = RawFileRecord(
    source="s", table="t", partition="p", revision="1", url="u", fetched_at=datetime(2026, 1, 1, tzinfo=UTC), bytes=1,
    sha256="x", licence="", file_name="f.csv",
)  # fmt: skip

HEADER = "year,code,value,tons,day"
spaces = st.sampled_from(["", " ", "  ", "\t"])
numbers = st.one_of(
    st.integers(0, 3000).map(str),
    st.decimals(0, 10**6, places=4).map(str),
    st.sampled_from(["1e3", "-1", "-0", "007", "1.0005", "1.00049", ".5", "5.", "0x1F", "1_000", "nan", "inf", "1,5"]),
)
cells = st.one_of(
    numbers, st.sampled_from(["", "NA", "           NA", "2024-02-29", "2024-02-30", "01", "271019", "x"])
)
good = st.tuples(
    st.integers(1990, 2024).map(str), st.from_regex(r"[0-9]{2,6}", fullmatch=True), st.integers(0, 10**9).map(str),
    st.sampled_from(["", "NA", "    NA", "12.5", "3e2"]), st.sampled_from(["", "2024-01-31"]),
)  # fmt: skip
rows = st.lists(st.one_of(good, good, good, st.tuples(*[st.builds("".join, st.tuples(spaces, cells, spaces))] * 5)))


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(land._SCHEMA)
        land._create_table(connection, TABLE)
        yield connection


def csv_of(folder: Path, written: list[tuple[str, ...]]) -> Path:
    path = folder / "t.csv"
    lines = ["year,code,value,tons,day", *(",".join(f'"{cell}"' for cell in row) for row in written)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def landed(con: duckdb.DuckDBPyConnection) -> list[Any]:
    return con.execute("select * from raw.s__t order by line").fetchall()


def in_one_pass(con: duckdb.DuckDBPyConnection, path: Path, table: Table = TABLE) -> list[Any] | None:
    """The rows that landed; None where the attempt was given up."""
    con.execute("begin")
    try:
        return landed(con) if one_pass.insert(con, table, RECORD, path, SEEDS) is not None else None
    finally:
        con.execute("rollback")


def with_care(con: duckdb.DuckDBPyConnection, path: Path, table: Table = TABLE) -> tuple[list[Any], int]:
    """The rows that landed, and the number of those that were rejected."""
    parse(con, table, path)
    rejects = accept.collect_rejects(con, table, SEEDS, {})
    con.execute("begin")
    land._insert(con, table, RECORD)
    found = landed(con)
    con.execute("rollback")
    return found, rejects


@pytest.mark.parametrize("name", ["comtrade", "flow"])
def test_a_code_is_known_or_not_whether_its_list_is_long_or_short(con: duckdb.DuckDBPyConnection, name: str) -> None:
    known = sorted(code_list(name, SEEDS))
    column = Column(name="code", header="code", description="d", data_type="varchar", code_list=name)
    (rule,) = column_rules(column, SEEDS, {})
    values = [*known, None, "no code", f"{known[0]} "]
    con.execute("create temp table codes as select unnest(?::varchar[]) as code", [values])
    assert con.execute(f"select code from codes where {rule.breaks}").fetchall() == [("no code",), (f"{known[0]} ",)]


@pytest.mark.parametrize(
    ("data_type", "text", "is_broken"),
    [
        ("integer", "{this}", False),
        ("integer", "{next}", True),
        ("varchar", "{this}-M12", False),
        ("varchar", "{next}-M01", True),
        ("varchar", "{next}", True),
        ("varchar", "1962", False),
    ],
)
def test_a_year_that_has_not_begun_breaks_its_column(data_type: str, text: str, is_broken: bool) -> None:
    this_year = datetime.now(UTC).year
    value = text.format(this=this_year, next=this_year + 1)
    column = Column(name="t", data_type=data_type, description="", header="t", is_begun=True)
    broken = " or ".join(f"({rule.breaks})" for rule in column_rules(column, SEEDS, {}))
    assert duckdb.execute(f"select {broken} from (select '{value}' as t)").fetchall() == [(is_broken,)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=rows.filter(bool))
def test_one_pass_is_never_more_lenient_than_care(
    con: duckdb.DuckDBPyConnection, written: list[tuple[str, ...]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = csv_of(Path(folder), written)
        quick, (careful, rejects) = in_one_pass(con, path), with_care(con, path)
    if quick is not None:
        assert rejects == 0
        assert repr(quick) == repr(careful)  # as text: not-a-number is equal to itself there


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("2019.6", "01", "1", "1", ""), "not an integer"),
        (("2019", "01", "1", "nan", ""), "not a finite number below 1e14"),
        (("2019", "01", "1", "-inf", ""), "not a finite number below 1e14"),
        (("2019", "01", "1", "1e16", ""), "not a finite number below 1e14"),
        (("2019", "01", "999999999999999", "1", ""), "not a finite number below 1e14"),
    ],
)
def test_what_the_warehouse_could_not_hold_or_would_round_is_rejected(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, row: tuple[str, ...], reason: str
) -> None:
    path = csv_of(tmp_path, [row, ("2020", "01", "1.5", "2", ""), ("2021.0", "02", "1.5", "", "")])
    assert in_one_pass(con, path) is None
    found, rejects = with_care(con, path)
    assert ([kept[0] for kept in found], rejects) == ([2020, 2021], 1)
    assert reason in {said for (said,) in con.execute("select reason from rejects").fetchall()}


@pytest.mark.parametrize(
    "written",
    [
        [("2019", "010121", "1", "", ""), ("2019", "10121", "2", "", "")],
        [("2019", "01", "1", "", ""), ("2019.0", "01", "2", "", "")],
    ],
)
def test_one_record_spelt_in_two_ways_is_one_record(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, written: list[tuple[str, ...]]
) -> None:
    code = TABLE.columns[1].model_copy(update={"digits": "6" if written[0][1] == "010121" else "2"})
    table = TABLE.model_copy(update={"columns": (TABLE.columns[0], code, *TABLE.columns[2:]), "max_reject_share": 1.0})
    path = csv_of(tmp_path, [*written, ("2020", "01", "1", "", "")])
    assert in_one_pass(con, path, table) is None
    found, rejects = with_care(con, path, table)
    assert ([kept[0] for kept in found], rejects) == ([2020], 2)


@pytest.mark.parametrize(("value", "rejects"), [("999", 0), ("1000", 1), ("-1000", 1)])
def test_a_value_that_fits_no_decimal_in_its_currency_is_rejected(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, value: str, rejects: int
) -> None:
    tons = [each.model_copy(update={"min": None}) if each.name == "tons" else each for each in TABLE.columns]
    worth = {"columns": tuple(tons), "values": (Value(column="tons", multiplier=Decimal(10**12)),)}
    table = TABLE.model_copy(update=worth)
    path = csv_of(tmp_path, [("2019", "01", "1", value, ""), ("2020", "01", "1", "1", "")])
    assert (in_one_pass(con, path, table) is None) == bool(rejects)
    assert with_care(con, path, table)[1] == rejects


@pytest.mark.parametrize("bound", [1.000001, 1e-8, 0.1, 100.0])
def test_a_bound_is_what_the_contract_says_to_its_last_digit(con: duckdb.DuckDBPyConnection, bound: float) -> None:
    column = Column(name="n", header="n", description="d", data_type="double", min=bound, max=bound)
    con.execute("create temp table numbers as select unnest(?::double[]) as n", [[bound, bound * (1 + 1e-12)]])
    broken = " or ".join(f"({rule.breaks})" for rule in column_rules(column, SEEDS, {}))
    assert con.execute(f"select count(*), min(n) from numbers where {broken}").fetchall() == [(1, bound * (1 + 1e-12))]


@pytest.mark.parametrize("type_read", ["varchar", "double", "integer"])
def test_a_value_must_be_what_the_name_of_its_file_says(con: duckdb.DuckDBPyConnection, type_read: str) -> None:
    column = Column(name="t", header="t", description="d", data_type="integer", label="year")
    con.execute(f"create temp table years as select unnest([2019, 2020])::{type_read} as t")
    broken = [rule for rule in column_rules(column, SEEDS, {"year": "2020"}) if "name of the file" in rule.reason]
    (rule,) = broken
    assert con.execute(f"select t::integer from years where {rule.breaks}").fetchall() == [(2019,)]
    assert all("name of the file" not in rule.reason for rule in column_rules(column, SEEDS, {}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f'{HEADER}\n2020,01,1,2,\n2021,01,1,2,"\n', "a quotation mark of line 3 is not closed; close it"),
        (f"{HEADER}\n2020,01,1,2,,5,6\n", "line 2 has 7 values where the header has 5"),
    ],
)
def test_a_file_that_is_no_table_is_told_with_what_to_do(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    with pytest.raises(FileRefused) as refused:
        parse(con, TABLE, path)
    assert said in str(refused.value)
    assert "Possible fixes" not in str(refused.value)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("2020,01,1,2,|2021,01,1,2,|", [2, 3]),
        ("2020,01,1,2,|2021,01,1,2,|||", [2, 3]),
        ("2020,01,1,2,|2021,01,1,2,", [2, 3]),
        ("|2020,01,1,2,||2021,01,1,2,|", [3, 5]),
        ('2020,01,1,2,"2020-01-31"|2021,"01",1,2,|', [2, 3]),
        ('2020,01,1,"|",|2021,01,1,2,|', [2, 4]),
        ("|2020,01,x,2,|2021,01,1,2,|", [3, 4]),
    ],
)
def test_a_row_has_the_line_it_begins_in(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, text: str, lines: list[int], end: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(f"{HEADER}|{text}".replace("|", end).encode())
    quick, (careful, _) = in_one_pass(con, path), with_care(con, path)
    rejected = con.execute("select line from rejects").fetchall()
    assert sorted([*(row[-1] for row in careful), *(line for (line,) in rejected)]) == lines
    if quick is not None:
        assert [row[-1] for row in quick] == lines


def test_lines_that_end_in_two_ways_are_told_before_what_follows_from_them(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(f"{HEADER}\r\n2020,01,1,2,\n2021,01,1,2,".encode())
    assert _csv_fault(path, ValueError("unterminated quote")).startswith(
        "some of its lines end in CR LF and some in LF"
    )
    path.write_bytes(f"{HEADER}\r\n2020,01,1,2,\r\n2021,01,1,2,".encode())
    assert "quotation mark" in _csv_fault(path, ValueError("unterminated quote"))


def test_a_clean_file_lands_in_one_pass(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = csv_of(tmp_path, [(" 2021", "01 ", "1.5", "           NA", "2024-02-29"), ("2021", "02", "2", "12.25", "")])
    quick = in_one_pass(con, path)
    assert quick is not None
    assert quick == with_care(con, path)[0]
    assert [row[-1] for row in quick] == [2, 3]


@pytest.mark.parametrize(
    "row",
    [
        ("1900", "03", "1", "", ""), ("", "03", "1", "", ""), ("2021", "x", "1", "", ""), ("2021", "03", "-1", "", ""),
        ("2021", "03", "1", "much", ""), ("2021", "03", "1", "", "2024-02-30"), ("2021", "01", "1", "", ""),
        ("2021", "03", "much", "", ""),
    ],
    ids=["below", "missing", "pattern", "negative", "text", "no day", "key twice", "no number"],
)  # fmt: skip
def test_a_row_that_breaks_a_rule_ends_the_attempt(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, row: tuple[str, ...]
) -> None:
    path = csv_of(tmp_path, [("2021", "01", "1", "", ""), row])
    assert in_one_pass(con, path) is None
    assert landed(con) == []


@pytest.mark.parametrize(
    ("codes", "n_landed"),
    [("01 02 03", 3), ("03 01 02", 3), ("01 02 02", None), ("02 01 02", None), ("02 02 01", None), ("01", 1)],
)
def test_a_repeated_key_is_found_whatever_the_order_of_the_file(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, codes: str, n_landed: int | None
) -> None:
    found = in_one_pass(con, csv_of(tmp_path, [("2020", code, "1", "", "") for code in codes.split()]))
    assert (len(found) if found is not None else None) == n_landed
