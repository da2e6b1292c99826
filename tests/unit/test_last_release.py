"""Which release a build is compared with, and when it can not be."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import yaml

from flows.ledger import Ledger, Run, utc_now
from flows.releases import place
from flows.settings import Settings
from flows.steps.building import last_release


def publish_empty(settings: Settings, ledger: Ledger, left_out: tuple[str, ...] = (), without: str = "") -> Run:
    """A release with the tables the comparison reads, without the column `without`."""
    run = ledger.start("run", {}, "code")
    run.built_at, run.left_out = utc_now(), list(left_out)
    path = place.release_path(settings, run.run_id)
    path.parent.mkdir(parents=True)
    contract = yaml.safe_load((settings.dbt_project / Path(last_release._CONTRACT)).read_text(encoding="utf-8"))
    with duckdb.connect(str(path)) as con:
        con.execute("create schema core")
        for table in contract["sources"][0]["tables"]:
            columns = [f"{c['name']} {c['data_type']}" for c in table["columns"] if c["name"] != without]
            con.execute(f"create table core.{table['name']} ({', '.join(columns)})")
    place.point_to(settings, run.run_id)
    return ledger.finish(run, "published", "")


@pytest.fixture
def run(settings: Settings, ledger: Ledger) -> Run:
    return Run(run_id="next", started_at=utc_now())


def test_a_first_release_is_compared_with_none(settings: Settings, ledger: Ledger, run: Run) -> None:
    assert last_release.comparable(settings, ledger, run) is None
    assert run.notices == []


def test_the_release_readers_have_is_the_last_one_also_after_a_rollback(
    settings: Settings, ledger: Ledger, run: Run
) -> None:
    first, second = publish_empty(settings, ledger), publish_empty(settings, ledger)
    assert last_release.comparable(settings, ledger, run) == second.run_id
    place.point_to(settings, first.run_id)
    assert last_release.comparable(settings, ledger, run) == first.run_id
    assert run.notices == []


def test_a_release_of_other_sources_is_not_compared(settings: Settings, ledger: Ledger, run: Run) -> None:
    publish_empty(settings, ledger, left_out=("comtrade_api",))
    assert last_release.comparable(settings, ledger, run) is None


def test_a_release_that_lacks_what_the_comparison_reads_is_named(settings: Settings, ledger: Ledger, run: Run) -> None:
    older = publish_empty(settings, ledger, without="quantity_unit_code")
    assert last_release.comparable(settings, ledger, run) is None
    (notice,) = run.notices
    assert older.run_id in notice
    assert "core.fct_trade.quantity_unit_code, core.fct_trade_total.quantity_unit_code" in notice


def test_a_release_that_does_not_say_when_it_was_built_is_not_compared(
    settings: Settings, ledger: Ledger, run: Run
) -> None:
    older = publish_empty(settings, ledger)
    ledger.save(older.model_copy(update={"built_at": None}))
    assert last_release.comparable(settings, ledger, run) is None
    assert "lacks the time it was built" in run.notices[0]
