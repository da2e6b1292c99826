"""The whole synthetic world in a warehouse: every yearly report of every reporter, as one download of UN Comtrade."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import duckdb

from flows.ledger import Ledger
from flows.settings import ROOT, Settings
from flows.steps import build, fetch, land
from flows.steps.building import ledger_tables
from standin.comtrade_record import Line, lines, record
from standin.economy import WORLD, YEARS
from standin.world import Dataset, World
from tests.part_build import call_dbt

INVARIANTS = (
    "assert_conversion_weights_add_up",
    "assert_conversion_conserves_value",
    "assert_codes_can_be_converted",
    "assert_reconciled_products_add_up",
    "assert_reconciled_values_keep_their_bounds",
    "assert_reconciled_values_follow_from_both_reports",
    "assert_mirror_gaps_agree_with_each_other",
    "assert_ranks_know_what_is_missing",
    "bridge_product_revision",
    "unconvertible_product",
)
PUBLISHED = "group_id,H5,H4,weight\n7,293131,293190,0.75\n7,293190,293190,0.25\n"
"""Weights as others publish them: one code of HS 2012, in the table of 2017 and 2012."""


def world_warehouse(folder: Path) -> Path:
    """`trade.duckdb` of the world's reports in a folder, up to the marts; the invariants below hold.

    Nothing is beside them but the correlation tables. The warehouse that landed them is `folder`/warehouse.
    """
    shutil.copytree(ROOT / "warehouse" / "bundled" / "hs_correlation", folder / "bundled" / "hs_correlation")
    settings = Settings(warehouse=folder / "warehouse", bundled=folder / "bundled")
    settings.inbox.mkdir(parents=True)
    write_downloads(settings.inbox / "world.csv")
    (settings.inbox / "conversion_weights_HS2012_to_HS2017.csv").write_text(PUBLISHED, encoding="utf-8")
    ledger = Ledger(settings)
    land.prepare(settings)
    for partition in fetch.plan(settings, ledger, ["hs_correlation", "comtrade_csv", "hs_weight"]).fetch:
        fetch.fetch_partition(settings, ledger, partition)
    for raw in land.pending(settings, ledger):
        outcome = land.land_file(settings, ledger, raw)
        assert (outcome.outcome, outcome.rejects) == ("new", 0), outcome.reason
    with ledger.writing():
        ledger_tables.write(settings, ledger, ledger.start("run", build.versions(), build.code_fingerprint()))
    path = folder / "trade.duckdb"
    call_dbt(settings, path, "build", "--exclude-resource-type", "test", "unit_test")
    call_dbt(settings, path, "test", "--select", *INVARIANTS)
    return path


def violations(con: duckdb.DuckDBPyConnection, world_release: Path, test: str) -> list[tuple[Any, ...]]:
    """Rows that break one of the invariants in a copy of the world, by the SQL dbt made of it."""
    (compiled,) = (world_release.parent / "warehouse" / ".dbt" / "target" / "compiled").rglob(f"{test}.sql")
    return con.execute(compiled.read_text(encoding="utf-8")).fetchall()


def write_downloads(path: Path) -> None:
    """The world's yearly reports in the layout of UN Comtrade's newer downloads: products by partner, and totals."""
    world = World()
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        for reporter in world.reporters():
            for period in world.periods("A", reporter):
                dataset = world.dataset("A", reporter, period)
                assert dataset is not None
                for line in downloaded(dataset):
                    row = record(dataset, line, (0, "C00", 0, line.mills, line.kg), "HS", described=True)
                    if handle.tell() == 0:
                        writer.writerow(row)
                    writer.writerow(row.values())


def downloaded(dataset: Dataset) -> list[Line]:
    """TOTAL by partner and for World; products at six digits by partner, where codes are those of their year."""
    has_products = int(dataset.period) in YEARS
    return [
        line
        for line in lines(dataset)
        if line.code == "TOTAL" or (has_products and len(line.code) == 6 and line.partner != WORLD)
    ]
