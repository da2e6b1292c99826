"""The lock files are what they say: every dependency has a reason, hashes, no address, and one version."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from flows.settings import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-uv.lock")
_ENTRY = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ]+)(.*?)((?: \\\n +--hash=sha256:[0-9a-f]{64})*)$", re.MULTILINE)


def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def names(requirements: list[str]) -> set[str]:
    """Normalised names, without extras and ranges."""
    return {re.sub(r"[-_.]+", "-", re.split(r"[\[<>=~! ;]", text)[0]).lower() for text in requirements}


def locked(lock: str) -> set[tuple[str, str, str]]:
    """Name, version and marker of every entry."""
    return {match.group(1, 2, 3) for match in _ENTRY.finditer((ROOT / lock).read_text(encoding="utf-8"))}


def explained(heading: str) -> list[str]:
    """Packages in the table under a heading of the page that gives their reasons."""
    text = (ROOT / "docs/explanation/dependencies.md").read_text(encoding="utf-8")
    section = text.split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \| [^|]+ \| [^|]{10,} \|$", section, re.MULTILINE)


def test_every_direct_dependency_has_its_reason_in_the_docs() -> None:
    run, develop = explained("To run"), explained("To develop")
    assert (len(run), len(develop)) == (len(set(run)), len(set(develop)))
    assert set(run) == names(project()["dependencies"])
    assert set(develop) == names(project()["optional-dependencies"]["dev"])


@pytest.mark.parametrize("lock", [*LOCKS, "flows/steps/building/spark/requirements.lock"])
def test_a_lock_has_a_hash_for_every_entry_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = list(_ENTRY.finditer(text))
    assert len(entries) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE)) > 0
    assert all(match.group(4) for match in entries)
    assert "://" not in text
    assert "--index" not in text


def test_what_developers_install_holds_what_runs_in_the_same_versions() -> None:
    run, develop = ({entry[:2] for entry in locked(lock)} for lock in ("requirements.lock", "requirements-dev.lock"))
    assert run < develop


def test_the_locks_hold_the_direct_dependencies_and_running_needs_no_tool() -> None:
    extras = project()["optional-dependencies"]
    run = {name for name, *_ in locked("requirements.lock")}
    assert names(project()["dependencies"]) | names(extras["build"]) <= run
    assert names(extras["dev"]) <= {name for name, *_ in locked("requirements-dev.lock")}
    assert names(extras["dev"]) & run == {"psutil"}  # which py7zr brings
