"""Data Docs: the expectations a release was held to, as Great Expectations shows them."""

from __future__ import annotations

from pathlib import Path

from flows.releases.place import swap_folder
from flows.settings import Settings


def data_docs(settings: Settings, release: Path) -> Path:
    """Make the Data Docs of a published release, swap them in as a whole, and return their folder."""
    settings.prepare_process()
    from expectations.release import build_docs

    folder = settings.export / f"data_docs-{release.parent.name}"
    build_docs(release, folder, settings.memory_limit, settings.threads)
    return swap_folder(settings.export / "data_docs", folder)
