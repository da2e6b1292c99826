"""A table whose rows are not what its contract says stops the build where it is made, and the build says which rows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flows.ledger import Ledger
from flows.releases import gate_report
from flows.settings import ROOT, Settings
from flows.steps import build, land
from flows.steps.building import dbt, ledger_tables


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "X,exports,,false,out",
            "A rule is broken by 1 key in more than one row of seed.flow: No two rows have the same flow_code "
            "(unique_of_flow). Row: flow X Row: flow X What to do: See which files the rows come from",
        ),
        (
            "Q,quotas,,false,sideways",
            "A rule is broken by 1 row of seed.flow: direction is one of the values its description lists "
            "(accepted_values_of_flow). Row: example direction sideways",
        ),
        (
            "Q,,,false,out",
            "A rule is broken by 1 row of seed.flow: Every row has flow_name (not_null_of_flow). Row: flow Q",
        ),
        (
            "Q,quotas,R,false,out",
            "A rule is broken by 1 row of seed.flow: Every parent_flow_code is one the list it refers to knows "
            "(relationships_of_flow). Row: example parent_flow_code R",
        ),
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
    ledger_tables.write(copied, Ledger(copied), run)
    dbt.stage(copied, candidate, copied.landed, None)
    failure = dbt.build(copied, candidate.parent / "dbt.log", "--select", "flow")
    message = " ".join(gate_report.message(copied, failure).split())
    assert message.startswith("Nothing was published: 1 check failed. 1. ")
    assert said in message
