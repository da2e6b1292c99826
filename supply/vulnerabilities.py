"""Known vulnerabilities of locked packages, asked by pip-audit. uv fetches it: it is no part of the environment."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.settings import Settings

_SECONDS = 600


@dataclass(frozen=True)
class Known:
    """A vulnerability of a locked version, by its identifier, and the versions without it."""

    package: str
    version: str
    vulnerability: str
    mended_in: str


@dataclass(frozen=True)
class Answer:
    """What is known. `asked` counts the packages the index knew, `not_asked` the others; `trouble` says what failed."""

    known: list[Known]
    asked: int
    not_asked: int
    trouble: str = ""

    @property
    def sentence(self) -> str:
        """What the answer comes to."""
        if self.trouble:
            return f"No vulnerability was looked for: {self.trouble}"
        if not self.asked:
            return (
                f"No vulnerability was looked for: the index of vulnerabilities cannot be reached from here, or knows "
                f"none of the {self.not_asked} locked versions."
            )
        rest = f"; not known to the index, and so not checked: {self.not_asked}" if self.not_asked else ""
        return f"Known vulnerabilities in {self.asked} packages: {len(self.known)}{rest}."


def ask(lock: Path) -> Answer:
    """Ask of every package of a lock file. Where that cannot be done the answer says why."""
    settings = Settings.alone()
    command = [settings.tool("uv"), "tool", "run", "--quiet", "pip-audit", "--requirement", str(lock), "--no-deps"]
    command += ["--disable-pip", "--progress-spinner", "off", "--format", "json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Answer([], 0, 0, f"pip-audit could not be run ({error}).")
    return read(done.stdout, done.stderr)


def read(said: str, complaint: str = "") -> Answer:
    """What an answer of pip-audit says."""
    try:
        dependencies: list[dict[str, Any]] = json.loads(said)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (complaint.strip().splitlines() or ["it said nothing"])[-1]
        return Answer([], 0, 0, f"pip-audit gave no answer ({last[:200]}).")
    asked = [each for each in dependencies if "skip_reason" not in each]
    known = [
        Known(each["name"], each["version"], fault["id"], " or ".join(fault["fix_versions"]) or "no version so far")
        for each in asked
        for fault in each["vulns"]
    ]
    return Answer(known, len(asked), len(dependencies) - len(asked))
