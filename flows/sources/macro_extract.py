"""Gross domestic product and yearly exchange rates, from published extracts; bundled."""

from flows.sources.base import bundled, fetch_local

__all__ = ["fetch", "partitions"]

partitions = bundled(__name__)
fetch = fetch_local
