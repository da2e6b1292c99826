"""From when until when a correction counts: what the runs found, not what it says of itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flows.records import Run, RunState
from flows.steps.building import correction_history
from flows.steps.building.corrections import Correction

SAID_AT = datetime(2020, 1, 1, tzinfo=UTC)


def correction(partner: str = "DEU", new: str = "11", reason: str = "A misprint") -> Correction:
    said: dict[str, Any] = {
        "correction_code": f"c_{partner}", "source_code": "imf_imts", "publication_id": "", "reporter_code": "SWE",
        "partner_code": partner, "flow_code": "X", "product_key": "TOTAL", "period_code": "2021",
        "measure_code": "value_usd", "expected_value": "10", "new_value": new, "reason": reason,
        "evidence": "none", "corrected_by": "the desk", "corrected_at": "2020-01-01",
    }  # fmt: skip
    return Correction.model_validate(said)


def began(day: int) -> datetime:
    return datetime(2024, 1, day, tzinfo=UTC)


def run(day: int, *found: Correction, state: RunState = "published", notes: bool = True) -> Run:
    made = Run(run_id=f"202401{day:02d}T000000000-0000", started_at=began(day), state=state)
    if notes:
        correction_history.note(made, found)
    return made


def spans(*runs: Run) -> list[tuple[str, str, datetime, datetime | None]]:
    """Partner and right figure of each correction the last of these runs knows of, with its span."""
    known = correction_history.known(runs, runs[-1])
    return [(one.correction.partner_code, str(one.correction.new_value), one.known_from, one.known_to) for one in known]


def test_a_correction_counts_from_the_first_run_that_found_it() -> None:
    assert spans(run(1), run(2, correction(), state="failed"), run(3, correction())) == [("DEU", "11", began(2), None)]


def test_words_about_a_correction_may_change() -> None:
    assert spans(run(1, correction()), run(2, correction(reason="A slip"))) == [("DEU", "11", began(1), None)]


def test_one_that_is_changed_or_taken_out_counted_until_then() -> None:
    assert spans(run(1, correction()), run(2, correction(new="12")), run(3)) == [
        ("DEU", "11", began(1), began(2)),
        ("DEU", "12", began(2), began(3)),
    ]


def test_one_that_comes_back_counts_twice() -> None:
    assert spans(run(1, correction()), run(2), run(3, correction())) == [
        ("DEU", "11", began(3), None),
        ("DEU", "11", began(1), began(2)),
    ]


def test_one_that_no_release_had_leaves_nothing() -> None:
    assert spans(run(1), run(2, correction(), state="failed"), run(3)) == []


def test_what_an_older_version_applied_counts_from_the_day_it_says() -> None:
    before, now = run(1, notes=False), run(2, correction(), state="running")
    assert spans(before, now) == [("DEU", "11", SAID_AT, None)]
    assert spans(before, now, run(3, correction(), correction("USA"))) == [
        ("DEU", "11", SAID_AT, None),
        ("USA", "11", began(3), None),
    ]
