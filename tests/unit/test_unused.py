"""What landed and is not used: rows of a release that is held back have their value, as all others do."""

from __future__ import annotations

from typing import Any

import duckdb

from flows.contracts.relations import quote
from flows.ledger import Ledger, Run
from flows.releases.unused import unused
from flows.settings import Settings
from flows.steps import fetch, land
from tests.live import NOBODY

BUILT = """
create schema core;
create schema meta;
create table core.dim_raw_file as from landed.raw.file;
create table meta.excluded_row (
    source_code varchar, reason varchar, n_rows bigint, value_usd decimal(18, 3), value_original decimal(18, 3),
    original_currency_code varchar
);
create table meta.rejected_row (
    source_code varchar, file_id varchar, line bigint, value_original decimal(18, 3), original_currency_code varchar,
    is_current boolean
);
create table meta.coverage (n_without_rate bigint);
"""


def bring(settings: Settings, ledger: Ledger, release: str, *years: int) -> None:
    """Files of BACI one by one: a row each, of 1,500 thousand dollars and the last digit of the year."""
    settings.inbox.mkdir(parents=True, exist_ok=True)
    for year in years:
        rows = f"t,i,j,k,v,q\n{year},156,643,010111,150{year % 10}.5,NA\n"
        (settings.inbox / f"BACI_HS92_Y{year}_V{release}.csv").write_text(rows, encoding="utf-8")
    land.prepare(settings)
    for partition in fetch.plan(settings.model_copy(update=NOBODY), ledger, ["baci"]).fetch:
        fetch.fetch_partition(settings, ledger, partition)
    for record in land.pending(settings, ledger):
        land.land_file(settings, ledger, record)


def built(settings: Settings) -> Run:
    """A run with a candidate that has what the question reads, made of what has landed."""
    run = Ledger(settings).start("run", {}, "code").model_copy(update={"state": "built"})
    path = settings.builds / run.run_id / "trade.duckdb"
    path.parent.mkdir(parents=True)
    with duckdb.connect(str(path)) as con:
        con.execute(f"attach {quote(settings.landed)} as landed (read_only)")
        con.execute(BUILT)
    return run


def held_back(table: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    return [(row["source"], row["rows"], row["value"]) for row in table if "not whole yet" in row["why"]]


def test_rows_that_are_held_back_are_told_with_their_value(settings: Settings, ledger: Ledger) -> None:
    bring(settings, ledger, "202301", 2017, 2018, 2019)
    bring(settings, ledger, "202401", 2018, 2019)
    told = unused(settings, built(settings))
    assert held_back(told.table) == [("baci", 2, "USD 0.0030 bn")]
    assert told.line == "Of 5 landed rows 3 are used; the other 2 are listed with their reason."


def test_their_value_is_unknown_where_the_landed_rows_are_gone(settings: Settings, ledger: Ledger) -> None:
    bring(settings, ledger, "202301", 2018, 2019)
    bring(settings, ledger, "202401", 2019)
    run = built(settings)
    settings.landed.unlink()
    assert held_back(unused(settings, run).table) == [("baci", 1, "")]
