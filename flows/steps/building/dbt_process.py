"""The process of dbt: `python -P -m flows.steps.building.dbt_process OUTCOME ARGUMENT...`.

dbt itself writes all it knows of the project and of every result at the end of a run: more text than its parse, and
nobody reads it. So it is told not to, and of its results only what a build asks for is kept, in the file OUTCOME: how
many nodes of each kind came to an end, and those that failed.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from flows.machine import keep_in_memory

FAILED = ("error", "fail")


def outcome(results: list[Any]) -> dict[str, Any]:
    """What is kept of dbt's results: `ended`, the number of nodes by kind, and `failed`."""
    return {
        "ended": Counter(result.node.unique_id.split(".")[0] for result in results),
        "failed": [
            {
                "unique_id": result.node.unique_id,
                "status": str(result.status),
                "message": result.message,
                "compiled_code": getattr(result.node, "compiled_code", None),
            }
            for result in results
            if str(result.status) in FAILED
        ],
    }


def main(arguments: list[str]) -> int:
    """Run dbt and keep the outcome; the exit code."""
    keep_in_memory()
    from dbt.cli.main import dbtRunner  # slow: who starts this process reads this file, too

    kept, *asked = arguments
    done = dbtRunner().invoke(asked)
    results = getattr(done.result, "results", None)
    if results is not None:
        Path(kept).write_text(json.dumps(outcome(list(results))), encoding="utf-8")
    return 0 if done.success else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
