"""Draws the diagram of the entities into the site as SVG: a reader's browser asks no server for a drawing library.

GitHub draws the Mermaid block of the page by itself; for the site this hook reads that block, so both show the same.
Facts stand at the sides with their columns, dimensions between them, and a line for each column that refers to one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import mean
from typing import Any

from mkdocs.structure.pages import Page

_BLOCK = re.compile(r"```mermaid\n(erDiagram\n.*?)```", re.DOTALL)
_REFERENCE = re.compile(r"^ *(\w+) \|\|--o\{ (\w+) : (\w+)$", re.MULTILINE)
_GRAIN = re.compile(r"^ *(\w+) \{\n(.*?)^ *\}$", re.MULTILINE | re.DOTALL)

_CARD, _DIM, _GAP = 204, 148, 118  # widths of a fact, of a dimension, and of the room for lines between them, pixels
_ROW, _HEAD, _BETWEEN = 20, 28, 26
# White text is read on each, and a line of each on light and dark ground.
_COLOURS = ("#0072b2", "#b84f00", "#00805d", "#a8478a", "#00778a", "#936500", "#6b6b6b", "#6a5cc0", "#9a3b3b")


@dataclass
class Fact:
    """A fact table, the columns drawn of it, and where its card stands."""

    name: str
    references: dict[str, str]
    grain: list[str]
    x: int = 0
    y: int = 0
    columns: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.columns = list(dict.fromkeys([*self.grain, *self.references]))

    @property
    def height(self) -> int:
        """Height of the card in pixels."""
        return _HEAD + _ROW * len(self.columns) + 6

    def row(self, column: str) -> int:
        """Height at which a column's line begins."""
        return self.y + _HEAD + _ROW * self.columns.index(column) + _ROW // 2


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Put the drawing in the place of a Mermaid block of entities."""
    return _BLOCK.sub(lambda block: svg(*entities(block[1])), markdown)


def entities(mermaid: str) -> tuple[list[Fact], list[str]]:
    """The facts, placed left and right so that both sides are about as high, and the dimensions they refer to."""
    references: dict[str, dict[str, str]] = {}
    for dim, fact, column in _REFERENCE.findall(mermaid):
        references.setdefault(fact, {})[column] = dim
    grains = {name: re.findall(r"grain (\w+) PK", columns) for name, columns in _GRAIN.findall(mermaid)}
    facts = [Fact(name, found, grains.get(name, [])) for name, found in references.items()]
    sides = [0, 0]
    for fact in sorted(facts, key=lambda fact: -fact.height):
        side = sides.index(min(sides))
        fact.x, fact.y = side * (_CARD + _DIM + 2 * _GAP), sides[side]
        sides[side] += fact.height + _BETWEEN
    return facts, list(dict.fromkeys(dim for fact in facts for dim in fact.references.values()))


def svg(facts: list[Fact], dims: list[str]) -> str:
    """The drawing, without a blank line, which would end it for Markdown."""
    height = max(fact.y + fact.height for fact in facts)
    ends = {dim: mean(fact.row(c) for fact in facts for c, to in fact.references.items() if to == dim) for dim in dims}
    ordered = sorted(dims, key=lambda dim: ends[dim])
    step = height / len(ordered)
    middle = {dim: round(step * (place + 0.5)) for place, dim in enumerate(ordered)}
    colour = {dim: _COLOURS[place % len(_COLOURS)] for place, dim in enumerate(ordered)}
    width = 2 * (_CARD + _GAP) + _DIM
    label = f"{', '.join(fact.name for fact in facts)} and the dimensions their columns refer to"
    lines = [
        f'<div class="entities"><svg viewBox="-1 -1 {width + 2} {height + 2}" role="img" aria-label="{label}">',
        *(line for fact in facts for line in _lines(fact, middle, colour)),
        *(line for dim in ordered for line in _dimension(dim, middle[dim], colour[dim])),
        *(line for fact in facts for line in _card(fact)),
        "</svg></div>",
    ]
    return "\n".join(lines)


def _lines(fact: Fact, middle: dict[str, int], colour: dict[str, str]) -> Iterator[str]:
    is_left = fact.x == 0
    start = fact.x + _CARD if is_left else fact.x
    end = _CARD + _GAP + (0 if is_left else _DIM)
    bend = (start + end) // 2
    for column, dim in fact.references.items():
        y = fact.row(column)
        yield (
            f'<path d="M{start} {y}C{bend} {y} {bend} {middle[dim]} {end} {middle[dim]}" stroke="{colour[dim]}">'
            f"<title>{fact.name}.{column} refers to {dim}</title></path>"
            f'<circle cx="{start}" cy="{y}" r="3.5" fill="{colour[dim]}"/>'
        )


def _dimension(dim: str, y: int, colour: str) -> Iterator[str]:
    x = _CARD + _GAP
    yield f'<rect x="{x}" y="{y - 13}" width="{_DIM}" height="26" rx="13" fill="{colour}"/>'
    yield f'<text x="{x + _DIM // 2}" y="{y + 4}" class="dim">{dim}</text>'


def _card(fact: Fact) -> Iterator[str]:
    yield f'<rect x="{fact.x}" y="{fact.y}" width="{_CARD}" height="{fact.height}" rx="4" class="card"/>'
    yield f'<text x="{fact.x + 12}" y="{fact.y + 19}" class="fact">{fact.name}</text>'
    for column in fact.columns:
        kind = "grain" if column in fact.grain else "column"
        yield f'<text x="{fact.x + 12}" y="{fact.row(column) + 4}" class="{kind}">{column}</text>'
