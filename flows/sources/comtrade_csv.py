"""UN Comtrade downloads in both CSV layouts, brought through the drop box; not redistributable."""

from flows.sources.dropbox import fetch, partitions

__all__ = ["fetch", "partitions"]
