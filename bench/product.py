"""The product: `entrepot run` over the same files in its inbox, beside the bundled figures, step by step."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from bench.measure import Measurement, Step, measure

STEPS = (
    Step("start, fetch and land"),
    Step("build", line=r"^build: "),
    Step("audit", child_gone=r"\bdbt\b.* build\b"),
    Step("publish", line=r"^audit: \d"),
    Step("answer and exports", line=r"^publish: "),
)


def warehouse_variables(warehouse: Path, memory_limit: str, threads: int) -> dict[str, str]:
    """Settings of the product as variables."""
    return {
        "ENTREPOT_WAREHOUSE": str(warehouse),
        "ENTREPOT_MEMORY_LIMIT": memory_limit,
        "ENTREPOT_THREADS": str(threads),
    }


def run(
    warehouse: Path, memory_limit: str, threads: int, verb: str = "run", variables: Mapping[str, str] | None = None
) -> Measurement:
    """Run the product over a warehouse whose inbox holds the files; `variables` are further settings."""
    command = [str(Path(sys.executable).with_name("entrepot")), verb]
    told = {**warehouse_variables(warehouse, memory_limit, threads), **(variables or {})}
    return measure(command, warehouse, STEPS, told)


def published_bytes(warehouse: Path) -> int:
    """Size of the published file; nothing where nothing was published."""
    file = warehouse / "trade.duckdb"
    return file.resolve().stat().st_size if file.exists() else 0
