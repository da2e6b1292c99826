"""Pairs beyond those with a page of their own: what is known of each, in a few files the page asks for.

There may be tens of thousands. The files of an area are taken from the page of the release before where they would hold
the same: where the rows they are drawn from, all they say beside these, and the code that draws them are the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from flows.exports.site.pair import Pair
from flows.exports.site.parts import Row, Section, marked_as_invented, of_other_code
from flows.exports.site.release import Release
from flows.exports.site.rendering import as_json, packed
from flows.exports.site.sections import members
from flows.exports.site.sections.lead import headline, key_figures
from flows.exports.site.sections.turnover import reports_total, unit_of, whose
from flows.read.loose_figures import OF_PAIRS_WITHOUT_A_YEAR, loose
from flows.read.wording.members import SUMS
from flows.read.wording.numbers import Money
from flows.steps.build import code_fingerprint

_INDEX = "made_of.json"
_FILE_LETTERS = 250_000  # of JSON in one file, which is a tenth of it when compressed

_YEARS = """
create or replace temp table short_year as
with way as (
    select first_code, second_code, first_code as reporter_code, second_code as partner_code
    from known_pair
    where place > {most}
    union all
    select first_code, second_code, second_code, first_code
    from known_pair
    where place > {most}
)
select
    way.first_code, way.second_code, year.reporter_code as one_code, year.partner_code as other_code,
    year.year_number, year.turnover_basis, year.turnover_state,
    -- as floats, which they are drawn as: to make decimals of Python of them takes as long as all else
    year.turnover_usd::double as turnover_usd, year.turnover_any_basis_usd::double as turnover_any_basis_usd,
    coalesce(year.turnover_source_code, year.exports_source_code, year.imports_source_code) as source_code,
    year.turnover_source_code, year.turnover_rule, year.turnover_yoy_pct, year.turnover_yoy_is_comparable,
    year.share_of_turnover_pct,
    year.exports_usd::double as exports_usd, year.imports_usd::double as imports_usd,
    year.exports_basis, year.imports_basis,
    rank.rank, rank.rank_best, rank.rank_worst, rank.is_among_few, rank.rank_is_certain,
    rank.rank_best_if_unallocated, rank.rank_worst_if_unallocated,
    rank.n_universe, rank.n_seen
from way
inner join marts.bilateral_year as year
    on way.reporter_code = year.reporter_code and way.partner_code = year.partner_code
left join marts.partner_rank as rank
    on year.reporter_code = rank.reporter_code
    and year.partner_code = rank.partner_code
    and year.year_number = rank.year_number
    and rank.measure = 'turnover'
    and rank.perimeter_code = 'all'
order by way.first_code
"""
_SUMS = f"""
create or replace temp table short_sum as
select shown.first_code, shown.second_code, sums.*
from ({SUMS}) as sums
inner join known_pair as shown
    on least(sums.one_code, sums.other_code) = shown.first_code
    and greatest(sums.one_code, sums.other_code) = shown.second_code
