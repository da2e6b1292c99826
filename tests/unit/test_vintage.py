"""Which moments of the past are replayed, and with which models."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import ModuleType

import duckdb
import pytest

from flows.settings import ROOT
from tests.marts import python_model


@pytest.fixture(scope="module")
def replayed() -> ModuleType:
    return python_model(ROOT / "dbt_project" / "models" / "intermediate" / "vintage" / "int_trade_cell_replayed.py")


A, B, C = ("a", ""), ("b", ""), ("c", "")  # parts: sources as a whole


def day(number: int) -> datetime:
    return datetime(2024, 1, number, tzinfo=UTC)


def test_nothing_is_replayed_where_no_file_was_replaced(replayed: ModuleType) -> None:
    assert replayed.moments([]) == []
    assert replayed.states([]) == {}


def test_files_known_together_are_replayed_together_and_a_later_one_apart(replayed: ModuleType) -> None:
    ends = [(day(1), day(5), A), (day(2), day(6), B), (day(5), day(9), A), (day(4), day(8), C)]
    groups = replayed.moments(ends)
    # the file that began on day 5 took the place of one that ended then, so no moment shows both
    assert groups == [(day(5), {A, B, C}), (day(9), {A})]
    for known_from, known_to, source in ends:
        assert any(known_from < moment <= known_to and source in sources for moment, sources in groups)


def test_a_correction_ends_what_was_known_before_it(replayed: ModuleType) -> None:
    spans = [(day(1), day(9), A), (day(9), None, A), (day(1), None, B), (day(1), day(4), B)]
    corrections = [("a", day(5)), ("a", day(7)), ("b", day(4)), ("c", day(5)), ("b", day(1))]
    just_before = timedelta(microseconds=1)
    assert replayed.with_corrections(spans, corrections) == [
        (day(1), day(4), B),
        (day(4) - just_before, day(4), B),
        (day(5) - just_before, day(5), A),
        (day(7) - just_before, day(7), A),
        (day(7), day(9), A),
    ]


def test_a_correction_is_replayed_at_the_moment_it_was_made(replayed: ModuleType) -> None:
    spans = [(day(1), day(4), B), (day(1), day(9), A), (day(1), None, C)]
    ends = replayed.with_corrections(spans, [("a", day(5)), ("c", day(6))])
    assert replayed.moments(ends) == [(day(4), {B}), (day(5), {A}), (day(6), {A, C})]


def test_states_are_counted_back_from_the_current_one(replayed: ModuleType) -> None:
    groups = [(day(5), {A, B}), (day(9), {A})]
    assert replayed.states(groups) == {
        day(5): [(A, -2, None, day(9)), (B, -1, None, None)],
        day(9): [(A, -1, day(5), None)],
    }


def test_a_model_runs_after_those_it_reads_and_others_do_not_run(replayed: ModuleType) -> None:
    steps = {
        ("intermediate", "cells"): 'select * from "t"."intermediate"."b" join "t"."raw"."a" join "t"."seed"."list"',
        ("intermediate", "b"): 'select * from "t"."raw"."a"',
        ("raw", "a"): 'select * from "landed"."raw"."a"',
        ("intermediate", "other"): 'select * from "t"."raw"."a"',
    }
    assert replayed.chain(steps, ("intermediate", "cells")) == [
        ("raw", "a"),
        ("intermediate", "b"),
        ("intermediate", "cells"),
    ]


def test_of_what_comes_between_two_releases_the_first_ends_what_was_known(replayed: ModuleType) -> None:
    releases = [day(3), day(7)]
    came = [(day(1), A), (day(6), A), (day(4), A), (day(5), B), (day(9), A), (day(7), B)]
    # before the first release nobody knew anything, and a release knows what came before it
    assert replayed.first_since_release(came, releases) == [(day(4), A), (day(5), B), (day(9), A)]
    assert replayed.first_since_release(came, []) == []


def test_periods_are_told_where_records_are_not_chosen_yet(replayed: ModuleType) -> None:
    steps = {
        ("raw", "files"): 'select * from "landed"."raw"."file"',
        ("intermediate", "coded"): 'select * from "landed"."raw"."a__trade" join "t"."raw"."files"',
        ("intermediate", "chosen"): 'select * from "t"."intermediate"."coded"',
        ("intermediate", "listed"): 'select * from "t"."raw"."files"',
    }
    told = {"source_code", "period_code", "file_id"}
    columns = {name: told for name in steps if name[1] != "files"}
    found = replayed.marking(steps, list(steps), columns)
    assert found == [("intermediate", "coded"), ("intermediate", "listed")]
    assert [replayed.sources_read(steps, replayed.chain(steps, name)) for name in found] == [{"a"}, set()]


FILES = """
    attach ':memory:' as landed; create schema landed.raw;
    attach ':memory:' as workings; create schema workings.replay;
    create table landed.raw.file (
        file_id varchar, source_code varchar, table_name varchar, vintage_of varchar, hs_revision varchar,
        known_from timestamptz, known_to timestamptz, is_current boolean
    );
    create table workings.replay.marked (
        source_code varchar, reporter_code varchar, period_code varchar, file_id varchar
    );
