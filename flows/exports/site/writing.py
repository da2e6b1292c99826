"""Writing the page into a folder: HTML, scripts, and a file per pair."""

from __future__ import annotations

from collections import defaultdict
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import vl_convert
from jinja2 import Environment

from flows.errors import EntrepotError
from flows.exports.site.pair import Pair
from flows.exports.site.parts import Chart, Row, Section, marked_as_invented, of_other_code
from flows.exports.site.release import PAIRS_AT_MOST, Release, reading
from flows.exports.site.rendering import Cards, PairPage, as_json, chart_data, drawing, environment, packed, pair_html
from flows.exports.site.sections import (
    changes,
    coverage,
    goods,
    members,
    mirror,
    months,
    partners,
    ranks,
    settlement,
    statements,
    turnover,
)
from flows.exports.site.sections.lead import headline, key_figures
from flows.exports.site.short import write_loose, write_short
from flows.machine import KEPT, keep
from flows.read.areas import numbers, typed_names
from flows.read.invented import PREFIX
from flows.read.wording.members import without_members
from flows.read.wording.names import in_text
from flows.read.wording.numbers import words
from flows.settings import Settings

PAIR_SECTIONS = (turnover, members, months, ranks, goods, mirror, settlement)
_SCRIPTS = ("page", "picker", "charts", "take", "cards", "short", "theme", "views", "world")
_LONGEST_NAME = 30  # letters somebody types, of the names in publishers' lists
_ASSETS = ("page.css", *(f"{name}.js" for name in _SCRIPTS))

# Every area a reader may ask for, economies of today first.
_AREAS = """
select area_code as code, area_name as name, lower(iso2_code) as iso2, year(valid_to) as ended
from core.dim_area
where area_kind in ('economy', 'group')
order by valid_to is not null, is_economy desc, area_name
"""


def write_site(
    settings: Settings, release_file: Path, folder: Path, most: int = PAIRS_AT_MOST, earlier: Path | None = None
) -> Path:
    """Write the page about the release at `release_file` into `folder`, and return its index.html.

    The `most` pairs with most reports get a full page, the others a short one, taken from the page in `earlier` where
    that has the same. Whether `folder` may hold it is for the caller to ask before, as for every public place.
    """
    folder.mkdir(parents=True, exist_ok=True)
    templates = environment()
    for name in _ASSETS:
        _write(folder / name, files("flows.exports.site").joinpath("assets", name).read_text(encoding="utf-8"))
    _write(folder / "vega.js", _vega())
    with reading(settings, release_file, most) as release:
        maps = partners.maps(release)
        pages = _pair_pages(release, maps)
        for page in pages:
            _write_pair(templates, folder, page)
        for chart in maps.values():
            content = f'entrepot.shared({as_json(chart.name)},"{packed(drawing(chart))}");\n'
            _write(folder / "charts" / f"{chart.name}.js", content)
        others, has_loose = write_short(release, folder, earlier), write_loose(release, folder)
        _write_index(templates, folder, release, pages, others, sorted(maps), has_loose)
    return folder / "index.html"


def _vega(kept: Path = KEPT) -> str:
    """The library that draws the charts, in one script; bundled once for every version of it in an environment."""
    path = kept / f"vega-{version('vl-convert-python')}.js"
    if path.is_file():
        return path.read_text(encoding="utf-8")
    script = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    keep(path, lambda new: _write(new, script))
    return script


