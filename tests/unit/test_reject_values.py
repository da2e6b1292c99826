"""What a rejected record is worth is kept beside the reason: in its first currency, and only where it can be read."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest

from flows.contracts import Column, Table, load_contracts
from flows.contracts.trade_roles import Value
from flows.settings import Settings
from flows.steps.landing import accept

DOLLARS = Value(column="exports", multiplier=Decimal(1000))


@pytest.mark.parametrize(
    ("values", "record", "worth"),
    [
        ((DOLLARS,), {"exports": "1.5"}, (Decimal("1500.000"), "USD")),
        ((DOLLARS,), {"exports": "0"}, (Decimal("0.000"), "USD")),
        ((DOLLARS,), {"exports": "many"}, (None, None)),
        ((DOLLARS,), {"exports": "nan"}, (None, None)),
        ((DOLLARS,), {"exports": "1e300"}, (None, None)),
        ((DOLLARS,), {"exports": None}, (None, None)),
        ((), {"exports": "1.5"}, (None, None)),
        ((DOLLARS, Value(column="imports")), {"exports": "1", "imports": "20"}, (Decimal("1020.000"), "USD")),
        ((DOLLARS, Value(column="imports")), {"exports": "x", "imports": "20"}, (Decimal("20.000"), "USD")),
        ((DOLLARS, Value(column="imports", currency="CNY")), {"exports": "1", "imports": "20"}, (Decimal(1000), "USD")),
        ((Value(column="exports", currency_column="unit"),), {"exports": "7", "unit": " eur"}, (Decimal(7), "EUR")),
        ((Value(column="exports", currency_column="unit"),), {"exports": "7", "unit": ""}, (Decimal(7), "USD")),
        (
            (Value(column="exports", unit_column="unit", units={"USD mn": Decimal(1000000)}),),
            {"exports": "7", "unit": "usd MN"},
            (Decimal(7000000), "USD"),
        ),
        (
            (Value(column="exports", unit_column="unit", units={"USD mn": Decimal(1000000)}),),
            {"exports": "7", "unit": "tonnes"},
            (None, None),
        ),
    ],
)
def test_a_rejected_record_keeps_what_it_is_worth(
    settings: Settings,
    values: tuple[Value, ...],
    record: dict[str, str | None],
    worth: tuple[Decimal | None, str | None],
) -> None:
    names = ("year", "exports", "imports", "unit")
    columns = tuple(Column(name=name, data_type="varchar", description="d", header=name) for name in names)
    bad = columns[0].model_copy(update={"data_type": "integer", "required": True})
    table = Table(source="s", name="t", description="d", columns=(bad, *columns[1:]), key=("year",), values=values)
    with duckdb.connect() as con:
        con.execute(
            "create temp table parsed (line bigint, year varchar, exports varchar, imports varchar, unit varchar)"
        )
        con.execute(
            "insert into parsed values (2, 'soon', ?, ?, ?)",
            [record.get(name) for name in ("exports", "imports", "unit")],
        )
        assert accept.collect_rejects(con, table, settings.seeds, {}) == 1
        found = con.execute("select value_original, original_currency_code from rejects").fetchall()
    assert found == [worth]


def test_every_table_of_trade_that_may_lose_records_says_what_they_are_worth(settings: Settings) -> None:
    for source in load_contracts(settings.contracts).values():
        for table in source.tables:
            assert table.value_columns or not table.max_reject_share, f"{table.source}.{table.name}"
