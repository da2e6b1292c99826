"""A record of UN Comtrade that leaves second partner, customs procedure or mode of transport empty is the total."""

from __future__ import annotations

import csv
import io

import pytest

from flows.contracts import load_contracts
from flows.settings import Settings
from tests.raw_file import land_bytes

PLUS = {
    "typeCode": "C", "freqCode": "A", "refYear": "2009", "period": "2009", "reporterCode": "410", "flowCode": "X",
    "partnerCode": "392", "classificationCode": "H5", "cmdCode": "TOTAL", "aggrLevel": "0", "qtyUnitCode": "-1",
    "primaryValue": "100",
}  # fmt: skip
LEGACY = {
    "Classification": "H5", "Year": "2009", "Period": "2009", "Aggregate Level": "0", "Trade Flow Code": "2",
    "Reporter Code": "410", "Partner Code": "392", "Commodity Code": "TOTAL", "Trade Value (US$)": "50",
}  # fmt: skip
PLUS_TOTAL = {"partner2Code": "0", "customsCode": "C00", "motCode": "0", "mosCode": "0"}
LEGACY_TOTAL = {"2nd Partner Code": "0", "Customs Proc. Code": "C00", "Mode of Transport Code": "0"}


def content(settings: Settings, table: str, *rows: dict[str, str]) -> bytes:
    headers = [column.header for column in load_contracts(settings.contracts)["comtrade_csv"].table(table).columns]
    written = io.StringIO()
    writer = csv.DictWriter(written, headers)
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()


@pytest.mark.parametrize(
    ("table", "row", "total"), [("plus_trade", PLUS, PLUS_TOTAL), ("legacy_trade", LEGACY, LEGACY_TOTAL)]
)
def test_a_total_spelt_out_and_left_empty_is_one_record(
    settings: Settings, table: str, row: dict[str, str], total: dict[str, str]
) -> None:
    for name in total:
        for spelt in ("", "0"):
            if total[name] == spelt:
                continue
            twice = content(settings, table, row | total, row | total | {name: spelt})
            outcome = land_bytes(settings, f"comtrade_csv.{table}", f"twice-{name[:3]}-{spelt}", twice, "csv")
            assert (outcome.outcome, outcome.rejects) == ("failed", 2), (name, spelt)
            assert "duplicate key" in outcome.reason
    outcome = land_bytes(settings, f"comtrade_csv.{table}", "twice", content(settings, table, row | total, row), "csv")
    assert (outcome.outcome, outcome.rejects) == ("failed", 2)


@pytest.mark.parametrize(
    ("table", "row", "total", "part"),
    [
        ("plus_trade", PLUS, PLUS_TOTAL, {"motCode": "1000"}),
        ("plus_trade", PLUS, PLUS_TOTAL, {"customsCode": "C01"}),
        ("legacy_trade", LEGACY, LEGACY_TOTAL, {"Mode of Transport Code": "1"}),
    ],
)
def test_a_part_is_another_record_than_the_total(
    settings: Settings, table: str, row: dict[str, str], total: dict[str, str], part: dict[str, str]
) -> None:
    for number, whole in enumerate(({}, total)):
        both = content(settings, table, row | whole, row | whole | part)
        outcome = land_bytes(settings, f"comtrade_csv.{table}", f"both-{number}", both, "csv")
        assert (outcome.rows, outcome.rejects, outcome.reason) == (2, 0, "")
    other = "partnerCode" if table == "plus_trade" else "Partner Code"
    spelt = content(settings, table, row | total, row | {other: "842"})
    outcome = land_bytes(settings, f"comtrade_csv.{table}", "two-spellings", spelt, "csv")
    assert (outcome.rows, outcome.rejects, outcome.reason) == (2, 0, "")


def test_only_tables_with_such_totals_land_again(settings: Settings) -> None:
    tables = [table for source in load_contracts(settings.contracts).values() for table in source.tables]
    for table in tables:
        bare = tuple(column.model_copy(update={"total": ()}) for column in table.columns)
        has_totals = any(column.total for column in table.columns)
        assert (table.model_copy(update={"columns": bare}).fingerprint != table.fingerprint) is has_totals