where shown.place > {{most}}
"""
_NO_SUMS = "create or replace temp table short_sum as select first_code, second_code from known_pair where false"
_FIRSTS = """
select first_code, count(*) || ' ' || sum(row_hash) as rows_hashed
from (
    select first_code, hash(short_year) as row_hash from short_year
    union all
    select first_code, hash(short_sum) from short_sum
)
group by first_code
order by first_code
"""
_OF_FIRST = "select * from short_year where first_code = ? order by second_code, year_number, one_code"
_SUMS_OF_FIRST = "select * from short_sum where first_code = ? order by all"


class _File(NamedTuple):
    """A file of pairs with one first code: its name, the second codes in it, and the hash of its content."""

    name: str
    seconds: str
    sha256: str


def write_short(release: Release, folder: Path, earlier: Path | None = None) -> dict[str, list[tuple[str, str]]]:
    """Write the pairs without a page of their own into `folder/more`, some hundred a file.

    Returns by first code of a pair its files, each as its name and the second codes in it, joined by blanks. `earlier`
    is a page that was made before.
    """
    more = folder / "more"
    more.mkdir(parents=True, exist_ok=True)
    for table in (_YEARS, _NO_SUMS if members in release.lacking else _SUMS):
        release.rows(table.format(most=release.most))
    beside, before = _said_beside(release), _index(earlier / "more") if earlier else {}
    index: dict[str, dict[str, Any]] = {}
    for row in release.rows(_FIRSTS):
        first, made_of = row["first_code"], f"{row['rows_hashed']} {beside}"
        files = _taken(earlier / "more", more, before.get(first, {}), made_of) if earlier else []
        index[first] = {"made_of": made_of, "files": files or list(_written(release, first, more))}
    (more / _INDEX).write_text(json.dumps(index), encoding="utf-8")
    return {first: [(name, seconds) for name, seconds, _ in known["files"]] for first, known in index.items()}


def _said_beside(release: Release) -> str:
    """Hash of what the files say beside the figures, names and publishers, and of the code."""
    publishers = sorted((code, source["publisher"]) for code, source in release.sources.items())
    return hashlib.sha256(repr((code_fingerprint(), sorted(release.areas.items()), publishers)).encode()).hexdigest()


def _index(more: Path) -> dict[str, dict[str, Any]]:
    """What the files of a page were made of, by first code; nothing where that is not known."""
    with contextlib.suppress(OSError, ValueError):
        found: dict[str, dict[str, Any]] = json.loads((more / _INDEX).read_text(encoding="utf-8"))
        return found
    return {}


def _taken(earlier: Path, more: Path, known: Mapping[str, Any], made_of: str) -> list[_File]:
    """The files of a first code, copied from an earlier page; none where they were made of something else, or are no
    longer what was written."""
    if known.get("made_of") != made_of:
        return []
    files = [_File(*file) for file in known["files"]]
    for file in files:
        path = earlier / f"{file.name}.js"
        content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content).hexdigest() != file.sha256:
            return []
        (more / path.name).write_bytes(content)
    return files


def _written(release: Release, first: str, more: Path) -> Iterator[_File]:
    for at, pairs in enumerate(_batches(_pairs(release, first))):
        name = f"{first}-{at}"
        content = f'entrepot.more({as_json(name)},"{packed(pairs)}");\n'.encode()
        (more / f"{name}.js").write_bytes(content)
        yield _File(name, " ".join(pairs), hashlib.sha256(content).hexdigest())


def write_loose(release: Release, folder: Path) -> bool:
    """Write what is known of pairs without a figure of a whole year into `folder/loose.js`; False where nothing is."""
    found: dict[str, str] = {}
    for row in release.rows(OF_PAIRS_WITHOUT_A_YEAR):
        found[f"{row['first_code']}-{row['second_code']}"] = loose(row)
    if found:
        (folder / "loose.js").write_text(f'entrepot.loose("{packed(found)}");\n', encoding="utf-8")
    return bool(found)


def _pairs(release: Release, first: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is known of the pairs with one first code, by the second."""
    years, sums = (_by_second(release.rows(sql, [first])) for sql in (_OF_FIRST, _SUMS_OF_FIRST))
    for second in sorted({*years, *sums}):
        yield second, _told(release, release.pair(first, second), years.get(second, []), sums.get(second, []))


def _by_second(rows: list[Row]) -> dict[str, list[Row]]:
    return {second: list(found) for second, found in groupby(rows, lambda row: str(row["second_code"]))}


def _told(release: Release, pair: Pair, years: list[Row], sums: list[Row]) -> dict[str, Any]:
    money = unit_of(years)
    told: dict[str, Any] = {
        "headline": headline(release, pair, years, money, sums),
        "figures": [tuple(figure) for figure in key_figures(pair, years, years, money)],
        "unit": money.short,
        "unit_in_full": money.unit,
        "years": [_drawn(pair, row, money) for row in years],
    }
    if members.has_group(release, pair):
        made = members.section(release, pair, {"sums": sums})
        made = of_other_code(made) if members in release.lacking else made
        told["members"] = _added_up(marked_as_invented(made) if release.warning else made)
    return told


def _added_up(made: Section) -> dict[str, Any]:
    """A section of sentences and tables as `short.js` reads it; of a cell its text, and whether nothing is known."""
    return {
        "name": made.name,
        "title": made.title,
        "standfirst": made.standfirst,
        "said": [sentence.text for sentence in made.sentences],
        "rule": made.rule,
        "tables": [
            (table.caption, table.heads, [[(cell.text, cell.is_missing) for cell in cells] for cells, _ in table.lines])
            for table in made.tables
        ],
    }


def _drawn(pair: Pair, row: Row, money: Money) -> tuple[Any, ...]:
    """A year as `short.js` reads it: side, year, total, exports, imports, whose figure, if own, if reported, source."""
    amounts = (money.of(row[name]) for name in ("turnover_any_basis_usd", "exports_usd", "imports_usd"))
    return (
        pair.codes.index(row["one_code"]), row["year_number"], *amounts,
        whose(row), row["turnover_basis"] == "own", reports_total(row), row["source_code"],
    )  # fmt: skip


def _batches(pairs: Iterator[tuple[str, dict[str, Any]]]) -> Iterator[dict[str, dict[str, Any]]]:
    batch: dict[str, dict[str, Any]] = {}
    letters = 0
    for second, told in pairs:
        batch[second] = told
        sums = told.get("members", {}).get("tables", ())
        letters += 150 + len(told["headline"]) + 70 * (len(told["years"]) + sum(len(rows) for _, _, rows in sums))
        if letters > _FILE_LETTERS:
            yield batch
            batch, letters = {}, 0
    if batch:
        yield batch
