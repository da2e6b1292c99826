"""Which moments of the past are replayed, and with which models."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import ModuleType

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
