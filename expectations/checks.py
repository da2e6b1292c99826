"""A check and its result, for both gates. Severity decides: an error stops the release, a warning is told.

Of both a person can accept rows, for a time (expectations/acceptance.py).
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from expectations.acceptance import Signature

Severity = Literal["error", "warning"]
NOT_JUDGED = "could not be judged: "  # how what a check observed begins where it could not run


class Check(BaseModel):
    """One thing that must hold, in words a person understands; `fault` says what is wrong where it does not, and
    `remedy` what to do then.

    `kind` is what judges it: the release gate, or dbt while it builds. Only rows of the gate can be accepted.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    table: str
    description: str
    fault: str = ""
    severity: Severity = "error"
    remedy: str = ""
    kind: Literal["gate", "dbt"] = "gate"


class Result(BaseModel):
    """What a check found: observed against expected, up to 20 offending rows with where they came from, and their keys.

    `failing_rows` counts the rows nobody has accepted; `signatures` says what became of those that were.
    """

    model_config = ConfigDict(frozen=True)

    check: Check
    passed: bool
    observed: str = ""
    expected: str = ""
    failing_rows: int = 0
    sample: list[dict[str, Any]] = []
    keys: list[str] = []
    signatures: list[Signature] = []

    @property
    def stops_release(self) -> bool:
        """Whether this result forbids publishing."""
        return not self.passed and self.check.severity == "error"

    @property
    def accepted(self) -> list[Signature]:
        """The rows that fail and are accepted."""
        return [signature for signature in self.signatures if signature.state == "accepted"]

    @property
    def verdict(self) -> str:
        """In a word: passed, accepted (every failing row is), warning or error."""
        if not self.passed:
            return self.check.severity
        return "accepted" if self.accepted else "passed"

    @property
    def sentence(self) -> str:
        """The result in one sentence."""
        if self.passed:
            return f"{self.check.table}: {self.check.description}"
        return f"{self.check.table}: {self.check.description}; expected {self.expected}, found {self.observed}."
