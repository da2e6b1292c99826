"""What an examination finds: one thing that is not as it should be, what to do about it, and how to repair it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `check` is the kind of it, `place` a file, folder, run or package.

    `said` is what is wrong and `advice` what a person does about it, a sentence each. `repair`, where there is one,
    loses nothing; call it while holding the writer's lock.
    """

    check: str
    place: str
    said: str
    advice: str
    repair: Callable[[], object] | None = field(default=None, compare=False, repr=False)

    def row(self) -> dict[str, object]:
        """The finding as a record."""
        return {
            "check": self.check,
            "place": self.place,
            "said": self.said,
            "advice": self.advice,
            "can_be_repaired": self.repair is not None,
        }


@dataclass(frozen=True)
class Part:
    """What the examination of one part of a warehouse found; `counted` and `skipped` are phrases for people.

    `counted` says what was looked at, `skipped` what could not be looked at now, and why.
    """

    findings: list[Finding] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
