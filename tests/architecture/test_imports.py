"""One place for each thing, proven by walking the imports."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from flows.settings import ROOT

PYTHON = sorted(path for folder in ("flows", "expectations") for path in (ROOT / folder).rglob("*.py"))

# A module may import from its own layer and from those below it, never from one above.
LAYERS = [
    {"flows.errors", "flows.settings", "flows.privacy", "flows.redaction", "flows"},
    {
        "flows.contracts",
        "flows.grains",
        "flows.ledger",
        "flows.own_contracts",
        "flows.trade_roles",
        "expectations",
        "expectations.checks",
    },
    {"flows.sources", "expectations.landing", "expectations.release"},
    {"flows.steps", "flows.reading", "flows.query_error", "flows.areas", "flows.profile", "flows.forms", "flows.site"},
    {
        *("flows.pipeline", "flows.deployments", "flows.cli", "flows.demo", "flows.cli_sources", "flows.cli_export"),
        *(
            "flows.server",
            "flows.prefect_server",
            "flows.own_host",
            "flows.listening",
            "flows.pages",
            "flows.prompt",
            "flows.prompt_catalog",
            "flows.chart",
        ),
        *("flows.terminal", "flows.table_layout", "flows.reports", "flows.run_report", "flows.profile_report"),
    },
]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def layer(module: str) -> int | None:
    """The layer of the longest listed prefix of `module`; none for other packages."""
    best = max(
        ((len(name), number) for number, names in enumerate(LAYERS) for name in names if is_in(module, name)),
        default=None,
    )
    return best[1] if best else None


def is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def importers(package: str) -> set[str]:
    return {module_name(path) for path in PYTHON if any(is_in(name, package) for name in imports(path))}


@pytest.mark.parametrize("path", PYTHON, ids=module_name)
def test_imports_point_downwards(path: Path) -> None:
    own = layer(module_name(path))
    assert own is not None, f"{module_name(path)} has no layer; give it a room"
    for name in imports(path):
        if name.split(".")[0] in ("flows", "expectations"):
            other = layer(name)
            assert other is not None
            assert other <= own, f"{module_name(path)} imports {name} from above"


def test_only_flows_deployments_and_the_server_import_prefect() -> None:
    assert importers("prefect") == {"flows.pipeline", "flows.deployments", "flows.prefect_server"}


def test_only_the_release_gate_imports_great_expectations() -> None:
    modules = importers("great_expectations")
    assert modules
    assert all(is_in(name, "expectations.release") for name in modules)


def test_only_settings_read_the_environment() -> None:
    readers = {
        module_name(path) for path in PYTHON if "environ" in path.read_text(encoding="utf-8") and is_reader(path)
    }
    assert readers == {"flows.settings"}


def is_reader(path: Path) -> bool:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return any(isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv") for node in nodes)


def test_only_the_ledger_writes_run_records_and_sidecars() -> None:
    names = re.compile(r"\.json\b(?!\()")  # a file name, not the method of an answer
    writers = {module_name(path) for path in PYTHON if names.search(path.read_text(encoding="utf-8"))}
    # one reads dbt's results, one leaves the record of unit tests out of the code, one describes an export
    others = {"flows.steps.dbt", "flows.steps.build", "flows.steps.datapackage"}
    assert writers - others == {"flows.ledger"}


def test_no_room_is_called_after_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
    assert not [path for path in PYTHON if path.stem in vague]
