"""Tables of one's own whose rows say thousands or millions in a column of their own, as SDMX does by UNIT_MULT."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from flows.contracts.trade_roles import Value
from flows.errors import EntrepotError
from flows.inbox.own.draft import save
from flows.inbox.own.losses import losses
from flows.ledger import Ledger
from flows.settings import ROOT, Settings
from flows.steps.building import own
from tests.macros import macros
from tests.unit.test_land import ingest, query
from tests.unit.test_own_units import answered

SDMX = """COUNTERPART_AREA,FLOW,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,{name}
SWE,X,2020,1.5,{unit},{first}
NOR,X,2020,2500,{unit},{second}
"""


def table(first: str, second: str, name: str = "UNIT_MULT", unit: str = "USD") -> str:
    return SDMX.format(name=name, unit=unit, first=first, second=second)


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        (table("6", "6"), 2_501_500_000),
        (table("6", "3"), 4_000_000),
        (table("9", "0"), 1_500_002_500),
        (table("6: Millions", "3: Thousands"), 4_000_000),
        (table("Millions", "Units", "Unit multiplier"), 1_502_500),
        (table("millions", "thousands", "SCALAR_FACTOR"), 4_000_000),
        (table("1000000", "1000", "Multiplier"), 4_000_000),
        (table("1000000", "1", "Scale"), 1_502_500),
        (table("6", "3", "PowerCode Code"), 4_000_000),
        (table("6", "6", unit="USD million"), 2_501_500_000),
    ],
)
def test_each_figure_is_worth_what_the_scale_of_its_row_says(
    settings: Settings, tmp_path: Path, text: str, worth: int
) -> None:
    draft = answered(settings, tmp_path / "a.csv", text)
    assert losses(draft)["used", "USD"].value == worth


@pytest.mark.parametrize(
    "text", [table("1", "1"), table("high", "low"), table("6", "3", unit="USD million"), table("0", "0", unit="USD k")]
)
def test_a_scale_in_doubt_is_asked_about_and_has_no_usual_answer(settings: Settings, tmp_path: Path, text: str) -> None:
    with pytest.raises(AssertionError, match="multiplier"):
        answered(settings, tmp_path / "a.csv", text)
    draft = answered(settings, tmp_path / "a.csv", text.replace("USD k", "USD").replace(" million", ""), currency="USD",
                     multiplier="7" if "low" in text or ",1\n" in text else None)  # fmt: skip
    assert draft.values()[0]["multiplier"] in (1, 7)


def test_one_multiplier_for_rows_of_several_scales_is_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(EntrepotError, match="leave it out, since 'UNIT_MULT' says the scale of each"):
        answered(settings, tmp_path / "a.csv", table("6", "3"), multiplier="1000")


def test_a_scale_beside_units_of_money_and_of_weight_counts_for_the_money(settings: Settings, tmp_path: Path) -> None:
    rows = ("SWE,X,2020,1.5,USD,6", "SWE,X,2020,7,Tonnes,3", "NOR,X,2020,2500,USD,3")
    text = "\n".join((SDMX.partition("\n")[0].format(name="UNIT_MULT"), *rows))
    found = losses(answered(settings, tmp_path / "a.csv", text))
    assert found["used", "USD"].value == 4_000_000
    assert found["other_measure", "USD"].count == 1


def test_the_run_reads_the_scale_and_refuses_a_later_file_with_an_unknown_one(
    settings: Settings, ledger: Ledger, tmp_path: Path
) -> None:
    draft = answered(settings, tmp_path / "scaled.csv", table("6", "3"))
    save(draft)
    settings.inbox.mkdir(parents=True, exist_ok=True)
    for name, text in (("a", table("6", "3")), ("b", table("6", "-3")), ("c", table("6", ""))):
        (settings.inbox / f"{name}.csv").write_text(text, encoding="utf-8")
    outcomes = {outcome.partition: outcome for outcome in ingest(settings, ledger, "scaled")}
    assert outcomes["a"].outcome == "new"
    assert "not one of 0, 3, 6, 9" in outcomes["b"].reason
    assert "the scale of the figure is missing" in outcomes["c"].reason
    folder = ROOT / "dbt_project" / "macros"
    paths = ("own/own_figures.sql", "own/own_period.sql", "exact_product.sql", "dictionary.sql")
    known = macros("".join((folder / path).read_text(encoding="utf-8") for path in paths))
    known["landed"] = lambda *_: "landed"
    (mapped,) = [t for t in json.loads(own.variables(settings))["mapped_tables"] if t["source"] == "scaled"]
    landed = query(settings, "select obs_value, unit_mult from raw.scaled__trade order by line")
    assert landed == [(Decimal("1.5"), "6"), (Decimal(2500), "3")]
    with duckdb.connect() as con:
        con.execute(f"attach '{settings.landed}' as landing (read_only)")
        con.execute("create table landed as select * from landing.raw.scaled__trade")
        found = con.execute(f"select value_original from ({known['own_figures'](mapped)}) order by line").fetchall()
    assert found == [(Decimal(1_500_000),), (Decimal(2_500_000),)]


def test_a_multiplier_column_needs_its_factors() -> None:
    with pytest.raises(ValueError, match="give a multiplier_column and its multipliers, or neither"):
        Value(column="value", multiplier_column="unit_mult")
    with pytest.raises(ValueError, match="a multiplier is greater than 0"):
        Value(column="value", multiplier_column="unit_mult", multipliers={"6": Decimal(0)})
