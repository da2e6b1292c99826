"""Several publishers side by side, each of them one thing after the other."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Iterator

import pytest

from flows.steps.fetching.lanes import side_by_side


def test_lanes_wait_for_each_other_only_if_they_must() -> None:
    meeting = threading.Barrier(2, timeout=10)

    def lane(name: str) -> Iterator[str]:
        yield f"{name}1"
        meeting.wait()  # never passed if one lane were worked on after the other
        yield f"{name}2"

    found = list(side_by_side([lane("a"), lane("b")]))
    assert sorted(found) == ["a1", "a2", "b1", "b2"]
    assert found.index("a1") < found.index("a2")


def test_a_lane_works_in_the_context_of_its_caller() -> None:
    name = contextvars.ContextVar("name", default="nobody")
    name.set("somebody")

    def lane() -> Iterator[str]:
        yield name.get()

    assert list(side_by_side([lane(), lane()])) == ["somebody", "somebody"]


def test_what_a_lane_raises_is_raised_in_the_caller() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        list(side_by_side([broken(), iter([1, 2, 3])]))


def test_who_stops_listening_stops_the_lanes_before_their_next_step() -> None:
    may_go_on, steps, ended = threading.Event(), list[int](), threading.Event()

    def lane() -> Iterator[int]:
        try:
            for number in range(100):
                steps.append(number)
                yield number
                may_go_on.wait(10)
        finally:
            ended.set()

    results = side_by_side([lane(), iter(())])
    next(results)
    results.close()  # type: ignore[attr-defined]
    may_go_on.set()
    assert ended.wait(10)
    assert len(steps) <= 2


def test_one_lane_needs_no_thread() -> None:
    def lane() -> Iterator[int]:
        yield threading.get_ident()

    assert list(side_by_side([lane()])) == [threading.get_ident()]
    assert threading.get_ident() not in list(side_by_side([lane(), lane()]))
    assert list(side_by_side([])) == []