def _pair_pages(release: Release, maps: dict[str, Chart]) -> list[PairPage]:
    found: dict[Any, dict[str, dict[str, list[Row]]]] = {}
    for section in PAIR_SECTIONS:
        try:
            found[section] = {name: release.by_pair(sql) for name, sql in section.QUERIES.items()}
        except EntrepotError as error:
            if section is turnover or not isinstance(error.__cause__, duckdb.BinderException | duckdb.CatalogException):
                raise
            found[section] = {name: {} for name in section.QUERIES}
            release.lacking.add(section)

    def rows(section: Any, pair: Pair) -> dict[str, list[Row]]:
        return {name: by_pair.get(pair.key, []) for name, by_pair in found[section].items()}

    def made(section: Any, pair: Pair) -> Section:
        of_pair: Section = section.section(release, pair, rows(section, pair))
        return _told(release, of_pair) if section not in release.lacking else of_other_code(of_pair)

    said = statements.statements_by_pair(release)
    told_of = {True: PAIR_SECTIONS, False: [section for section in PAIR_SECTIONS if section is not members]}

    def page(pair: Pair) -> PairPage:
        years = rows(turnover, pair)["years"]
        money = turnover.unit_of(years)
        return PairPage(
            pair,
            headline(release, pair, years, money, rows(members, pair)["sums"]),
            key_figures(pair, years, rows(ranks, pair)["ranks"], money),
            said.get(pair.key, statements.Said()),
            (
                *(made(section, pair) for section in told_of[members.has_group(release, pair)]),
                _told(release, partners.section(maps, pair)),
            ),
            PREFIX if release.warning else "",
        )

    return [page(pair) for pair in release.pairs()]


def _told(release: Release, section: Section) -> Section:
    """`section`, marked where the release holds invented figures."""
    return marked_as_invented(section) if release.warning else section


def _write_pair(templates: Environment, folder: Path, page: PairPage) -> None:
    """The file a script tag loads when the pair is picked, and the one loaded when a reader asks for a source."""
    html, cards = pair_html(templates, page)
    key, content = as_json(page.pair.key), {**html, "charts": chart_data(page.sections)}
    _write(folder / "pairs" / f"{page.pair.key}.js", f'entrepot.take({key},"{packed(content)}");\n')
    _write(folder / "sources" / f"{page.pair.key}.js", f'entrepot.sources({key},"{packed(cards.as_data())}");\n')


def _write_index(
    templates: Environment,
    folder: Path,
    release: Release,
    pages: list[PairPage],
    others: dict[str, list[tuple[str, str]]],
    maps: list[str],
    has_loose: bool,
) -> None:
    areas = release.rows(_AREAS)
    for area in areas:
        area["also"] = [name for name in typed_names().get(area["code"], ()) if len(name) <= _LONGEST_NAME]
        area["numbers"] = [number for number, code in numbers().items() if code == area["code"]]
    ended = {area["code"]: year for area in areas if (year := area.pop("ended"))}
    whole = tuple(_told(release, part.section(release)) for part in (coverage, changes))
    text = templates.get_template("index.html").render(
        release=release,
        pages=pages,
        first=pages[0].pair if pages else None,
        shown=pair_html(templates, pages[0])[0] if pages else {"lead": "", "verdicts": "", "pair": ""},
        whole=whole,
        areas=areas,
        in_text={area["code"]: said for area in areas if (said := in_text(area["name"])) != area["name"]},
        ended=ended,
        without_members={code: without_members(group) for code, group in release.without_members.items()},
        prefix=PREFIX if release.warning else "",
        cards=Cards("whole-"),
        partners=_partners(pages),
        others=others,
        maps=maps,
        has_loose=has_loose,
        charts=chart_data(whole),
        publishers={code: source["publisher"] for code, source in release.sources.items()},
        kept=words(kept_to_oneself(release)),
    )
    _write(folder / "index.html", text)


def _partners(pages: list[PairPage]) -> dict[str, list[str]]:
    """With whom each area has a page, in the order of the pages: most figures first."""
    found: dict[str, list[str]] = defaultdict(list)
    for page in pages:
        for code in page.pair.codes:
            found[code].append(page.pair.other(code))
    return found


def kept_to_oneself(release: Release) -> list[str]:
    """Publishers behind this release whose figures may not be passed on."""
    used = {row["source_code"] for row in release.rows("select source_code from core.dim_raw_file where row_count > 0")}
    held = {
        release.sources[code]["publisher"]
        for code in used
        if code in release.sources and not release.sources[code]["is_redistributable"]
    }
    return sorted(held)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
