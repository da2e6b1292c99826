"""Everything the warehouse says of two areas: the table macro marts.profile, asked by code or by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import duckdb

from flows.contracts.relations import CELLS
from flows.errors import EntrepotError
from flows.read.areas import Area, find_area
from flows.read.loose_figures import OF_PAIR
from flows.read.published import ask
from flows.read.wording.members import WITHOUT_MEMBERS
from flows.read.wording.names import in_text

_FIGURES = """
select * from marts.profile(?, ?)
where coalesce(try_cast(left(period_code, 4) as integer) between ? and ?, true)
order by section, reporter_code, period_code, item, detail nulls first, line
"""

_OF_TRADE = ("trade", "members")

_DATASETS = """
select
    known.reporter_code, string_agg(distinct known.source_code, ', ' order by known.source_code) as source_codes,
    min(period.year_number) as first_year, max(period.year_number) as last_year
from core.fct_availability as known
inner join core.dim_period as period on known.period_code = period.period_code
where known.reporter_code in (?, ?) and known.availability_state = 'published'
group by known.reporter_code
"""

# of the same name but for a part of it: the European Union of 27 is asked for, and a report names the European Union
_NAMED_ALIKE = """
select distinct year.reporter_code, alike.area_code, alike.area_name
from core.dim_area as asked
inner join core.dim_area as alike
    on asked.area_code <> alike.area_code
    and (contains(asked.area_name, alike.area_name) or contains(alike.area_name, asked.area_name))
inner join marts.bilateral_year as year on alike.area_code = year.partner_code
where asked.area_code = ? and year.reporter_code = ? and asked.area_kind = 'group' and alike.area_kind = 'group'
order by alike.area_code
"""

# cells in a currency for whose period no rate is loaded: they are in the facts, and in no mart
_WITHOUT_RATE = f"""
select
    reporter_code, string_agg(distinct original_currency_code, ' and ' order by original_currency_code) as currencies,
    string_agg(distinct source_code, ', ' order by source_code) as source_codes
from {CELLS}
where
    ((reporter_code = $one and partner_code = $other) or (reporter_code = $other and partner_code = $one))
    and value_usd is null
    and value_original is not null
group by reporter_code
"""

# streaks of first places among named partners, and why a year has no place: what marts.profile has no column for
_RANKS = """
select rank.*, year.exports_basis, year.imports_basis
from marts.partner_rank as rank
left join marts.bilateral_year as year using (reporter_code, partner_code, year_number)
where
    ((reporter_code = $one and partner_code = $other) or (reporter_code = $other and partner_code = $one))
    and rank.measure = 'turnover' and rank.perimeter_code = 'all'
"""

_NAMES = "select area_code, area_name from core.dim_area where area_code in (select unnest(?))"

_WORDS = """
select 'product' as code_list, substr(product_key, 3) as code, product_name as words
from core.dim_product where product_key like 'G:%'
union all
select 'product', substr(product_key, 4), substr(product_key, 4) || ' ' || product_name
from core.dim_product where product_key like 'HS:__'
union all
select 'period', period_code, period_name from core.dim_period
union all
select 'publisher', source_code, publisher from core.dim_source
union all
select distinct 'scope', scope_text, flow_code from core.fct_settlement_share
"""


@dataclass(frozen=True)
class Profile:
    """Two areas, the figures of marts.profile about them, what datasets either has here, the names of all areas
    that report in it, and those of products, periods and publishers, with the flow a settlement scope is about;
    where there are no figures of their trade, the groups one side does report on that have nearly the name of the
    other, the reports in currencies without a rate, and what is known of goods or months alone; and by reporter
    and year what marts.partner_rank has of the place by total trade, and groups whose members are not on record.
    `years` are those that were asked for.
    """

    area: Area
    partner: Area
    figures: list[dict[str, Any]]
    datasets: list[dict[str, Any]]
    names: dict[str, str]
    words: dict[tuple[str, str], str]
    named_alike: list[dict[str, Any]]
    without_rate: list[dict[str, Any]]
    loose: list[dict[str, Any]]
    ranks: dict[tuple[str, str], dict[str, Any]]
    without_members: list[dict[str, Any]]
    years: tuple[int | None, int | None] = (None, None)

    def name(self, code: str) -> str:
        """The name of an area by its code."""
        return self.names.get(code, code)

    def word(self, code_list: str, code: str) -> str:
        """The name of a product, period or publisher, or the flow of a settlement scope, by its code."""
        return self.words.get((code_list, code), code)

    def of(self, section: str, reporter: str | None = None) -> list[dict[str, Any]]:
        """The figures of a section, of one direction where `reporter` is given."""
        return [
            figure
            for figure in self.figures
            if figure["section"] == section and reporter in (None, figure["reporter_code"])
        ]


def year_of(text: str | None) -> int | None:
    """The year a person wrote; None where none was asked for. Raises EntrepotError where it is none."""
    if text is None:
        return None
    if not re.fullmatch(r"\s*[0-9]{4}\s*", text):
        raise EntrepotError(f"{text!r} is not a year; write it with four digits, such as 2021.")
    return int(text)


def profile(
    con: duckdb.DuckDBPyConnection, area: str, partner: str, first: int | None = None, last: int | None = None
) -> Profile:
    """What the release at `con` knows of `area` with `partner` in the years `first` to `last`, both included.

    Areas are alpha-3, alpha-2 or group codes, or names. Raises EntrepotError for an area that is not known, for twice
    the same one, and for years in the wrong order.
    """
    if first is not None and last is not None and first > last:
        raise EntrepotError(f"The years end before they begin: {first} to {last}.")
    sides = find_area(con, area), find_area(con, partner)
    if sides[0].code == sides[1].code:
        raise EntrepotError(f"A profile needs two areas; both are {in_text(sides[0].name)}.")
    codes = [side.code for side in sides]
    figures = ask(con, _FIGURES, [*codes, first or 0, last or 9999]).records()
    reporting = sorted({*codes, *(figure["reporter_code"] for figure in figures if figure["reporter_code"])})
    names = {row["area_code"]: row["area_name"] for row in ask(con, _NAMES, [reporting]).records()}
    words = {(row["code_list"], row["code"]): row["words"] for row in ask(con, _WORDS).records()}
    is_traded = any(figure["section"] in _OF_TRADE for figure in figures)
    asked = () if is_traded else (codes, codes[::-1])
    named_alike = [row for one, other in asked for row in ask(con, _NAMED_ALIKE, [one, other]).records()]
    pair = {"one": codes[0], "other": codes[1]}
    without_rate = [] if is_traded else ask(con, _WITHOUT_RATE, pair).records()
    loose = [] if is_traded else ask(con, OF_PAIR, pair).records()
    datasets = ask(con, _DATASETS, codes).records()
    ranks = {(row["reporter_code"], str(row["year_number"])): row for row in ask(con, _RANKS, pair).records()}
    without_members = ask(con, WITHOUT_MEMBERS, [codes]).records()
    asked_for = (first, last)
    return Profile(
        *sides, figures, datasets, names, words, named_alike, without_rate, loose, ranks, without_members, asked_for
    )
