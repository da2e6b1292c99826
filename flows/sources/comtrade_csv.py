"""UN Comtrade downloads in both CSV layouts, brought through the drop box; not redistributable."""

from flows.sources.dropbox import drop_box, fetch

__all__ = ["fetch", "partitions"]

partitions = drop_box(__name__)
