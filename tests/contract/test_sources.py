"""One suite over every source that is found: adding a source adds its tests."""

from __future__ import annotations

import csv
import inspect
import pkgutil

import duckdb
import pytest

from flows.contracts import Table, code_list, load_contracts
from flows.contracts.grains import load_grains
from flows.ledger import Ledger
from flows.settings import ROOT, Settings
from flows.sources import load_source
from flows.sources.base import Recogniser
from flows.sources.bundled import Bundled
from flows.steps import fetch, land

CONTRACTS = load_contracts(Settings().contracts)
SOURCES = sorted(CONTRACTS)
TABLES = [table for source in CONTRACTS.values() for table in source.tables]
BUNDLED = [table for table in TABLES if CONTRACTS[table.source].origin == "bundled"]


def table_id(table: Table) -> str:
    return f"{table.source}.{table.name}"


def test_every_source_module_has_a_contract_and_every_live_source_a_module() -> None:
    modules = {module.name for module in pkgutil.iter_modules([str(ROOT / "flows" / "sources")])}
    sources = {name for name in modules if not isinstance(load_source(name), Bundled)}
    assert sources <= set(SOURCES)
    assert {name for name in SOURCES if CONTRACTS[name].origin == "live"} <= sources
    assert not [name for name in sources if CONTRACTS[name].origin == "bundled"]


@pytest.mark.parametrize("name", SOURCES)
def test_source_offers_partitions_and_fetch(name: str) -> None:
    module = load_source(name)
    assert list(inspect.signature(module.partitions).parameters) == ["settings", "since", "http"]
    assert list(inspect.signature(module.fetch).parameters) == ["partition", "http"]
    formats = {table.format for table in CONTRACTS[name].tables}
    assert hasattr(module, "read") >= bool(formats - {"csv", "tsv", "xlsx"})
    assert (inspect.getdoc(module) or "").strip(), "a source says in one line what it is"


@pytest.mark.parametrize("name", SOURCES)
def test_contract_says_who_publishes_and_what_may_be_done(name: str) -> None:
    source = CONTRACTS[name]
    assert source.publisher
    assert source.licence
    assert source.description.endswith(".")
    assert set(source.valuation) <= {"X", "M"}


@pytest.mark.parametrize("name", [name for name in SOURCES if CONTRACTS[name].origin == "live"])
def test_a_live_source_names_its_hosts_and_does_not_stop_the_others(name: str) -> None:
    assert CONTRACTS[name].hosts
    assert {table.on_failure for table in CONTRACTS[name].tables} == {"stand_in"}


@pytest.mark.parametrize("table", [table for table in TABLES if table.inbox], ids=table_id)
def test_a_table_people_may_bring_can_be_recognised(table: Table) -> None:
    assert table.format in ("csv", "tsv", "xlsx") or isinstance(load_source(table.source), Recogniser)


def test_sources_that_share_a_host_are_equally_polite() -> None:
    limits: dict[str, set[tuple[object, ...]]] = {}
    for source in CONTRACTS.values():
        stated = (source.seconds_between_requests, source.requests_per_day, source.requests_per_day_without_key)
        for host in source.hosts:
            limits.setdefault(host, set()).add((*stated, source.key_name))
    assert {host: len(stated) for host, stated in limits.items()} == dict.fromkeys(limits, 1)


@pytest.mark.parametrize("table", TABLES, ids=table_id)
def test_contract_is_complete_and_its_types_exist(table: Table) -> None:
    assert table.description.startswith("One row per")
    assert table.key
    types = ", ".join(f"null::{column.data_type}" for column in table.columns)
    duckdb.connect().execute(f"select {types}")
    for column in table.columns:
        assert column.description.endswith("."), column.name
        if column.code_list:
            assert code_list(column.code_list, Settings().seeds), column.name
        if "usd" in column.name:
            assert "USD" in column.description, column.name


@pytest.mark.parametrize("table", BUNDLED, ids=table_id)
def test_bundled_file_has_exactly_the_columns_of_its_contract(table: Table) -> None:
    path = ROOT / "warehouse" / "bundled" / table.source / f"{table.name}.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        assert next(csv.reader(handle)) == [column.header for column in table.columns]


@pytest.mark.parametrize("name", sorted({table.source for table in BUNDLED}))
def test_bundled_source_lands_whole(settings: Settings, ledger: Ledger, name: str) -> None:
    land.prepare(settings)
    for partition in fetch.plan(settings, ledger, [name]).fetch:
        fetch.fetch_partition(settings, ledger, partition)
    outcomes = [land.land_file(settings, ledger, record) for record in land.pending(settings, ledger)]
    assert {outcome.table for outcome in outcomes} == {table.name for table in CONTRACTS[name].tables}
    for outcome in outcomes:
        text = (settings.bundled / name / f"{outcome.table}.csv").read_text(encoding="utf-8")
        assert (outcome.outcome, outcome.rejects) == ("new", 0), outcome.reason
        assert outcome.rows == text.count("\n") - 1
    assert fetch.plan(settings, ledger, [name]).fetch == []


@pytest.mark.parametrize("table", BUNDLED, ids=table_id)
def test_every_bundled_row_names_its_publication(table: Table) -> None:
    path = ROOT / "warehouse" / "bundled" / table.source / f"{table.name}.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            assert row["publication_id"]
            assert row["publisher"]
            assert row["title"]


def test_un_comtrade_is_nowhere_marked_as_redistributable() -> None:
    for source in CONTRACTS.values():
        if "Comtrade" in source.publisher or "TradeMap" in source.publisher or "WITS" in source.publisher:
            assert not source.redistributable, source.name


def test_what_a_source_fills_is_published() -> None:
    filled = {table for source in CONTRACTS.values() for table in source.fills}
    assert filled
    assert filled <= set(load_grains(Settings().dbt_project))
