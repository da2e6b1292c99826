"""A check and its result, for both gates. Severity decides: an error stops, a warning has an owner and an expiry."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

Severity = Literal["error", "warning"]


class Check(BaseModel):
    """One thing that must hold, in words a person understands."""

    model_config = ConfigDict(frozen=True)

    name: str
    table: str
    description: str
    severity: Severity = "error"
    owner: str | None = None
    expires_on: date | None = None

    @model_validator(mode="after")
    def _warning_is_owned(self) -> Check:
        if self.severity == "warning" and (self.owner is None or self.expires_on is None):
            raise ValueError(f"warning {self.name} needs an owner and an expiry date")
        return self


class Result(BaseModel):
    """What a check found: observed against expected, and up to 20 offending rows with where they came from."""

    model_config = ConfigDict(frozen=True)

    check: Check
    passed: bool
    observed: str = ""
    expected: str = ""
    failing_rows: int = 0
    sample: list[dict[str, Any]] = []

    @property
    def stops_release(self) -> bool:
        """Whether this result forbids publishing."""
        return not self.passed and self.check.severity == "error"

    @property
    def sentence(self) -> str:
        """The result in one sentence."""
        if self.passed:
            return f"{self.check.table}: {self.check.description}"
        return f"{self.check.table}: {self.check.description}; expected {self.expected}, found {self.observed}."
