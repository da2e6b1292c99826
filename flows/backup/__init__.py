"""Copies of all that cannot be made again: of a warehouse, and of what Prefect's server knows."""
