"""Since when the warehouse has known a correction of its own, and until when: what its runs found in corrections.csv.

A correction may bear a date before it was written down. A release between the two had the figure as published, and the
answer for that time stays. So a correction counts from the start of the first run that found it, and one that was taken
out again counts until the start of the first run that did not find it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from flows.records import Run, RunHead
from flows.steps.building.corrections import Correction


@dataclass(frozen=True)
class Known:
    """A correction with the span it was known for (UTC): `known_to` is empty while it is."""

    correction: Correction
    known_from: datetime
    known_to: datetime | None = None
    was_published: bool = False

    @property
    def change(self) -> tuple[object, ...]:
        """What it does to which figure: words about it may be put otherwise."""
        return (*self.correction.figure, self.correction.expected_value, self.correction.new_value)


def note(run: Run, own: Iterable[Correction]) -> None:
    """Keep on the record of `run` which corrections it found."""
    run.corrections = [correction.model_dump(mode="json") for correction in own]


def known(runs: Iterable[RunHead], run: Run) -> list[Known]:
    """The corrections of `run`, then those that a release once had and are no more, each with its span.

    Runs of versions that noted no corrections are passed over. What the first one that did found may be older, where
    there were releases before: of that time it counts from the day it says.
    """
    before = sorted((past for past in runs if past.run_id < run.run_id), key=lambda past: past.run_id)
    noted = [past for past in before if past.corrections is not None]
    first = (noted or [run])[0]
    is_older = any(past.is_release and past.corrections is None for past in before)
    open_spans: dict[tuple[object, ...], Known] = {}
    ended: list[Known] = []
    for each in (*noted, run):
        found = {made.change: made for made in _found_by(each, says_when=is_older and each is first)}
        ended += [replace(open_spans.pop(key), known_to=each.started_at) for key in set(open_spans) - set(found)]
        for key, made in found.items():
            since = open_spans.get(key, made)
            published = since.was_published or each.is_release
            open_spans[key] = replace(made, known_from=since.known_from, was_published=published)
    past = sorted((span for span in ended if span.was_published), key=lambda span: (span.known_from, str(span.change)))
    return [*open_spans.values(), *past]


def _found_by(run: RunHead, says_when: bool) -> Iterable[Known]:
    """What a run noted, known since it began, or since the time the corrections say."""
    for noted in run.corrections or []:
        correction = Correction.model_validate(noted)
        yield Known(correction, correction.corrected_at if says_when else run.started_at)
