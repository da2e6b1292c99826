"""Pairs beyond those with a page of their own: what is known of each, in a few files the page asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from flows.exports.site.pair import Pair
from flows.exports.site.parts import Row
from flows.exports.site.release import Release
from flows.exports.site.rendering import as_json, packed
from flows.exports.site.sections.lead import headline, key_figures
from flows.exports.site.sections.turnover import reports_total, unit_of, whose
from flows.read.loose_figures import OF_PAIRS_WITHOUT_A_YEAR, loose
from flows.read.wording.numbers import Money

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
_FIRSTS = "select distinct first_code from short_year order by first_code"
_OF_FIRST = "select * from short_year where first_code = ? order by second_code, year_number, one_code"


def write_short(release: Release, folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Write the pairs without a page of their own into `folder/more`, some hundred a file.

    Returns by first code of a pair its files, each as its name and the second codes in it, joined by blanks.
    """
    (folder / "more").mkdir(parents=True, exist_ok=True)
    files: dict[str, list[tuple[str, str]]] = defaultdict(list)
    release.rows(_YEARS.format(most=release.most))
    for first in [row["first_code"] for row in release.rows(_FIRSTS)]:
        found = _pairs(release, release.rows(_OF_FIRST, [first]))
        for at, pairs in enumerate(_batches(found)):
            name = f"{first}-{at}"
            content = f'entrepot.more({as_json(name)},"{packed(pairs)}");\n'
            (folder / "more" / f"{name}.js").write_text(content, encoding="utf-8")
            files[first].append((name, " ".join(pairs)))
    return files


def write_loose(release: Release, folder: Path) -> bool:
    """Write what is known of pairs without a figure of a whole year into `folder/loose.js`; False where nothing is."""
    found: dict[str, str] = {}
    for row in release.rows(OF_PAIRS_WITHOUT_A_YEAR):
        found[f"{row['first_code']}-{row['second_code']}"] = loose(row)
    if found:
        (folder / "loose.js").write_text(f'entrepot.loose("{packed(found)}");\n', encoding="utf-8")
    return bool(found)


def _pairs(release: Release, rows: list[Row]) -> Iterator[tuple[str, dict[str, Any]]]:
    for second, found in groupby(rows, lambda row: str(row["second_code"])):
        years = list(found)
        pair = release.pair(years[0]["first_code"], second)
        money = unit_of(years)
        figures = [tuple(figure) for figure in key_figures(pair, years, years, money)]
        drawn = [_drawn(pair, row, money) for row in years]
        told = {
            "headline": headline(release, pair, years, money),
            "figures": figures,
            "unit": money.short,
            "unit_in_full": money.unit,
        }
        told["years"] = drawn
        yield second, told


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
        letters += 150 + len(told["headline"]) + 70 * len(told["years"])
        if letters > _FILE_LETTERS:
            yield batch
            batch, letters = {}, 0
    if batch:
        yield batch
