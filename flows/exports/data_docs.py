"""Data Docs: the expectations a release was held to, as Great Expectations shows them."""

from __future__ import annotations

from pathlib import Path

from flows.releases.place import make_export
from flows.settings import Settings


def data_docs(settings: Settings, release: Path) -> Path:
    """Make the Data Docs of a published release, swap them in as a whole, and return their folder."""
    settings.prepare_process()
    from expectations.release import build_docs

    def write(folder: Path) -> None:
        build_docs(release, folder, settings.memory_limit, settings.threads)

    return make_export(settings.export / "data_docs", release.parent.name, write)
