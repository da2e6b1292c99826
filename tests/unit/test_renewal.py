"""Which models of a copy of the last release may have to be made anew, by dbt's graph."""

from __future__ import annotations

from typing import Any

import pytest

from flows.steps.building.renewal import Graph


def node(kind: str, name: str, reads: str = "", macros: str = "", how: str = "table", **meta: object) -> dict[str, Any]:
    """A node of a manifest; what it reads and uses is separated by blanks."""
    return {
        "name": name,
        "resource_type": kind,
        "config": {"materialized": how, "meta": meta},
        "depends_on": {"nodes": reads.split(), "macros": [f"macro.entrepot.{macro}" for macro in macros.split()]},
    }


@pytest.fixture
def graph() -> Graph:
    """Two sources with a staging model each; cells of one file by file, over a view; a test of what is made of them."""
    model, source = "model.entrepot.", "source.entrepot."
    nodes = [
        node("model", "stg_landed__file", f"{source}landed.file"),
        node("model", "stg_small", f"{source}small.record {source}landed.file", "current_records"),
        node("model", "stg_large", f"{source}large.record {source}landed.file", "current_records", "ephemeral"),
        node("model", "large_file", f"{model}stg_landed__file", files_of=["large.record"]),
        node("model", "joined", f"{model}stg_small {model}stg_landed__file", "in_short"),
        node("model", "priced", f"{model}joined", how="view"),
        node("model", "cell", f"{model}priced {model}stg_large {model}large_file", told=["stg_large"]),
        node("model", "listing", f"{model}stg_landed__file"),
        node("test", "cells_add_up", f"{model}cell", how="test"),
    ]
    macros = {
        "macro.entrepot.in_short": {"depends_on": {"macros": ["macro.entrepot.files_of_records"]}},
        **{
            f"macro.entrepot.{name}": {"depends_on": {"macros": []}} for name in ("files_of_records", "current_records")
        },
    }
    return Graph({"nodes": {str(number): one for number, one in enumerate(nodes)}, "macros": macros})


def test_files_of_others_change_only_what_lists_files(graph: Graph) -> None:
    assert graph.downstream({"landed.file"}) == {"stg_landed__file", "listing"}


def test_a_source_changes_what_stands_on_it_and_its_tests(graph: Graph) -> None:
    assert graph.downstream({"small.record"}) == {"stg_small", "joined", "priced", "cell", "cells_add_up"}
    assert graph.downstream({"large.record"}) == {"stg_large", "large_file", "cell", "cells_add_up"}


def test_views_are_seen_through_and_what_is_told_elsewhere_is_not_read(graph: Graph) -> None:
    assert graph.read_by("cell") == {"joined", "large_file"}
    assert graph.read_by("cells_add_up") == {"cell"}
    assert graph.views_behind({"cell"}) == {"priced", "stg_large"}
    assert not graph.holds_rows("priced")
