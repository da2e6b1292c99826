"""Outlines of economies for the map of the page, from Natural Earth, which is in the public domain.

    python -m supply.outlines FOLDER_OF_THE_PACKAGE TRADE_DUCKDB > flows/exports/site/assets/world.js

The folder is that of the npm package `world-atlas`, which carries Natural Earth as TopoJSON with M49 codes. Economies
too small for outlines of 1:110 million get the middle of their largest outline of 1:50 million, and are drawn as a dot.
"""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

_STEP = 0.2  # degrees; the map is at most 960 pixels wide, so that a pixel is 0.4 of them
_AREAS = """
select m49_code, area_code from core.dim_area where m49_code is not null and is_economy and valid_to is null
"""
Point = tuple[float, float]


def arcs_of(topology: dict[str, Any]) -> list[list[Point]]:
    """The arcs of a quantized topology in degrees."""
    (scale_x, scale_y), (shift_x, shift_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + shift_x, y * scale_y + shift_y))
        found.append(points)
    return found


def rings_of(geometry: dict[str, Any]) -> list[list[int]]:
    """Outer rings of a geometry, as places of arcs; a negative one is an arc backwards."""
    polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
    return [polygon[0] for polygon in polygons]


def middle(geometry: dict[str, Any], arcs: list[list[Point]]) -> Point:
    """The middle of the largest ring, by the extent of its points."""

    def extent(ring: list[int]) -> tuple[float, float, float, float]:
        points = [point for at in ring for point in arcs[at if at >= 0 else ~at]]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return min(xs), max(xs), min(ys), max(ys)

    west, east, south, north = max(
        (extent(ring) for ring in rings_of(geometry)), key=lambda box: (box[1] - box[0]) * (box[3] - box[2])
    )
    return round((west + east) / 2, 1), round((south + north) / 2, 1)


def coarser(arc: list[Point]) -> list[list[int]]:
    """An arc on a grid of `_STEP` degrees, as steps from point to point, without steps that go nowhere."""
    grid = [(round(x / _STEP), round(y / _STEP)) for x, y in arc]
    kept = [grid[0], *(point for before, point in pairwise(grid) if point != before)]
    kept = kept if len(kept) > 1 else [grid[0], grid[-1]]
    return [list(kept[0])] + [[b[0] - a[0], b[1] - a[1]] for a, b in pairwise(kept)]


def outlines(package: Path, codes: dict[str, str]) -> dict[str, Any]:
    """A topology of the economies by area code, and the points of those too small for it."""
    coarse, fine = (json.loads((package / f"countries-{scale}.json").read_text()) for scale in ("110m", "50m"))
    shapes = [
        {
            "type": shape["type"],
            "arcs": shape["arcs"],
            "id": codes.get(shape.get("id", shape["properties"]["name"]), ""),
        }
        for shape in coarse["objects"]["countries"]["geometries"]
        if shape.get("id") != "010"  # Antarctica trades nothing and takes a fifth of the map
    ]
    drawn, arcs = {shape["id"] for shape in shapes}, arcs_of(fine)
    points = {
        codes[shape["id"]]: middle(shape, arcs)
        for shape in fine["objects"]["countries"]["geometries"]
        if codes.get(shape.get("id", "")) not in drawn | {None}
    }
    return {
        "type": "Topology",
        "transform": {"scale": [_STEP, _STEP], "translate": [0, 0]},
        "arcs": [coarser(arc) for arc in arcs_of(coarse)],
        "objects": {"economies": {"type": "GeometryCollection", "geometries": shapes}},
        "points": points,
    }


def main() -> None:
    """Write the script that hands the outlines over to the page."""
    with duckdb.connect(sys.argv[2], read_only=True) as con:
        codes = {**dict(con.execute(_AREAS).fetchall()), "Kosovo": "XKX"}  # has no M49 code
    made = json.dumps(outlines(Path(sys.argv[1]), codes), separators=(",", ":"))
    print(
        "// Natural Earth 1:110m, public domain, by way of the npm package world-atlas 2.0.2; see supply/outlines.py."
    )
    print(f"window.entrepot.world={made};")


if __name__ == "__main__":
    main()
