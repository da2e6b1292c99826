"""Contracts of tables of one's own: read from outside the project, checked as strictly as those inside it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.contracts import load_contracts
from flows.contracts.yaml_file import read_yaml
from flows.errors import ContractError
from flows.settings import Settings
from flows.sources import load_source
from flows.sources.bundled import Bundled
from flows.steps.building import own
from tests.own_contract import own_contract, write_contract

OWN = own_contract(
    """
description: "One row per partner and year."
config:
  meta:
    key: [partner, year]
    trade:
      reporter: {constant: FIN}
      partner: {column: partner, codes: name}
      flow: {column: flow, values: {1: M, 2: X}}
      period: {year: year}
      values: [{column: amount, currency: EUR, multiplier: 1000}]
columns:
  - {name: partner, data_type: varchar, description: "Partner."}
  - {name: flow, data_type: varchar, description: "Flow."}
  - {name: year, data_type: varchar, description: "Year."}
  - {name: note, data_type: varchar, description: "Note."}
  - {name: amount, data_type: "decimal(24,9)", description: "Value."}
"""
)


def test_a_contract_outside_the_project_is_a_source_without_a_line_of_python(settings: Settings) -> None:
    write_contract(settings, OWN)
    table = load_contracts(settings.contracts)["mine"].table("trade")
    assert table.trade is not None
    assert table.trade.columns == {"partner", "flow", "year", "amount"}
    assert isinstance(load_source("mine"), Bundled)
    (told,) = json.loads(own.variables(settings))["mapped_tables"]
    assert (told["source"], told["name"]) == ("mine", "trade")
    assert told["trade"]["flow"]["values"] == {"1": "M", "2": "X"}
    assert told["trade"]["values"][0] == {
        "column": "amount",
        "flow": None,
        "currency": "EUR",
        "currency_column": None,
        "multiplier": "1000",
        "unit_column": None,
        "units": {},
        "multiplier_column": None,
        "multipliers": {},
    }
    assert told["trade"]["product"]["constant"] == "TOTAL"


def test_a_changed_contract_is_read_again_and_builds_anew(settings: Settings) -> None:
    assert own.fingerprint(settings) == []
    path = write_contract(settings, OWN)
    before = own.fingerprint(settings)
    assert load_contracts(settings.contracts)["mine"].publisher == "Me"
    path.write_text(OWN.replace("publisher: Me", "publisher: Somebody"), encoding="utf-8")
    assert load_contracts(settings.contracts)["mine"].publisher == "Somebody"
    assert own.fingerprint(settings) != before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("identifier: mine__trade", "identifier: trade", "needs `identifier: mine__trade`"),
        ("database: landed", "database: other", "needs `database: landed` and `schema: raw`"),
        ("origin: drop_box", "origin: live", "needs the origin drop_box"),
        ("name: mine", "name: baci", "there is a source baci already"),
        ("name: mine", "name: ledger", "'ledger' cannot be the name of a source; use lower-case letters, digits and"),
        ("name: note", "name: order", "'order' cannot be the name of a column"),
        ("column: partner", "column: partnr", "trade columns ['partnr'] are not columns"),
        ("flow: {column: flow, values: {1: M, 2: X}}", "coverage: complete", "say the flow once"),
        ("reporter: {constant: FIN}", "reporter: {}", "either a column or a constant"),
        ("codes: name", "codes: fips", "trade.partner.codes: it should be 'iso3', 'iso2'"),
        ("codes: name", "codez: name", "trade.partner.codez: nothing of this name is known"),
        ("priority: 90", "priority: high", "priority: it should be a whole number"),
        ("period: {year: year}", "period: {column: year, layouts: [MM]}", "has no YYYY"),
        ("    database", "   database", "is not well formed"),
        ("cadence: once", "cadence: never", "`cadence` 'never' does not say how often the table appears; say daily, "),
        ("priority: 90", "priority: 90, valuation: {X: FOO}", "`valuation` 'FOO' is not a valuation; say FOB, CIF"),
        ("priority: 90", "priority: 90, valuation: {E: FOB}", "`valuation` 'E' is not a flow; say X for exports"),
        ("currency: EUR", "currency: DOLLARS", "`currency` of the table trade 'DOLLARS' is not the code of a currency"),
        ("period: {year: year}", "period: {column: year, layouts: [YYYY-Q]}", "the period layout 'YYYY-Q' has 'Q'"),
        ("period: {year: year}", "period: {column: year, layouts: [YYYY-mm]}", "the period layout 'YYYY-mm' has 'mm'"),
        (
            "key: [partner, year]",
            "header_row: 0\n            key: [partner, year]",
            "0 is no row of a file; the first one is 1",
        ),
    ],
)
def test_a_wrong_contract_is_refused_in_one_sentence_with_its_file(
    settings: Settings, old: str, new: str, said: str
) -> None:
    assert old in OWN
    text = OWN.replace(old, new, 1).replace("mine__trade", "baci__trade" if new == "name: baci" else "mine__trade")
    write_contract(settings, text)
    with pytest.raises(ContractError) as refusal:
        load_contracts(settings.contracts)
    assert said in str(refusal.value)
    assert not re.search(r"\n|Value error|Input should|Extra inputs", str(refusal.value))
    assert "mine" in str(refusal.value)


def test_a_key_that_stands_twice_is_refused_with_its_lines(settings: Settings) -> None:
    write_contract(settings, OWN.replace("currency: EUR", "currency: EUR, multiplier: 1, multiplier: 1000", 1))
    with pytest.raises(
        ContractError, match=r"^Contract mine\.yml: `multiplier` stands in line (\d+) and again in line \1"
    ):
        load_contracts(settings.contracts)
    lines = OWN.splitlines()
    at = next(number for number, line in enumerate(lines) if "description:" in line)
    write_contract(settings, "\n".join([*lines[: at + 1], lines[at], *lines[at + 1 :]]))
    said = f"Contract mine.yml: `description` stands in line {at + 1} and again in line {at + 2}; keep one of them."
    with pytest.raises(ContractError, match=re.escape(said)):
        load_contracts(settings.contracts)


def test_a_key_that_overrides_what_an_alias_brings_stands_once(tmp_path: Path) -> None:
    path = tmp_path / "merged.yml"
    path.write_text("a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}\n", encoding="utf-8")
    assert read_yaml(path) == {"a": {"x": 1, "y": 2}, "b": {"x": 3, "y": 2}}


def test_a_word_of_sql_names_a_source_and_no_column(settings: Settings) -> None:
    write_contract(settings, OWN.replace("name: mine", "name: select").replace("mine__trade", "select__trade"))
    assert "select" in load_contracts(settings.contracts)
    write_contract(settings, OWN.replace("name: note", "name: order"))
    with pytest.raises(ContractError, match=r"single underscores, and no word of SQL\.$"):
        load_contracts(settings.contracts)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("nothing")])
def test_a_contract_that_is_no_file_is_told(settings: Settings, make: Callable[[Path], None]) -> None:
    """A folder was a traceback of every command, and a pipe none of them came back from."""
    settings.own_contracts.mkdir(parents=True)
    make(settings.own_contracts / "mine.yml")
    with pytest.raises(ContractError, match=r"Contract mine.yml is not a file; move it out of"):
        load_contracts(settings.contracts)
