"""Outlines of the page's map: arcs on a coarse grid, dots for what is too small, and area codes the warehouse knows."""

from __future__ import annotations

import csv
import json
from importlib.resources import files
from pathlib import Path

from flows.settings import Settings
from supply.outlines import coarser, outlines


def test_an_arc_on_the_grid_keeps_its_ends_and_drops_steps_that_go_nowhere() -> None:
    assert coarser([(0.0, 0.0), (0.05, 0.05), (1.0, 0.0)]) == [[0, 0], [5, 0]]
    assert coarser([(0.0, 0.0), (0.01, 0.01)]) == [[0, 0], [0, 0]]


def test_an_economy_without_a_coarse_outline_is_a_dot_in_the_middle_of_its_largest_island(tmp_path: Path) -> None:
    square = [[0, 0], [2, 0], [0, 2], [-2, 0], [0, -2]]
    islet = [[10, 10], [1, 0], [0, 1], [-1, -1]]
    transform = {"scale": [1, 1], "translate": [0, 0]}
    large = {"type": "Polygon", "arcs": [[0]], "id": "001", "properties": {"name": "Large"}}
    small = {"type": "MultiPolygon", "arcs": [[[1]], [[0]]], "id": "002", "properties": {"name": "Small"}}
    for scale, shapes in (("110m", [large]), ("50m", [large, small])):
        topology = {"transform": transform, "arcs": [square, islet], "objects": {"countries": {"geometries": shapes}}}
        (tmp_path / f"countries-{scale}.json").write_text(json.dumps(topology), encoding="utf-8")
    made = outlines(tmp_path, {"001": "AAA", "002": "BBB"})
    assert [shape["id"] for shape in made["objects"]["economies"]["geometries"]] == ["AAA"]
    assert made["points"] == {"BBB": (1.0, 1.0)}


def test_the_map_draws_economies_of_the_warehouse_and_nearly_all_of_them() -> None:
    text = files("flows.exports.site").joinpath("assets", "world.js").read_text(encoding="utf-8")
    world = json.loads(text.partition("entrepot.world=")[2].rstrip(";\n"))
    drawn = {shape["id"] for shape in world["objects"]["economies"]["geometries"]} | set(world["points"])
    with (Settings.alone().seeds / "area.csv").open(encoding="utf-8", newline="") as handle:
        economies = {row["area_code"] for row in csv.DictReader(handle) if row["area_kind"] == "economy"}
    assert drawn - {""} <= economies
    assert len(drawn) > 220
