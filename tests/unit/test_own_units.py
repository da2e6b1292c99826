"""Tables of one's own whose rows have several units: the contract, what is told of it, and the SQL made of it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import duckdb

from flows.inbox.own.draft import Answers, Draft, save
from flows.inbox.own.losses import losses
from flows.inbox.own.questions import open_questions
from flows.inbox.own.sample import read_sample
from flows.settings import ROOT, Settings
from flows.steps.building import own
from tests.macros import macros

UNITS = """Reporter,Partner,Flow,Year,Unit,Value
Spain,Portugal,Exports,2020,EUR million,10
Spain,Portugal,Exports,2020,Tonnes,555
Spain,France,Exports,2020,EUR thousand,20
Spain,France,Exports,2020,Tonnes,777
"""


def figures(settings: Settings) -> str:
    """SQL of the figures of the table, with the landed records in the table `landed`."""
    folder = ROOT / "dbt_project" / "macros"
    paths = ("own/own_figures.sql", "own/own_period.sql", "exact_product.sql", "dictionary.sql")
    known = macros("".join((folder / path).read_text(encoding="utf-8") for path in paths))
    known["landed"] = lambda *_: "landed"
    (table,) = [t for t in json.loads(own.variables(settings))["mapped_tables"] if t["source"] == "units"]
    return str(known["own_figures"](table))


def test_tonnes_beside_money_are_no_money_and_each_unit_is_worth_its_own(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text(UNITS, encoding="utf-8")
    said = {"publisher": "Me", "licence": "mine", "exports_valuation": "FOB", "imports_valuation": "CIF"}
    draft = Draft(settings, read_sample(path), Answers(**said))
    value = draft.trade()["values"][0]
    assert (value["unit_column"], value["units"]) == ("unit", {"EUR million": 1_000_000, "EUR thousand": 1000})
    assert losses(draft)["used", "EUR"].value == 10_020_000
    assert losses(draft)["other_measure", "EUR"].count == 2
    save(draft)
    with duckdb.connect() as con:
        con.execute(f"create table landed as select *, 1 as file_id, 1 as line from read_csv('{path}')")
        sql = f"select partner_term, flow_term, value_original from ({figures(settings)}) order by all"
        found = con.execute(sql).fetchall()
    assert found == [
        ("France", "-", Decimal(777)), ("France", "X", Decimal(20_000)),
        ("Portugal", "-", Decimal(555)), ("Portugal", "X", Decimal(10_000_000)),
    ]  # fmt: skip


def drafted(settings: Settings, path: Path, *lines: str) -> Draft:
    path.write_text("\n".join(lines), encoding="utf-8")
    said = {"publisher": "Me", "licence": "mine", "exports_valuation": "FOB", "imports_valuation": "CIF"}
    return Draft(settings, read_sample(path), Answers(reporter="KAZ", multiplier="1000", **said))


def test_a_figure_in_two_currencies_is_used_once(settings: Settings, tmp_path: Path) -> None:
    """As the build chooses: dollars where there are any, whatever another cell has."""
    draft = drafted(
        settings, tmp_path / "two.csv", "Year,Country,Flow,Currency,Value (thousand)",
        "2020,China,Exports,EUR,9", "2020,China,Exports,USD,10",
        "2020,Germany,Exports,EUR,4", "2020,Germany,Exports,CNY,30",
    )  # fmt: skip
    found = {key: (share.count, share.value) for key, share in losses(draft).items()}
    assert found == {
        ("other_currency", "EUR"): (2, 13_000), ("used", "USD"): (1, 10_000), ("used", "CNY"): (1, 30_000)
    }  # fmt: skip
    text = draft.text()
    assert "those in US dollars are used" in text
    assert "added up" not in text


def test_codes_of_items_are_no_hs_codes_however_many_look_like_some(settings: Settings, tmp_path: Path) -> None:
    """FAO's wheat is 15 and its exports are 5922; chapter 15 is fats, 59 textiles. The items are no total either."""
    draft = drafted(
        settings, tmp_path / "fao.csv", "Year,Country,Item Code,Item,Element Code,Flow,Value",
        "2020,China,15,Wheat,5922,Exports,4", "2020,Germany,15,Wheat,5922,Exports,5",
    )  # fmt: skip
    assert draft.guess.product is None
    assert "product" in [question.field for question in open_questions(draft)]
    coded = drafted(
        settings, tmp_path / "hs.csv", "Year,Country,код тн вэд,Flow,Value", "2020,China,1001,Exports,4",
    )  # fmt: skip
    assert coded.guess.product == 2


def test_a_figure_is_as_exact_as_its_source_prints_it(settings: Settings) -> None:
    """300 million in billions of the press, in a table of thousands, in dollars: half of 0.1 billion, 1,000 and 1."""
    folder = ROOT / "dbt_project" / "macros"
    paths = ("marts/adds_up.sql", "portability/printed_decimals.sql")
    known = macros("".join((folder / path).read_text(encoding="utf-8") for path in paths))
    told = json.loads(own.variables(settings))
    assert "gacc_quoted" in told["quoted_sources"]
    assert "comtrade_csv" not in told["quoted_sources"]
    values = {"values": [{"unit_column": None, "multiplier": "1000"}]}
    by_row = {"values": [{"unit_column": "unit", "units": {"USD": "1", "USD million": "1000000"}}]}
    told["mapped_tables"] = [{"source": "mine", "trade": values}, {"source": "units", "trade": by_row}]
    known["var"] = told.get
    half = known["half_last_digit"]("300000000::decimal(18, 3)", "source")
    sources = ["gacc_quoted", "mine", "units", "gacc", "comtrade_csv"]
    with duckdb.connect() as con:
        found = con.execute(f"select source, {half} from unnest({sources}) as each(source)").fetchall()
    assert found == [
        ("gacc_quoted", 50_000_000), ("mine", 500), ("units", 500_000), ("gacc", 50_000), ("comtrade_csv", 0.5)
    ]  # fmt: skip
