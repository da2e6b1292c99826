"""Trade with Russia by the statistics of its partners, as the press quotes them; bundled."""

from flows.sources.base import bundled, fetch_local

__all__ = ["fetch", "partitions"]

partitions = bundled(__name__)
fetch = fetch_local
