"""The page: a static site about a release, finished in a folder of its own and swapped in as a whole."""

from __future__ import annotations

from pathlib import Path

from flows.errors import EntrepotError
from flows.exports.site.writing import write_site
from flows.releases.place import make_export, release_path
from flows.settings import Settings


def build_site(settings: Settings, run_id: str) -> Path:
    """Make the page of the release of `run_id` under `export/site`, for oneself, and return its index.html.

    Raises EntrepotError when it cannot be made, and OSError where the machine is at fault; the page that is there then
    stays.
    """
    link = settings.export / "site"

    def write(folder: Path) -> None:
        try:
            write_site(settings, release_path(settings, run_id), folder, earlier=link.resolve())
        except OSError:  # the machine's own trouble, such as a full disk
            raise
        except Exception as error:
            raise EntrepotError(f"The page of release {run_id} could not be made: {error!r}") from error

    return make_export(link, run_id, write) / "index.html"
