"""The kills of a campaign: in every file operation, at every boundary, and at random times up to a number."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from tests.faults.kills import BOUNDARIES, Kill
from tests.faults.report import Row
from tests.faults.trial import Trials

Places = Iterator[list[Kill]]

IN_OPERATIONS = "killed before a file operation, or in the middle of a write"
AT_BOUNDARIES = "killed before or after a step or a part of one"
AT_TIMES = "killed at a random time"
TWICE = "killed, and the next run killed too"


def in_operations(trials: Trials, share: int = 1) -> Iterator[list[Kill]]:
    """A kill in every file operation of a run, or in every `share`-th."""
    for number in range(1, len(trials.operations()) + 1, share):
        yield [Kill("operation", number)]


def at_boundaries(trials: Trials) -> Iterator[list[Kill]]:
    """A kill before and after every call of every step."""
    for name in BOUNDARIES:
        for number in range(1, trials.calls(name) + 1):
            for after in (False, True):
                yield [Kill("boundary", number, name, after)]


def at_times(trials: Trials, chance: random.Random) -> Iterator[list[Kill]]:
    """Kills at random times of a run, without end."""
    while True:
        yield [Kill("time", seconds=round(chance.uniform(0.0, trials.seconds), 4))]


def twice(trials: Trials, chance: random.Random) -> Iterator[list[Kill]]:
    """Two kills in turn, without end: one in an operation, and then one at a random time of the next run."""
    operations = len(trials.operations())
    while True:
        first = Kill("operation", chance.randint(1, operations))
        yield [first, Kill("time", seconds=round(chance.uniform(0.0, trials.seconds), 4))]


def places(trials: Trials, kills: int, chance: random.Random) -> dict[str, tuple[str, Places, int]]:
    """The parts of a campaign by name: what they are, where the kills are, and how many at most."""
    some = max(1, kills // 10)
    return {
        "operations": (IN_OPERATIONS, in_operations(trials), kills),
        "boundaries": (AT_BOUNDARIES, at_boundaries(trials), kills),
        "twice": (TWICE, twice(trials, chance), 2 * some),
        "times": (AT_TIMES, at_times(trials, chance), 2 * some),
    }


def carry_out(
    trials: Trials, what: str, kills: Iterator[list[Kill]], at_most: int, after_each: Callable[[Row], None]
) -> Row:
    """Try kills until there are none left or so many have hit; `after_each` is shown the row so far."""
    row = Row(what)
    for asked in kills:
        if row.tried >= at_most:
            break
        row.add(trials.killed(asked), ", ".join(kill.said for kill in asked))
        after_each(row)
    return row
