"""Why a query gave no rows: a table that nothing loaded fills, or a name where a code belongs."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from flows.read.empty_answer import reasons


@pytest.fixture
def con(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """A release of two tables, one of them empty, and three areas, one of them of the past."""
    con = duckdb.connect(str(tmp_path / "trade.duckdb"))
    con.execute("create schema core; create schema marts; create schema meta")
    con.execute("create table marts.full_table as select 'DEU' as reporter_code")
    con.execute("create table marts.unit_value (reporter_code varchar)")
    con.execute("create table core.dim_source as select 'swiss' as source_code")
    con.execute(
        "create table core.dim_area as from (values ('DEU', 'Germany', 'DE', 'economy', true, null::date), "
        "('DDR', 'East Germany', null, 'economy', true, date '1990-10-02'), "
        "('EUU', 'European Union', null, 'group', false, null)) "
        "as area (area_code, area_name, iso2_code, area_kind, is_economy, valid_to)"
    )
    con.execute(
        "create table meta.dictionary as select 'table' as object_kind, 'marts' as schema_name, table_name, "
        "'Prices by quantity.  Caveat: unit values.' as table_description "
        "from (values ('full_table'), ('unit_value')) as known (table_name)"
    )
    return con


def test_an_empty_table_is_named_with_what_it_is(con: duckdb.DuckDBPyConnection) -> None:
    (said,) = reasons(con, "select * from marts.unit_value where reporter_code = 'DEU'")
    assert said.startswith(
        "marts.unit_value has no rows in this release: no loaded source fills it. Prices by quantity. "
    )
    assert reasons(con, "from marts.full_table where reporter_code = 'FRA'") == []
    assert reasons(con, "from marts.unknown") == []


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("meta.rejected_row", "there was nothing of the kind"), ("core.fct_trade_revision", "there was nothing"),
        ("marts.revision", "there was nothing"), ("marts.unit_value_flag", "there was nothing"),
        ("marts.bulletin_revision", "no loaded source fills it"), ("marts.trade_year", "no loaded source fills it"),
    ],
)  # fmt: skip
def test_a_table_of_findings_without_rows_asks_for_no_source(
    con: duckdb.DuckDBPyConnection, table: str, why: str
) -> None:
    schema, name = table.split(".")
    con.execute(f"create table {table} (line bigint)")
    con.execute(f"insert into meta.dictionary values ('table', '{schema}', '{name}', 'One row per line.')")
    (said,) = reasons(con, f"from {table}")
    assert said.startswith(f"{table} has no rows in this release: {why}")
    assert ("entrepot sources" in said) == ("source" in why)


@pytest.mark.parametrize("typed", ["Germany", "germany", "DE", "deu"])
def test_a_name_where_a_code_belongs_is_told_its_code(con: duckdb.DuckDBPyConnection, typed: str) -> None:
    said = reasons(con, f"from marts.full_table where reporter_code = '{typed}'")
    assert said == [f"Columns of codes hold codes: '{typed}' is 'DEU' there; core.dim_area lists them."]


def test_the_code_of_a_source_is_no_name_of_an_economy(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "insert into core.dim_area values ('CHE', 'Switzerland', 'CH', 'economy', true, null), "
        "('TCD', 'Chad', 'TD', 'economy', true, null)"
    )
    asked = "from marts.full_table where reporter_code = '{}' and false"
    assert reasons(con, asked.format("swiss")) == []
    assert reasons(con, asked.format("CAD")) == [], "a currency, though Chad is Čad in Czech"
    (said,) = reasons(con, asked.format("Schweiz"))
    assert said.startswith("Columns of codes hold codes: 'Schweiz' is 'CHE' there")


def test_what_is_a_code_or_nothing_known_is_left_alone(con: duckdb.DuckDBPyConnection) -> None:
    assert reasons(con, "from marts.full_table where reporter_code in ('EUU', 'DDR') and note = 'late '' one'") == []
