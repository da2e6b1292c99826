"""Contracts are read strictly: a misspelt rule is a rule not applied."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.contracts import load_contracts
from flows.errors import ContractError
from flows.read.raw_record import raw_record
from flows.settings import Settings

GOOD = """
version: 2
sources:
  - name: toy
    description: "Toy."
    config:
      meta: {publisher: P, statistic_code: T, landing_page: "", licence: L, redistributable: true,
             origin: bundled, cadence: none, max_age_days: null, priority: 1}
    tables:
      - name: trade
        description: "One row per year."
        config: {meta: {key: [year]}}
        columns:
          - {name: year, data_type: integer, description: "Year.", config: {meta: {required: true}}}
"""


def write(folder: Path, text: str) -> Path:
    (folder / "toy").mkdir()
    (folder / "toy" / "_toy__sources.yml").write_text(text, encoding="utf-8")
    return folder


def test_a_contract_becomes_a_frozen_model(tmp_path: Path) -> None:
    table = load_contracts(write(tmp_path, GOOD))["toy"].table("trade")
    assert (table.landed_name, table.key, table.on_failure) == ("toy__trade", ("year",), "stop")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("required: true", "requird: true", "requird"),
        ("key: [year]", "key: [yaer]", "yaer"),
        ("key: [year]", "key: [year], values: [{column: valeu}]", "valeu"),
        ("priority: 1", "priority: first", "priority"),
    ],
)
def test_a_misspelt_rule_is_refused_by_name(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(ContractError, match=said):
        load_contracts(write(tmp_path, GOOD.replace(old, new)))


def test_asking_for_a_table_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"\['trade'\]"):
        load_contracts(write(tmp_path, GOOD))["toy"].table("trades")


def test_asking_for_a_column_that_is_not_there_says_of_which_table(tmp_path: Path) -> None:
    table = load_contracts(write(tmp_path, GOOD))["toy"].table("trade")
    assert table.column("year").data_type == "integer"
    with pytest.raises(ContractError, match=r"toy\.trade has no column 'yaer'"):
        table.column("yaer")


def test_a_figure_of_a_table_no_contract_has_any_more_is_still_shown(settings: Settings) -> None:
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    contracts = load_contracts(write(settings.warehouse, GOOD))
    (settings.warehouse / "raw.csv").write_text("year\n2021\n", encoding="utf-8")
    assert raw_record(settings, contracts, "toy/renamed_since/1", "raw.csv", 2) == "2021"


def test_the_revisions_in_the_names_of_baci_are_those_the_models_know() -> None:
    macro = (Settings().dbt_project / "macros" / "hs_classification_code.sql").read_text(encoding="utf-8")
    known = set(re.findall(r"'(HS\d\d)'", macro))
    assert len(known) == 7
    baci = load_contracts(Settings().contracts)["baci"]
    for table, name in (("trade_year", "BACI_{}_Y2016_V202201"), ("product_code", "product_codes_{}_V202201")):
        pattern = baci.table(table).name_pattern
        assert pattern is not None
        fits = {revision for revision in (f"HS{n:02}" for n in range(100)) if re.match(pattern, name.format(revision))}
        assert fits == known


def test_no_contract_takes_a_year_that_the_calendar_has_not() -> None:
    """One record of the year 0000 broke the build, and with it every other file."""
    judged = 0
    for source in load_contracts(Settings().contracts).values():
        for table in source.tables:
            dated = [column for column in table.columns if column.pattern and column.name in (table.year or "")]
            for pattern in (column.pattern for column in dated):
                assert pattern is not None
                found = {
                    f"{year}{rest}" for year in ("0000", "1899", "9999") for rest in ("", "-01", "01", "-M01", "-Q1")
                }
                assert not [text for text in found if re.fullmatch(pattern, text)], f"{source.name}.{table.name}"
                judged += 1
    assert judged >= 5


def test_no_source_of_trade_takes_a_year_to_come() -> None:
    """One record of 2099 stopped the release, and with it every other file."""
    judged = 0
    for source in load_contracts(Settings().contracts).values():
        tables = [table for table in source.tables if source.feeds.get("cells") and source.origin != "bundled"]
        for table in (table for table in tables if table.year or table.values):
            dated = [column for column in table.columns if column.name in (table.year or "") or column.label == "year"]
            assert not dated or any(column.is_begun for column in dated), f"{source.name}.{table.name}"
            judged += bool(dated)
    assert judged >= 9
