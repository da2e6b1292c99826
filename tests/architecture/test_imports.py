"""One place for each thing, proven by walking the imports."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from flows.contracts import load_contracts
from flows.settings import ROOT, Settings

PYTHON = sorted(path for folder in ("flows", "expectations") for path in (ROOT / folder).rglob("*.py"))
PRODUCT = [*PYTHON, *(path for folder in ("bi", "standin") for path in sorted((ROOT / folder).rglob("*.py")))]

# A module may import from its own layer and from those below it, never from one above.
LAYERS = [
    {"flows.errors", "flows.settings", "flows.privacy", "flows.records", "flows.redaction", "flows"},
    {"flows.contracts", "flows.ledger", "expectations", "expectations.checks"},
    {"flows.transport", "flows.formats", "expectations.landing", "expectations.release"},
    {"flows.sources", "flows.inbox", "flows.read"},
    {"flows.backup", "flows.doctor", "flows.ingest", "flows.steps", "flows.releases", "flows.exports", "flows.forms"},
    {"flows.verbs", "flows.recording"},
    {"flows.pipeline"},
    {"flows.cli", "flows.ui"},
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


def test_a_command_begins_without_what_few_need() -> None:
    """A person waits for what the command line imports, before anything is done."""
    slow = ("prefect", "dbt", "great_expectations", "openpyxl", "numpy", "pandas", "py7zr", "jinja2")
    asked = f"import sys; import flows.cli.main; print(*sorted(set(sys.modules) & set({slow!r})))"
    begun = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT)
    assert begun.stdout == "\n"


def test_only_flows_deployments_and_the_server_import_prefect() -> None:
    server = {"flows.ui.prefect_server", "flows.ui.prefect_database"}
    # What is offered, what its forms offer, what the server does by itself: all that the server is told.
    deployments = {f"flows.ui.{name}" for name in ("deployments", "own_server", "choices", "automations")}
    workers = {"flows.ingest.prefect_workers"}  # to whom a run gives parts of its work
    assert importers("prefect") == {"flows.pipeline", "flows.recording", *deployments, *server, *workers}


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
    # one reads dbt's results, one leaves the record of unit tests out of the code, two describe what they copied
    others = {"steps.building.dbt", "steps.build", "exports.datapackage", "backup.warehouse"}
    others.add("exports.site.short")  # what the files of a page were made of, beside them
    others.add("transport.quotas")  # how often publishers were asked belongs to no warehouse
    others |= {"sources.comtrade.whole", "sources.comtrade_reference"}  # addresses of a publisher's lists
    assert {name for name in writers if not is_in(name, "flows.ledger")} == {f"flows.{name}" for name in others}
    assert "flows.ledger.runs" in writers


def test_no_room_is_called_after_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
    assert not [path for path in PYTHON if path.stem in vague]


@pytest.mark.parametrize("path", PRODUCT, ids=module_name)
def test_the_product_needs_no_tests(path: Path) -> None:
    assert not [name for name in imports(path) if is_in(name, "tests")]


def test_the_invented_publishers_know_nothing_of_the_warehouse() -> None:
    invented = [path for path in PRODUCT if is_in(module_name(path), "standin")]
    assert invented
    assert not [path for path in invented for name in imports(path) if name.split(".")[0] in ("flows", "expectations")]


def test_the_folder_of_flows_holds_rooms_and_few_modules() -> None:
    """What stands beside the rooms is what every room may need, and the story they tell."""
    loose = {path.stem for path in (ROOT / "flows").glob("*.py")} - {"__init__"}
    stories = {"errors", "forms", "machine", "pipeline", "privacy", "records", "redaction", "settings"}
    assert loose == {*stories, "recording", "stopping", "verbs"}


def test_the_rooms_need_each_other_one_way() -> None:
    """Rooms of one layer may need each other, but not in a circle."""
    needs: dict[str, set[str]] = {}
    for path in PYTHON:
        if is_in(module_name(path), "flows"):
            needs.setdefault(room(module_name(path)), set()).update(
                room(name) for name in imports(path) if is_in(name, "flows") and name != "flows"
            )
    order = TopologicalSorter({name: others - {name} for name, others in needs.items()})
    assert list(order.static_order())


def room(module: str) -> str:
    """The folder of `flows` a module lies in, or the module itself."""
    return ".".join(module.split(".")[:2])


def test_a_source_is_named_in_its_own_module_and_contract_only() -> None:
    """What the rest of the code must know of a source stands in its contract; the demo says whose files it changes."""
    sources = set(load_contracts(Settings().contracts[0])) - {"baci", "comext"}  # also the names of codes files use
    named = {
        (module_name(path), node.value)
        for path in PYTHON
        if not is_in(module_name(path), "flows.sources") and module_name(path) != "flows.cli.demo"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in sources
    }
    assert not named
