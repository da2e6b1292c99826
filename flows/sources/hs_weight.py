"""Published weights that convert HS revisions into each other, brought through the drop box."""

from flows.sources.dropbox import fetch, partitions

__all__ = ["fetch", "partitions"]
