"""Tables that are made some years at a time hold what they would hold made at once."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import duckdb

from flows.settings import Settings
from flows.steps.building import dbt, project


def test_one_year_at_a_time_makes_the_same_tables_as_all_at_once(world_release: Path, tmp_path: Path) -> None:
    whole = Settings(warehouse=world_release.parent / "warehouse")
    settings = Settings(warehouse=tmp_path)
    copy = tmp_path / "copy" / "trade.duckdb"
    copy.parent.mkdir()
    shutil.copyfile(world_release, copy)
    dbt.stage(settings, copy, whole.landed, None)
    command = dbt.command(settings, "run", tmp_path / "target", "--select", "config.materialized:by_period")
    at = command.index("--vars") + 1
    command[at] = json.dumps(json.loads(command[at]) | {"batch_cells": 1})
    where = {"env": dbt.environment(settings), "cwd": project.folder(settings)}
    done = subprocess.run(command, **where, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    results = json.loads((tmp_path / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
    made = [result["relation_name"] for result in results if result["unique_id"].startswith("model.")]
    tables = [name.replace('"', "").removeprefix("trade.") for name in made]
    assert {"intermediate.yearly_pair", "marts.unit_value", "marts.growth_contribution"} <= set(tables)
    with duckdb.connect(str(copy), read_only=True) as con:
        con.execute(f"attach '{world_release}' as whole (read_only)")
        for table in tables:
            for one, other in ((f"whole.{table}", table), (table, f"whole.{table}")):
                found = con.execute(f"select count(*) from (from {one} except all from {other})").fetchone()
                assert found == (0,), table
        years = con.execute("select count(distinct period_code) from marts.growth_contribution").fetchone()
        assert years is not None
        assert years[0] > 3
