"""Which HS codes correspond between neighbouring revisions, by the UN Statistics Division; bundled."""

from flows.sources.base import bundled, fetch_local

__all__ = ["fetch", "partitions"]

partitions = bundled(__name__)
fetch = fetch_local
