"""The layers of the dbt project, read from its manifest."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flows.settings import ROOT, Settings

ALLOWED = {
    "staging": {"staging"},
    "intermediate": {"staging", "intermediate", "seeds"},
    "core": {"staging", "intermediate", "core", "seeds"},
    "marts": {"core", "marts"},
    "meta": {"staging", "intermediate", "core", "marts", "meta", "seeds"},
}
COMPUTES = (" sum(", " rank(", "rank()", "lag(", "row_number(", "case ", "ratio(", "avg(", "median(", "count(")


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("parse")
    project = str(Settings().dbt_project)
    command = [str(Path(sys.executable).parent / "dbt"), "parse", "--project-dir", project, "--profiles-dir", project]
    command += ["--target-path", str(folder), "--log-path", str(folder), "--quiet"]
    environment = Settings().tool_environment(ENTREPOT_CANDIDATE="none", ENTREPOT_LANDED="none")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    parsed: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return parsed


def models(manifest: dict[str, Any], *layers: str) -> list[dict[str, Any]]:
    found = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    return [node for node in found if not layers or layer_of(node) in layers]


def layer_of(node: dict[str, Any]) -> str:
    return "seeds" if node["resource_type"] == "seed" else str(node["fqn"][1])


def attached_tests(manifest: dict[str, Any], node: dict[str, Any]) -> set[str]:
    return {
        test["test_metadata"]["name"]
        for test in manifest["nodes"].values()
        if test["resource_type"] == "test"
        and test.get("test_metadata")
        and test.get("attached_node") == node["unique_id"]
    }


def test_only_staging_reads_sources(manifest: dict[str, Any]) -> None:
    readers = {layer_of(node) for node in models(manifest) if node["sources"]}
    assert readers == {"staging"}


def test_layers_read_only_what_they_may(manifest: dict[str, Any]) -> None:
    wrong = []
    for node in models(manifest):
        for parent in node["depends_on"]["nodes"]:
            other = manifest["nodes"].get(parent)
            if other and layer_of(other) not in ALLOWED[layer_of(node)]:
                wrong.append(f"{node['name']} reads {other['name']}")
    assert not wrong


def test_every_model_states_its_grain_and_proves_it(manifest: dict[str, Any]) -> None:
    lacking = [
        node["name"]
        for node in models(manifest, "core", "marts", "meta")
        if not any(word in node["description"].lower() for word in ("one row per", "grain:"))
        or not {"unique", "unique_grain"} & attached_tests(manifest, node)
    ]
    assert not lacking


def test_every_column_of_a_published_table_is_described(manifest: dict[str, Any]) -> None:
    lacking = [
        f"{node['name']}.{column['name']}"
        for node in models(manifest, "core", "marts", "meta")
        for column in node["columns"].values()
        if not column["description"]
    ]
    assert not lacking


def test_core_and_marts_enforce_their_contracts(manifest: dict[str, Any]) -> None:
    # dbt enforces contracts of models in SQL only
    found = [node for node in models(manifest, "core", "marts") if node["language"] == "sql"]
    assert not [node["name"] for node in found if not node["config"]["contract"]["enforced"]]


def test_every_model_that_computes_has_a_unit_test(manifest: dict[str, Any]) -> None:
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    computing = [
        node["name"]
        for node in models(manifest, "core", "marts")
        if node["language"] == "sql" and any(word in node["raw_code"].lower() for word in COMPUTES)
    ]
    assert sorted(set(computing) - tested) == []


def test_every_model_in_python_is_tested_in_python(manifest: dict[str, Any]) -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [n["name"] for n in models(manifest) if n["language"] == "python" and n["name"] not in tests] == []


def test_models_name_no_file_reader_and_no_double_quoted_name(manifest: dict[str, Any]) -> None:
    banned = ("read_csv", "read_json", "read_parquet", "read_text", "safe_cast", "date_spine", "listagg", " hash(")
    wrong = [
        f"{node['name']}: {word}" for node in models(manifest) for word in banned if word in node["raw_code"].lower()
    ]
    assert not wrong


def sql_lines(node: dict[str, Any]) -> int:
    """Lines of SQL, without comments and empty lines; the formatter gives nearly every column a line of its own."""
    code = re.sub(r"\{#.*?#\}", "", node["raw_code"], flags=re.DOTALL)
    return sum(bool(line.strip()) and not line.strip().startswith("--") for line in code.splitlines())


def test_models_stay_small_or_say_why(manifest: dict[str, Any]) -> None:
    long = [
        node["name"]
        for node in models(manifest)
        if (sql_lines(node) > 100 or node["raw_code"].count(" as (\n") > 7)
        and "reason for size" not in node["raw_code"].lower()
    ]
    assert not long
