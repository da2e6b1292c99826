"""CEPII BACI: year files, and whole release archives, brought through the drop box."""

from flows.sources.dropbox import fetch, partitions

__all__ = ["fetch", "partitions"]
