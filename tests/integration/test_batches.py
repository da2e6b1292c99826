"""Tables that are made some years at a time hold what they would hold made at once, and less at once in less memory."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import duckdb
import pytest

from flows.contracts.relations import workings_of
from flows.settings import ROOT, Settings
from flows.steps.building import dbt, project
from tests.opened import copy_release, opened


def test_one_year_at_a_time_makes_the_same_tables_as_all_at_once(world_release: Path, tmp_path: Path) -> None:
    whole = Settings(warehouse=world_release.parent / "warehouse")
    settings = Settings(warehouse=tmp_path)
    copy = copy_release(world_release, tmp_path / "copy" / "trade.duckdb")
    dbt.stage(settings, copy, whole.landed, None)
    with duckdb.connect(str(workings_of(copy))) as con:  # the release may have had fewer cells than there are now
        con.execute("delete from intermediate.trade_product_sum")
    command = dbt.command(settings, "run", tmp_path / "target", "--select", "config.materialized:by_period")
    at = command.index("--vars") + 1
    command[at] = json.dumps(json.loads(command[at]) | {"batch_cells": 1})
    where = {"env": dbt.environment(settings), "cwd": project.folder(settings)}
    done = subprocess.run(command, **where, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    results = json.loads((tmp_path / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
    made = [result["relation_name"] for result in results if result["unique_id"].startswith("model.")]
    tables = [name.replace('"', "") for name in made]
    several = {"workings.intermediate.yearly_pair", "trade.marts.unit_value", "trade.marts.growth_component"}
    assert several <= set(tables)
    n_batches = {node: written.count(" by name ") + 1 for node, written in run_sql(tmp_path / "target").items()}
    assert min(n_batches[table.rpartition(".")[2]] for table in several) > 3
    with opened(copy) as con:
        con.execute(f"attach '{world_release}' as whole_trade (read_only)")
        con.execute(f"attach '{workings_of(world_release)}' as whole_workings (read_only)")
        for table in tables:
            for one, other in ((f"whole_{table}", table), (table, f"whole_{table}")):
                found = con.execute(f"select count(*) from (from {one} except all from {other})").fetchone()
                assert found == (0,), table
        years = con.execute("select count(distinct period_code) from marts.growth_component").fetchone()
        assert years is not None
        assert years[0] > 3


def run_sql(target: Path) -> dict[str, str]:
    """What dbt ran for each model, by its name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in target.rglob("run/**/*.sql")}


def test_a_batch_is_as_large_as_the_memory_allows() -> None:
    macro = (ROOT / "dbt_project" / "macros" / "materializations" / "by_period.sql").read_text(encoding="utf-8")
    (most,) = re.findall(r'"(least\(.*\))"', macro)
    for memory_limit, expected in (("1GB", 3_000_000), ("2GB", 6_000_000), ("16GB", 12_000_000)):
        with duckdb.connect(config={"memory_limit": memory_limit}) as con:
            assert con.execute(f"select ({most})::bigint").fetchone() == (pytest.approx(expected, rel=0.05),)
