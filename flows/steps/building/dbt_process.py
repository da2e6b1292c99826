"""The process of dbt: `python -P -m flows.steps.building.dbt_process OUTCOME ARGUMENT...`.

It reads the project as ARGUMENT... say, and then waits for a line on its standard input: what to make, as a JSON list
of further arguments. So it can be started before there is anything to make, beside the fetching. It ends when its
standard input does, at any time: whoever started it is gone then.

dbt itself writes all it knows of the project and of every result at the end of a run: more text than its parse, and
nobody reads it. So it is told not to, and of its results only what a build asks for is kept, in the file OUTCOME: how
many nodes of each kind came to an end, and those that failed.
"""

from __future__ import annotations

import json
import signal
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flows.machine import end_with_parent, keep_in_memory

FAILED = ("error", "fail")
_DUE = "due"
_UNSAID = ("test", "debug")  # levels of dbt's events that nobody is told of
VERB = "build"
SELECT = "--select"  # the last of what is asked; after it the names of models
ALL_FILES = "--no-partial-parse"  # reads them all, whatever dbt has kept of them


def outcome(results: list[Any], nodes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What is kept of dbt's results: `ended`, the number of nodes by kind, and `failed`.

    `nodes` are those of the project, by which a test is told with the table it looks at.
    """
    return {
        "ended": Counter(result.node.unique_id.split(".")[0] for result in results),
        "failed": [
            {
                "unique_id": result.node.unique_id,
                "status": str(result.status),
                "message": result.message,
                "compiled_code": getattr(result.node, "compiled_code", None),
                **_told(result.node, nodes or {}),
            }
            for result in results
            if str(result.status) in FAILED
        ],
    }


def _told(node: Any, nodes: Mapping[str, Any]) -> dict[str, Any]:
    """What a failed node is told by: its table, or of a test the one it looks at; of a test what it asks, and how."""
    metadata = getattr(node, "test_metadata", None)
    read = getattr(getattr(node, "depends_on", None), "nodes", None) or [""]
    seen: Any = (
        node
        if node.unique_id.startswith(("model.", "seed."))
        else nodes.get(getattr(node, "attached_node", "") or read[0])
    )
    arguments = {name: value for name, value in (metadata.kwargs if metadata else {}).items() if name != "model"}
    return {
        "table": f"{seen.schema}.{seen.name}" if hasattr(seen, "schema") else None,
        "test_name": getattr(metadata, "name", None),
        "arguments": arguments,
        "raw_code": None if metadata else getattr(node, "raw_code", None),
    }


def say(event: Any) -> None:
    """Print what dbt tells a person, a message a line or more."""
    if event.info.level not in _UNSAID:
        print(event.info.msg, flush=True)


def keep_quiet() -> None:
    """Let dbt make no message of what nobody is told of: of some twenty for each node it prints none."""
    from dbt_common.events.event_manager import EventManager
    from dbt_common.events.event_manager_client import ctx_set_event_manager

    manager = EventManager()
    fire = manager.fire_event

    def fire_for_people(
        e: Any, level: Any = None, node: Any = None, force_warn_or_error_handling: bool = False
    ) -> None:
        if force_warn_or_error_handling or (level or e.level_tag()).value not in _UNSAID:
            fire(e, level, node, force_warn_or_error_handling)

    manager.fire_event = fire_for_people
    ctx_set_event_manager(manager)


def parse(dbt: Any, asked: list[str]) -> Any:
    """dbt's answer to reading the project as `asked`, whose verb is left out.

    Where it can not, it reads all of it: what it kept of an earlier code can be in its way. So it held a unit test
    twice that had moved to another file.
    """
    how, where = asked[: asked.index(VERB)], asked[asked.index(VERB) + 1 :]
    read = dbt.invoke([*how, "parse", *where])
    return read if read.success else dbt.invoke([*how, ALL_FILES, "parse", *where])


def named_at_once(asked: list[str], nodes: Mapping[str, Any]) -> list[str]:
    """What is asked, the models it names told as those of a tag they get: dbt looks through all nodes for each name."""
    before, names = asked[: asked.index(SELECT) + 1], set(asked[asked.index(SELECT) + 1 :])
    models = [node for node in nodes.values() if node.resource_type == "model" and node.name in names]
    if len(models) != len(names):  # a path or an operator of dbt's is among them
        return asked
    for node in models:
        node.tags.append(_DUE)
    return [*before, f"tag:{_DUE}"]


def main(arguments: list[str]) -> int:
    """Read the project, wait for what to make of it, make that, and keep the outcome; the exit code."""
    end_with_parent(signal.SIGKILL, sys.stdin.fileno())
    keep_in_memory()
    from dbt.cli.main import dbtRunner  # slow: who starts this process reads this file, too
    from dbt.contracts.graph.manifest import Manifest

    from flows.steps.building.templates import keep_compiled

    keep_quiet()
    write_compiled = keep_compiled()
    kept, *asked = arguments
    read = parse(dbtRunner(callbacks=[say]), asked)
    more = sys.stdin.readline() if read.success else ""
    if not more:
        return 1
    assert isinstance(read.result, Manifest)
    further: list[str] = json.loads(more)
    if SELECT in further:
        further = named_at_once(further, read.result.nodes)
    done = dbtRunner(read.result, [say]).invoke([*asked, *further])
    write_compiled()
    results = getattr(done.result, "results", None)
    if results is not None:
        Path(kept).write_text(json.dumps(outcome(list(results), read.result.nodes), default=str), encoding="utf-8")
    return 0 if done.success else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
