"""China's customs (GACC) as agencies, newspapers and reference pages quote it; bundled."""

from flows.sources.base import bundled, fetch_local

__all__ = ["fetch", "partitions"]

partitions = bundled(__name__)
fetch = fetch_local
