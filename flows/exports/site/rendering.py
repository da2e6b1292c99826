"""HTML of the page, from templates that escape everything."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from flows.exports.site.pair import Pair
from flows.exports.site.parts import Chart, Origin, Section, Table
from flows.exports.site.sections.lead import KeyFigure
from flows.exports.site.sections.statements import Said

_OPEN = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_BETWEEN = "\x1f"  # parts the texts of a row while they are escaped; one that has it itself is escaped alone
_LEVEL = 6  # the highest, 9, makes a file three hundredths smaller, and takes much longer


@dataclass(frozen=True)
class PairPage:
    """What the page says of one pair; `prefix` goes before its title."""

    pair: Pair
    headline: str
    figures: tuple[KeyFigure, ...]
    said: Said
    sections: tuple[Section, ...]
    prefix: str = ""

    @property
    def told(self) -> list[Section]:
        """Sections with something to show."""
        return [section for section in self.sections if not section.is_empty]

    @property
    def lacking(self) -> list[Section]:
        """Sections without: one line each says what is missing."""
        return [section for section in self.sections if section.is_empty]


class Cards:
    """Cards that say where a figure comes from; each distinct one stands once in the HTML it belongs to."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.found: dict[tuple[Origin, ...], str] = {}

    def id(self, origins: tuple[Origin, ...]) -> str:
        """The id of the card with these origins."""
        return self.found.setdefault(origins, f"{self.prefix}{len(self.found)}")

    def as_data(self) -> dict[str, Any]:
        """All cards for cards.js: each distinct word once, origins as places of words, cards as places of origins."""
        words: dict[str, int] = {}
        origins: dict[tuple[int, ...], int] = {}

        def place(origin: Origin) -> int:
            told = (
                origin.figure, "; ".join(origin.publishers), origin.rule, origin.period, origin.title, origin.address,
                origin.home, origin.path, origin.line, origin.vintage, origin.terms,
            )  # fmt: skip
            written = (*(words.setdefault(word, len(words)) for word in told), int(origin.may_be_passed_on))
            return origins.setdefault(written, len(origins))

        cards = [[place(origin) for origin in found] for found in self.found]  # in the order of their ids
        return {"prefix": self.prefix, "words": list(words), "origins": list(origins), "cards": cards}


def environment() -> Environment:
    """The templates, with autoescape on and undefined names refused."""
    made = Environment(
        loader=PackageLoader("flows.exports.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["script"] = as_script
    made.filters["rows"] = as_rows
    made.globals["source"] = source_button
    return made


def as_json(value: Any) -> str:
    """A value as JSON, which is JavaScript too, for a file of its own."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=float)


def as_script(value: Any) -> Markup:
    """A value as a JavaScript literal that cannot end the script it stands in."""
    text = as_json(value)
    for letter, escaped in _OPEN.items():  # a scan for each: `translate` looks up every letter of megabytes
        text = text.replace(letter, escaped)
    return Markup(text)  # noqa: S704  every closing letter is escaped


def source_button(cards: Cards, origins: tuple[Origin, ...], name: str) -> Markup:
    """The button that opens the card with these origins of what `name` says; nothing where there are none."""
    return Markup(_button(cards, origins, str(escape(name))))  # noqa: S704  the name is escaped


def _button(cards: Cards, origins: tuple[Origin, ...], escaped_name: str) -> str:
    if not origins:
        return ""
    card = escape(cards.id(origins))
    return (
        f'<button type="button" class="source" popovertarget="{card}" aria-label="Source: {escaped_name}">'
        "source</button>"
    )


def as_rows(table: Table, cards: Cards) -> Markup:
    """The rows of a table; the first cell of each is its name, the last one opens a card where any row has a source."""
    has_origins, rows = table.has_origins, []
    for line, kinds in table.drawn():
        name, *texts = _escaped([cell.text for cell in line.cells])
        cells = "".join(f"{_td(kind)}{text}</td>" for text, kind in zip(texts, kinds, strict=True))
        card = f'<td class="from">{_button(cards, line.origins, name)}</td>' if has_origins else ""
        rows.append(f'<tr><th scope="row">{name}</th>{cells}{card}</tr>\n')
    return Markup("".join(rows))  # noqa: S704  every text is escaped


def _escaped(texts: list[str]) -> list[str]:
    """Texts as HTML. They are escaped together: the page has a million of them, and each would be a call."""
    escaped = str(escape(_BETWEEN.join(texts))).split(_BETWEEN)
    return escaped if len(escaped) == len(texts) else [str(escape(text)) for text in texts]


@cache
def _td(kind: str) -> str:
    return f'<td class="{escape(kind)}">' if kind else "<td>"


def pair_html(templates: Environment, page: PairPage) -> tuple[dict[str, str], Cards]:
    """Head, verdicts in short and sections of a pair as HTML, and the cards its buttons open.

    It is the same for the pair shown first and a picked one.
    """
    cards = Cards(f"{page.pair.key.lower()}-")
    made = {
        name: templates.get_template(f"{name}.html").render(page=page, cards=cards)
        for name in ("lead", "verdicts", "pair")
    }
    return made, cards


def packed(value: Any) -> str:
    """A value as JSON, compressed, in letters that a script may hold: a tenth of its size."""
    return base64.b64encode(gzip.compress(as_json(value).encode(), _LEVEL, mtime=0)).decode()


def chart_data(sections: tuple[Section, ...]) -> dict[str, Any]:
    """What charts.js draws, by name of the chart; without charts that have a file of their own."""
    return {chart.name: drawing(chart) for section in sections for chart in section.charts if not chart.is_shared}


def drawing(chart: Chart) -> dict[str, Any]:
    """What charts.js draws of one chart."""
    return {
        "kind": chart.kind,
        "title": chart.title,
        "summary": chart.summary,
        "rows": chart.rows,
        "setting": chart.setting,
        "height": chart.height,
    }
