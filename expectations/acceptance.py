"""Accepted rows: rows that fail a check, signed by a person for a time, with a reason.

A signature names a check and one row of it, by the check's own key columns. It answers for that row as it was: a row
whose amounts have moved since is another finding, and another row of the check is not touched by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from expectations.thresholds import ACCEPTED_MOVED

# accepted: it fails, and the signature counts. gone: it fails no longer. changed: it fails with other amounts than were
# signed, so the signature does not count. lapsed: it fails, and the date of the signature has passed.
SignatureState = Literal["accepted", "gone", "changed", "lapsed"]

_AMOUNTS = ("_usd", "_cny", "_kg", "value", "quantity", "rate", "amount")


class SignedRow(BaseModel):
    """One row of a check: its key, and the row as the check showed it when it was signed."""

    model_config = ConfigDict(frozen=True)

    key: str
    row: dict[str, Any]


class Acceptance(BaseModel):
    """Rows of one check that a person has accepted up to and with a day (UTC), and why.

    `is_shipped` marks what the maintainers sign of the figures that ship with the project.
    """

    model_config = ConfigDict(frozen=True)

    acceptance_id: str
    check: str
    rows: list[SignedRow]
    until: date
    reason: str
    accepted_by: str
    accepted_at: datetime
    run_id: str = ""
    withdrawn_by: str = ""
    withdrawn_at: datetime | None = None
    is_shipped: bool = False

    def counts_on(self, day: date) -> bool:
        """Whether it is neither withdrawn nor past its date."""
        return self.withdrawn_at is None and day <= self.until


class Signature(BaseModel):
    """What became of one signed row when its check was judged; `row` is the row as it fails now, or as signed."""

    model_config = ConfigDict(frozen=True)

    acceptance_id: str
    row_key: str
    state: SignatureState
    accepted_by: str
    accepted_at: datetime
    until: date
    reason: str
    row: dict[str, Any] = {}
    is_shipped: bool = False

    @property
    def sentence(self) -> str:
        """What a person should know of it."""
        said = {
            "accepted": f"is accepted until {self.until} by {self.accepted_by}: {self.reason}",
            "gone": f"was accepted by {self.accepted_by} and fails no longer; `entrepot withdraw {self.acceptance_id}`",
            "changed": f"was accepted by {self.accepted_by} with other amounts, so it is judged again",
            "lapsed": f"was accepted by {self.accepted_by} until {self.until}; that day has passed",
        }[self.state]
        return f"{self.row_key} {said}"


def judged_signatures(
    acceptances: Iterable[Acceptance], check: str, failing: Mapping[str, Sequence[dict[str, Any]]], today: date
) -> list[Signature]:
    """What becomes of every signed row of `check`, when the rows in `failing`, by their key, fail it today.

    Where two acceptances sign one row, the one that counts longest decides.
    """
    found: dict[str, Signature] = {}
    ranks = {"accepted": 3, "changed": 2, "lapsed": 1, "gone": 0}
    for acceptance in acceptances:
        if acceptance.check != check or acceptance.withdrawn_at is not None:
            continue
        for key in dict.fromkeys(signed.key for signed in acceptance.rows):
            made = _signature(acceptance, key, failing.get(key, ()), today)
            other = found.get(key)
            if made is not None and (
                other is None or (ranks[made.state], made.until) > (ranks[other.state], other.until)
            ):
                found[key] = made
    return list(found.values())


def _signature(acceptance: Acceptance, key: str, failing: Sequence[dict[str, Any]], today: date) -> Signature | None:
    signed = [each.row for each in acceptance.rows if each.key == key]
    counts = acceptance.counts_on(today)
    state: SignatureState
    if not failing:
        if not counts or acceptance.is_shipped:  # over anyway; a warehouse need not hold what ships with the project
            return None
        state = "gone"
    elif not counts:
        state = "lapsed"
    else:
        state = "accepted" if _are_those(signed, failing) else "changed"
    return Signature(
        acceptance_id=acceptance.acceptance_id,
        row_key=key,
        state=state,
        accepted_by=acceptance.accepted_by,
        accepted_at=acceptance.accepted_at,
        until=acceptance.until,
        reason=acceptance.reason,
        row=failing[0] if failing else signed[0],
        is_shipped=acceptance.is_shipped,
    )


def _are_those(signed: Sequence[dict[str, Any]], failing: Sequence[dict[str, Any]]) -> bool:
    """Whether the failing rows of one key are the signed ones: no more of them, each with the amounts of one."""
    return len(failing) <= len(signed) and all(any(_is_that(one, row) for one in signed) for row in failing)


def _is_that(signed: dict[str, Any], row: dict[str, Any]) -> bool:
    names = {name for name in (*signed, *row) if name.endswith(_AMOUNTS)}
    return all(_is_near(signed.get(name), row.get(name)) for name in names)


def _is_near(signed: object, now: object) -> bool:
    if not isinstance(signed, int | float) or not isinstance(now, int | float):
        return signed == now
    return abs(now - signed) <= ACCEPTED_MOVED * abs(signed)