"""


def beside(replayed: ModuleType, *files: tuple[str, int, int | None, str], releases: tuple[int, ...]) -> list[int]:
    """Days at which a file of source `a` came or went beside published ones, each (partition, days, reporter)."""
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        con.execute(FILES)
        for number, (partition, since, until, reporter) in enumerate(files):
            to = None if until is None else day(until)
            revision = "HS" + partition[-2:] if partition.startswith("baci") else None
            row = [f"f{number}", "a", "trade", partition, revision, day(since), to, until is None]
            con.execute(f"insert into landed.raw.file values ({', '.join('?' * 8)})", row)
            con.execute("insert into workings.replay.marked values ('a', ?, '2021', ?)", [reporter, f"f{number}"])
        asked = {"sources": ["a"], "releases": [day(each) for each in releases], "lists": []}
        return sorted(moment.day for moment, _ in con.execute(replayed.BESIDE, asked).fetchall())


def test_a_file_counts_beside_a_published_one_of_its_reporter_and_period(replayed: ModuleType) -> None:
    one, other = ("one", 1, None, "SWE"), ("other", 5, None, "SWE")
    assert beside(replayed, one, other, releases=(3,)) == [5]
    assert beside(replayed, one, other, releases=(6,)) == [], "nobody knew the one without the other"
    assert beside(replayed, one, ("other", 5, None, "NOR"), releases=(3,)) == []
    assert beside(replayed, ("one", 1, 5, "SWE"), ("one", 5, None, "SWE"), releases=(3,)) == [], "it is replaced"
    assert beside(replayed, ("one", 1, 4, "SWE"), other, releases=(3,)) == [], "it was gone"
    narrower = (("one", 1, 2, "SWE"), ("one", 2, None, "NOR"))
    assert beside(replayed, *narrower, other, releases=(3,)) == [], "what is there now has none of it"


def test_a_file_that_goes_beside_a_published_one_counts(replayed: ModuleType) -> None:
    replaced = (("one", 1, 5, "SWE"), ("one", 5, None, "NOR"), ("other", 2, None, "SWE"))
    assert beside(replayed, *replaced, releases=(3,)) == [5]
    assert beside(replayed, *replaced, releases=(3, 9)) == [5], "what is asked later says the same of then"


def test_another_hs_revision_counts_whatever_its_periods(replayed: ModuleType) -> None:
    assert beside(replayed, ("baci92", 1, None, "SWE"), ("baci17", 5, None, "NOR"), releases=(3,)) == [5]
    assert beside(replayed, ("baci92", 1, None, "SWE"), ("baci-92", 5, None, "NOR"), releases=(3,)) == []
