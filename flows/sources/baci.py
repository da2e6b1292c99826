"""CEPII BACI: year files, and whole release archives, brought through the drop box."""

from flows.sources.dropbox import drop_box, fetch

__all__ = ["fetch", "partitions"]

partitions = drop_box(__name__)
