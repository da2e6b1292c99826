"""A table whose rows are not what its contract says stops the build where it is made, and the build says which rows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flows.ledger import Ledger
from flows.settings import ROOT, Settings
from flows.steps import build, land
from flows.steps.building import dbt


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("X,exports,,false,out,", "flow: flow_code breaks unique in 1 rows, such as flow_code X"),
        ("Q,quotas,,false,sideways,", "flow: direction breaks accepted_values in 1 rows, such as direction sideways"),
        ("Q,,,false,out,", "flow: flow_name breaks not_null in 1 rows"),
        ("Q,quotas,R,false,out,", "parent_flow_code breaks relationships in 1 rows, such as parent_flow_code R"),
    ],
)
def test_a_broken_rule_is_named_with_its_column_and_a_row(
    settings: Settings, tmp_path: Path, line: str, said: str
) -> None:
    shutil.copytree(ROOT / "dbt_project", tmp_path / "dbt", ignore=shutil.ignore_patterns("logs"))
    copied = settings.model_copy(update={"dbt_project": tmp_path / "dbt"})
    with (copied.seeds / "flow.csv").open("a", encoding="utf-8") as stream:
        stream.write(f"{line}\n")
    land.prepare(copied)
    run = Ledger(copied).start("run", build.versions(), "code")
    candidate = build.start_candidate(copied, run)
    build._write_ledger_tables(copied, Ledger(copied), run)
    dbt.stage(copied, candidate, copied.landed, None)
    failure = dbt.build(copied, candidate.parent / "dbt.log", "--select", "flow")
    assert failure.startswith("dbt build failed, nothing was published. ")
    assert said in failure
