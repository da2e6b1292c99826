"""The lists that dbt loads as seeds, for what Python asks of them."""

from __future__ import annotations

import csv
from pathlib import Path


def seed_rows(seeds: Path, name: str) -> list[dict[str, str]]:
    """The rows of the list `name` in the folder of the seeds, by column."""
    with (seeds / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
