"""dbt reads the project before there is anything to make of it, and is gone when whoever started it is."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import psutil
import pytest

from flows.settings import ROOT, Settings
from flows.steps.building import dbt, dbt_process
from tests.own_contract import PLAIN, write_contract
from tests.serving import wait_for

_PROJECT = """
name: entrepot
version: "1.0.0"
config-version: 2
profile: entrepot
model-paths: [models, own_contracts]
"""
_SLOW = """
{{ config(materialized='table') }}
select sum(a.range % (b.range + 1)) as n from range(10000000) as a, range(10000000) as b
"""


@pytest.fixture
def tiny(settings: Settings, tmp_path: Path) -> Settings:
    """Settings of a dbt project with one model, staged for a build."""
    (tmp_path / "dbt" / "models").mkdir(parents=True)
    shutil.copyfile(ROOT / "dbt_project" / "profiles.yml", tmp_path / "dbt" / "profiles.yml")
    (tmp_path / "dbt" / "seeds").mkdir()
    shutil.copyfile(ROOT / "dbt_project" / "seeds" / "currency.csv", tmp_path / "dbt" / "seeds" / "currency.csv")
    (tmp_path / "dbt" / "dbt_project.yml").write_text(_PROJECT, encoding="utf-8")
    (tmp_path / "dbt" / "models" / "one.sql").write_text("select 1 as n", encoding="utf-8")
    settings = settings.model_copy(update={"dbt_project": tmp_path / "dbt"})
    candidate(settings).parent.mkdir(parents=True)
    for path in (candidate(settings), candidate(settings).with_name("workings.duckdb"), settings.landed):
        duckdb.connect(str(path)).close()
    dbt.stage(settings, candidate(settings), settings.landed, None)
    return settings


def candidate(settings: Settings) -> Path:
    return settings.builds / "one" / "trade.duckdb"


def numbers(settings: Settings) -> list[int]:
    with duckdb.connect(str(candidate(settings)), read_only=True) as con:
        return [n for (n,) in con.execute("select n from one").fetchall()]


def test_what_was_read_before_is_made_when_it_is_asked_for(tiny: Settings, tmp_path: Path) -> None:
    reader = dbt.read(tiny)
    assert wait_for(lambda: (tiny.dbt_home / "target" / "partial_parse.msgpack").is_file(), 60)
    assert dbt.build(tiny, tmp_path / "dbt.log", "--select", "one", reader=reader) == []
    assert numbers(tiny) == [1]
    assert reader.process.poll() == 0
    assert dbt.count_results(tiny, "model") == 1


@pytest.mark.parametrize("with_unit_tests", [True, False])
def test_unit_tests_that_have_gone_are_not_run(tiny: Settings, with_unit_tests: bool) -> None:
    """dbt kept one that had got another name, and a build with unit tests failed for what it no longer read."""
    reader = dbt.read(tiny, with_unit_tests)
    reader.end()
    assert isinstance(reader.process.args, list)
    assert (dbt_process.ALL_FILES in reader.process.args) == with_unit_tests


def test_the_graph_of_a_build_outlasts_one_that_is_killed_while_it_reads(tiny: Settings, tmp_path: Path) -> None:
    assert dbt.build(tiny, tmp_path / "dbt.log", "--select", "one") == []
    assert not dbt.has_graph(tiny, "this code")
    dbt.keep_graph(tiny, "this code")
    dbt.read(tiny).end()
    (tiny.dbt_home / "target" / "partial_parse.msgpack").write_bytes(b"half a fi")
    dbt.keep_graph(tiny, "other code")  # of a build that has not ended
    assert dbt.has_graph(tiny, "this code")
    assert "model.entrepot.one" in dbt.graph(tiny)["nodes"]


def test_a_project_that_cannot_be_read_fails_the_build_in_words(tiny: Settings, tmp_path: Path) -> None:
    (tiny.dbt_project / "models" / "one.sql").write_text("select {{ ref('none') }}", encoding="utf-8")
    reader = dbt.read(tiny)
    reader.process.wait(timeout=60)
    failure = dbt.build(tiny, tmp_path / "dbt.log", reader=reader)
    assert failure[0].check.description == "dbt could not start the build"
    assert "depends on a node named 'none' which was not found" in failure[0].observed


def test_a_contract_written_meanwhile_is_read(tiny: Settings, tmp_path: Path) -> None:
    reader = dbt.read(tiny)
    assert reader.has_read(tiny)
    write_contract(tiny, PLAIN)
    assert not reader.has_read(tiny)
    assert dbt.build(tiny, tmp_path / "dbt.log", "--select", "one", reader=reader) == []
    assert reader.process.stdin is not None
    assert not reader.process.stdin.closed
    reader.end()
    assert reader.process.poll() is not None


@pytest.mark.parametrize("goes_on", ["time.sleep(600)", "dbt.build(settings, settings.builds, reader=reader)"])
def test_dbt_ends_with_who_started_it(tiny: Settings, goes_on: str) -> None:
    """On `kill -9`, too, while it waits and while it makes a model that would take days."""
    (tiny.dbt_project / "models" / "one.sql").write_text(_SLOW, encoding="utf-8")
    program = (
        "import time; from flows.settings import Settings; from flows.steps.building import dbt\n"
        f"settings = Settings.model_validate_json({tiny.model_dump_json()!r})\n"
        f"reader = dbt.read(settings)\nprint(reader.process.pid, flush=True)\n{goes_on}\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    if "build" in goes_on:
        wait_for(lambda: has_opened(child, candidate(tiny)), 60)
    parent.kill()
    parent.wait()
    child.wait(timeout=60)


def has_opened(process: psutil.Process, path: Path) -> bool:
    """To open the file oneself, to see whether it is locked, would keep the process from it at that moment."""
    return str(path.resolve()) in [each.path for each in process.open_files()]
