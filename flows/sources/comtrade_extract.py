"""Bilateral totals of UN Comtrade, from published extracts; bundled, not redistributable."""

from flows.sources.base import bundled, fetch_local

__all__ = ["fetch", "partitions"]

partitions = bundled(__name__)
fetch = fetch_local
