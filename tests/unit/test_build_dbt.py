"""What a build asks of dbt: the same paths in every run, and unit tests once for every state of the SQL."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from dbt_common.events import event_manager_client, functions
from dbt_common.events.base_types import EventLevel
from dbt_common.events.types import Note

from flows.ledger import Ledger, UnitTests, utc_now
from flows.releases import gate_report
from flows.settings import ROOT, Settings
from flows.steps import build
from flows.steps.building import dbt, dbt_process, failures, project, unit_tests
from tests.own_contract import PLAIN, write_contract


@pytest.fixture
def copied(settings: Settings, tmp_path: Path) -> Settings:
    """Settings of a copy of the dbt project, to be changed."""
    shutil.copytree(ROOT / "dbt_project", tmp_path / "dbt_project", ignore=shutil.ignore_patterns("target", "logs"))
    return settings.model_copy(update={"dbt_project": tmp_path / "dbt_project"})


def passed(fingerprint: str) -> UnitTests:
    return UnitTests(fingerprint=fingerprint, passed_at=utc_now(), count=1, ran_by="a test")


def test_two_runs_give_dbt_the_same_environment_and_other_files(settings: Settings, tmp_path: Path) -> None:
    found = []
    for name, last in (("one", None), ("two", tmp_path / "release.duckdb")):
        candidate = settings.builds / name / "trade.duckdb"
        candidate.parent.mkdir(parents=True)
        dbt.stage(settings, candidate, settings.landed, last)
        environment = dbt.environment(settings)
        assert told(settings, "ENTREPOT_CANDIDATE").resolve() == candidate.resolve()
        assert told(settings, "ENTREPOT_LANDED").resolve() == settings.landed.resolve()
        assert told(settings, "ENTREPOT_LAST_RELEASE").is_symlink() == (last is not None)
        found.append((environment, dbt.command(settings, "build", settings.dbt_home / "target")))
    assert found[0] == found[1]
    dbt.strike(candidate)
    assert list(candidate.parent.iterdir()) == []


def test_the_engine_opens_with_the_memory_for_blocks_it_is_given(settings: Settings) -> None:
    told = dbt.environment(settings)["ENTREPOT_BLOCK_MEMORY"]
    with duckdb.connect(config={"block_allocator_memory": told, "memory_limit": "100MB"}) as con:
        given, most = con.execute(
            "select parse_formatted_bytes(current_setting('block_allocator_memory')), parse_formatted_bytes(?)", [told]
        ).fetchall()[0]
    assert given == pytest.approx(most, rel=0.02)  # one digit behind the point is said
    assert most > 100_000_000


def test_a_copy_of_what_landed_is_read_where_it_lies(settings: Settings) -> None:
    candidate = settings.builds / "one" / "trade.duckdb"
    candidate.parent.mkdir(parents=True)
    copy = candidate.parent / "landed.duckdb"
    copy.write_text("without some sources", encoding="utf-8")
    dbt.stage(settings, candidate, copy, None)
    assert told(settings, "ENTREPOT_LANDED").read_text(encoding="utf-8") == "without some sources"


def test_a_new_warehouse_takes_over_the_parse_of_another(copied: Settings, tmp_path: Path) -> None:
    one, two = (copied.model_copy(update={"warehouse": tmp_path / name}) for name in ("one", "two"))
    project.lay_out(one)
    parse = one.dbt_home / "target" / "partial_parse.msgpack"
    assert not parse.exists()
    parse.parent.mkdir()
    parse.write_bytes(b"of one")
    project.keep_parse(one)
    project.lay_out(two)
    taken = two.dbt_home / "target" / "partial_parse.msgpack"
    assert taken.read_bytes() == b"of one"
    assert dbt.environment(one) == dbt.environment(two)
    taken.write_bytes(b"of two")
    project.lay_out(two)
    assert taken.read_bytes() == b"of two"


def test_a_parse_with_contracts_of_ones_own_stays_in_its_warehouse(copied: Settings) -> None:
    write_contract(copied, PLAIN)
    project.lay_out(copied)
    assert [path.name for path in (project.folder(copied) / "own_contracts").iterdir()] == ["mine.yml"]
    parse = copied.dbt_home / "target" / "partial_parse.msgpack"
    parse.parent.mkdir()
    parse.write_bytes(b"mine")
    project.keep_parse(copied)
    assert not (copied.dbt_project / "target").exists()


def told(settings: Settings, name: str) -> Path:
    """The path dbt is told by a variable, seen from where it works."""
    return project.folder(settings) / dbt.environment(settings)[name]


@pytest.mark.parametrize(
    "path", ["models/core/fct_trade.sql", "macros/trade_asof.sql", "models/core/_availability__unit_tests.yml"]
)
def test_whoever_changes_the_sql_or_its_tests_runs_them_again(copied: Settings, path: str) -> None:
    before = unit_tests.fingerprint(copied)
    ledger = Ledger(copied)
    ledger.ship_unit_tests(passed(before))
    assert ledger.unit_tests(before) is not None
    with (copied.dbt_project / path).open("a", encoding="utf-8") as handle:
        handle.write("\n")
    after = unit_tests.fingerprint(copied)
    assert after != before
    assert ledger.unit_tests(after) is None
    ledger.record_unit_tests(passed(after))
    assert ledger.unit_tests(after) is not None


def test_data_and_the_record_itself_are_no_state_of_the_sql(copied: Settings) -> None:
    before = unit_tests.fingerprint(copied)
    Ledger(copied).ship_unit_tests(passed("other"))
    (copied.dbt_project / "seeds" / "event.csv").write_text("other\n", encoding="utf-8")
    assert unit_tests.fingerprint(copied) == before


def test_only_sql_that_has_passed_is_built_without_them(settings: Settings) -> None:
    run = Ledger(settings).start("run", {}, "code")
    assert unit_tests.selection(run) == ()
    run.unit_tests = passed("sql")
    assert unit_tests.selection(run) == ("--exclude-resource-type", "unit_test")


def test_a_failed_data_test_says_which_rule_column_and_row(settings: Settings) -> None:
    candidate = settings.builds / "one" / "trade.duckdb"
    candidate.parent.mkdir(parents=True)
    for path in (candidate, settings.landed):
        with duckdb.connect(str(path)) as con:
            con.execute("create table area (area_code text)")
    dbt.stage(settings, candidate, settings.landed, None)
    contract = "select 'not_null' as broken_rule, 'area_code' as column_name, 2 as n_rows, 'year 2024' as example"
    rows = "select 'CHN' as reporter_code, cast(null as text) as note, 5 as n_rows"
    results = [
        {"unique_id": "test.entrepot.contract_area.0", "status": "fail", "compiled_code": contract, "message": "Got 1"},
        {"unique_id": "test.entrepot.assert_all_is_well", "status": "fail", "compiled_code": rows, "message": "Got 1"},
        {
            "unique_id": "model.entrepot.area",
            "status": "error",
            "compiled_code": "select",
            "message": "no  such\ntable",
        },
        {
            "unique_id": "model.entrepot.large",
            "status": "error",
            "compiled_code": "select",
            "message": "Out of Memory Error: failed to pin block of size 256.0 KiB (3.7 GiB/3.7 GiB used)",
        },
        {"unique_id": "test.entrepot.assert_nothing", "status": "pass", "compiled_code": rows, "message": None},
    ]
    outcome = dbt_process.outcome([as_dbt_has_it(**result) for result in results])
    assert outcome["ended"] == {"test": 3, "model": 2}
    found = failures.results(settings, candidate.parent, outcome["failed"])
    assert [gate_report.wrong(result) for result in found] == [
        "A rule is broken by 2 rows of contract_area: Every row has area_code (not_null_of_contract_area).",
        "A rule is broken by 1 row of assert_all_is_well: All is well, always (assert_all_is_well).",
        "dbt could not make area: no such table",
        "dbt could not make large: it needs more memory than ENTREPOT_MEMORY_LIMIT gives it; raise that, or set "
        "ENTREPOT_THREADS=1",
    ]
    assert [result.sample for result in found[:2]] == [
        [{"example": "year 2024"}],
        [{"reporter_code": "CHN", "note": None, "n_rows": 5}],
    ]


def test_models_named_by_the_hundred_are_told_to_dbt_as_one_tag() -> None:
    def node(name: str, kind: str = "model") -> SimpleNamespace:
        return SimpleNamespace(name=name, resource_type=kind, tags=["heavy"])

    nodes = {each.name: each for each in (node("one"), node("two"), node("three"), node("area", "seed"))}
    found = dbt_process.named_at_once(["--exclude-resource-type", "unit_test", "--select", "one", "three"], nodes)
    assert found == ["--exclude-resource-type", "unit_test", "--select", "tag:due"]
    assert [name for name, each in nodes.items() if "due" in each.tags] == ["one", "three"]
    for others in (["one", "area"], ["one+"], ["tag:heavy"]):
        assert dbt_process.named_at_once(["--select", *others], nodes) == ["--select", *others]


def test_dbt_makes_messages_of_what_people_are_told_alone() -> None:
    before, messages = event_manager_client.get_event_manager(), []
    try:
        dbt_process.keep_quiet()
        event_manager_client.add_callback_to_manager(lambda message: messages.append(message.info.msg))
        for level in EventLevel:
            functions.fire_event(Note(msg=f"a word of level {level.value}"), level)
        functions.fire_event(Note(msg="a warning that may be an error"), EventLevel.DEBUG, None, True)
    finally:
        event_manager_client.ctx_set_event_manager(before)
    assert messages == [
        "a word of level info",
        "a word of level warn",
        "a word of level error",
        "a warning that may be an error",
    ]


def as_dbt_has_it(unique_id: str, status: str, compiled_code: str, message: str | None) -> SimpleNamespace:
    """A result of dbt, as far as it is looked at."""
    raw = "-- All is well,\n-- always.\nselect 1"
    node = SimpleNamespace(unique_id=unique_id, compiled_code=compiled_code, raw_code=raw)
    return SimpleNamespace(node=node, status=status, message=message)


def test_progress_is_told_once_a_second_and_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    moments = iter([0.0, 0.0, 0.0, 0.4, 0.9, 1.5, 1.5, 1.6, 1.6])
    said = [
        "Running with dbt=1.11.16",
        "1 of 5 START sql table model raw.stg_a ........ [RUN]",
        "1 of 5 OK created sql table model raw.stg_a ........ [OK in 0.05s]",
        "2 of 5 PASS contract_stg_a .... [PASS in 0.02s]",
        "3 of 5 FAIL 1 assert_b ........ [FAIL 1 in 0.02s]",
        "4 of 5 SKIP relation core.fct_b ....... [SKIP]",
        "5 of 5 ERROR creating sql table model core.fct_c ...... [ERROR in 0.20s]",
    ]
    with caplog.at_level("DEBUG", logger="entrepot"):
        lines = list(dbt._follow(iter(f"{line}\n" for line in said), lambda: next(moments)))
    assert lines == said
    assert [record.getMessage() for record in caplog.records] == [
        "dbt 1 of 5: OK created sql table model raw.stg_a",
        "dbt 4 of 5: SKIP relation core.fct_b",
        "dbt 5 of 5: ERROR creating sql table model core.fct_c",
    ]


def test_what_dbt_says_to_people_is_printed_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    levels = {
        "debug": "Opening a connection",
        "test": "?",
        "info": "1 of 2 OK",
        "warn": "Unused",
        "error": "2 of 2 ERROR",
    }
    for level, msg in levels.items():
        dbt_process.say(SimpleNamespace(info=SimpleNamespace(level=level, msg=msg)))
    assert capsys.readouterr().out.splitlines() == ["1 of 2 OK", "Unused", "2 of 2 ERROR"]


class Dbt:
    """dbt, which answers as it is told."""

    def __init__(self, *answers: bool) -> None:
        self.answers = list(answers)
        self.asked: list[list[str]] = []

    def invoke(self, arguments: list[str]) -> SimpleNamespace:
        self.asked.append(arguments)
        return SimpleNamespace(success=self.answers.pop(0))


@pytest.mark.parametrize("answers", [(True,), (False, True), (False, False)])
def test_a_project_that_cannot_be_read_with_what_was_kept_is_read_anew(answers: tuple[bool, ...]) -> None:
    dbt_itself = Dbt(*answers)
    assert dbt_process.parse(dbt_itself, ["--quiet", "build", "--vars", "{}"]).success is answers[-1]
    whole = ["--quiet", "--no-partial-parse", "parse", "--vars", "{}"]
    assert dbt_itself.asked == [["--quiet", "parse", "--vars", "{}"], whole][: len(answers)]


@pytest.mark.parametrize("above", ["projects", "logs", "target"])
def test_code_that_changed_has_another_fingerprint_wherever_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, above: str
) -> None:
    monkeypatch.setattr(build, "ROOT", tmp_path / above)
    for folder in ("flows", "dbt_project/target"):
        (tmp_path / above / folder).mkdir(parents=True)
    (tmp_path / above / "flows" / "a.py").write_text("1")
    first = build.code_fingerprint()
    (tmp_path / above / "dbt_project" / "target" / "made").write_text("1")
    assert build.code_fingerprint() == first
    (tmp_path / above / "flows" / "a.py").write_text("2")
    assert build.code_fingerprint() != first
