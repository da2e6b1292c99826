"""The trade of a profile as tables: by year, by members of a group, both reports of a flow, and goods."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from flows.cli import table_layout
from flows.cli.columns import Column, Columns, left_out, with_room
from flows.cli.profile_cells import (
    Figure,
    amount,
    by_year,
    does_not_add_up,
    in_unit,
    is_known,
    of_year,
    pct,
    rank,
    unit_of,
)
from flows.cli.terminal import console, print_titled
from flows.read.areas import Area
from flows.read.profile import Profile
from flows.read.wording import members
from flows.read.wording.codes import causes, in_words, publishers
from flows.read.wording.names import in_text, sentence_case
from flows.read.wording.numbers import Money, possessive, typed, year_spans
from flows.read.wording.pair import no_rank, rank_coverage, streak

_TOP = 10
_MAY_BE_MIXED = {"balance": "balance_usd", "total": "turnover_usd"}
_RATES = ("growth", "printed", "share")  # columns that are left out where they are empty


class _Year(NamedTuple):
    """A year of what a side reports: its figures by item, the partner's rank, and the unit of amounts."""

    period_code: str
    items: dict[str, Figure]
    rank: Figure | None
    money: Money


_YEAR: Columns[_Year] = (
    Column("year", lambda year: year.period_code),
    Column("exports", lambda year: of_year("exports", year.items, year.money)),
    Column("imports", lambda year: of_year("imports", year.items, year.money)),
    Column("balance", lambda year: of_year("balance", year.items, year.money), turn=2),
    Column("total", lambda year: of_year("turnover", year.items, year.money)),
    Column("growth", lambda year: pct(year.items.get("growth_pct")), turn=4),
    Column("printed", lambda year: pct(year.items.get("growth_published_pct")), turn=1),
    Column("share", lambda year: pct(year.items.get("share_of_turnover_pct"), signed=False), turn=3),
)
_RANK: Column[_Year] = Column("rank", lambda year: rank(year.rank))


class _Side(NamedTuple):
    """What one side reports by year, and by year the rank of the other among its partners."""

    years: list[_Year]
    ranks: dict[str, Figure]

    @property
    def is_empty(self) -> bool:
        """Whether no figure and no place is known of any year."""
        figures = (figure for year in self.years for figure in year.items.values())
        return not any(map(is_known, figures)) and all(place["value_min"] is None for place in self.ranks.values())


@dataclass(frozen=True)
class TradeByYear:
    """What both sides report, by the code of the side, and the columns the terminal has room for, the same for both
    that are shown.
    """

    sides: dict[str, _Side]
    columns: Columns[_Year]
    left_out: str  # a sentence on the columns there is no room for

    @classmethod
    def of(cls, found: Profile) -> TradeByYear:
        """The trade of a profile."""
        money = unit_of(found.of("trade"))
        sides = {area.code: _side(found, area, money) for area in (found.area, found.partner)}
        told = [side for side in sides.values() if not side.is_empty]
        years = [year for side in told for year in side.years]
        of_all = (*_YEAR, _RANK) if any(side.ranks for side in told) else _YEAR
        columns = tuple(c for c in of_all if c.head not in _RATES or any(str(c.value(year)) for year in years))
        least = partial(_least, years)
        shown = with_room(columns, least, console.width)
        return cls(sides, shown, left_out(columns, shown, least))

    @property
    def may_be_mixed(self) -> set[str]:
        """The figures shown that may be mixed of two reports."""
        return {_MAY_BE_MIXED[column.head] for column in self.columns if column.head in _MAY_BE_MIXED}

    def says(self, word: str) -> bool:
        """Whether a cell has this word in place of a figure."""
        years = [year for side in self.sides.values() if not side.is_empty for year in side.years]
        return any(str(column.value(year)) == word for column in self.columns for year in years)


def show_trade(found: Profile, trade: TradeByYear, area: Area, partner: Area) -> None:
    """What `area` reports of its trade with `partner`, by year, with the rank of the partner."""
    years, ranks = side = trade.sides[area.code]
    if not years:
        return
    if side.is_empty:
        _say_there_is_none(area, partner, years)
        return
    of_side = [column for column in trade.columns if ranks or column is not _RANK]
    title = f"By {in_text(area.name)}: trade with {in_text(partner.name)}, {years[0].money.unit}"
    title += ", and its rank among the partners" if ranks else ""
    rows = [tuple(column.value(year) for column in of_side) for year in years]
    print_titled(title, _fitted(tuple(column.head for column in of_side), rows))
    apart = [int(year.period_code) for year in years if does_not_add_up(year.items.get("turnover_usd"))]
    if apart:
        why = in_words("figure_gap", "not_one_report")
        _note(f"For {year_spans(apart)} exports and imports do not add up to the total: {why}.")
    for reason, without in _without_growth(year.items for year in years):
        _note(f"For {year_spans(without)} no growth is computed: {reason}.")
    if trade.left_out:
        _note(f"[dim]{trade.left_out}[/]")
    if ranks:
        _show_last_rank(found, area, partner, [year.period_code for year in years])
    elif not (area.is_group or partner.is_group):
        _note(f"Too few of {escape(possessive(in_text(area.name)))} partners are loaded to rank them.")


def _say_there_is_none(area: Area, partner: Area, years: list[_Year]) -> None:
    """A sentence in place of a table in which every cell would be missing."""
    whose = f"{in_text(area.name)} as a whole" if area.is_group else in_text(area.name)
    spans = year_spans(int(year.period_code) for year in years)
    console.print(escape(f"By {whose}: no figure of its trade with {in_text(partner.name)} is loaded for {spans}."))


def _side(found: Profile, area: Area, money: Money) -> _Side:
    """What `area` reports of its trade with the other side, amounts in one unit for both sides."""
    ranks = {f["period_code"]: f for f in found.of("rank", area.code) if (f["item"], f["detail"]) == ("rank", "all")}
    by_period = sorted(by_year(found.of("trade", area.code)).items())
    return _Side([_Year(year, items, ranks.get(year), money) for year, items in by_period], ranks)


def _without_growth(years: Iterable[dict[str, Figure]]) -> list[tuple[str, list[int]]]:
    """Why years have no growth though they and the years before have a total, each reason with its years."""
    found: dict[str, list[int]] = {}
    for items in years:
        figure = items.get("growth_pct")
        if figure is not None and figure["value"] is None and figure["reason_code"]:
            found.setdefault(in_words("figure_gap", figure["reason_code"]), []).append(int(figure["period_code"]))
    return list(found.items())


def _least(years: Sequence[_Year], columns: Columns[_Year]) -> int:
    """Characters a table of these columns takes: each has a blank on both sides, and a line of the frame beside it."""
    return sum(column.width(years) + 3 for column in columns) + 1


def _note(text: str) -> None:
    """A sentence below a table, its further lines as far in as its first."""
    console.print(Padding(text, (0, 0, 0, 2)))


def _show_last_rank(found: Profile, area: Area, partner: Area, years: list[str]) -> None:
    """The streak up to the newest year the reporter itself reports, what the newest rank does not know, and why years
    have none.
    """
    in_all = [f for f in found.of("rank", area.code) if f["detail"] == "all"]
    own = [f["period_code"] for f in in_all if f["item"] == "rank" and f["state"] not in ("mirror_only", "missing")]
    first = found.ranks[area.code, own[-1]] if own else {}
    if first.get("streak_at_most"):
        least, least_of_all = (first[f"streak_at_least{given}"] or 0 for given in ("", "_if_unallocated"))
        _note(escape(streak(partner.name, least, first["streak_at_most"], own[-1], least_of_all)))
    ranks = {f["period_code"]: f for f in in_all if f["item"] == "rank" and f["period_code"] in years}
    ranked = [year for year, figure in ranks.items() if figure["value_min"] is not None]
    if ranked:
        newest = ranks[ranked[-1]]
        coverage = rank_coverage(newest["n_known"], newest["n_total"], newest["n_missing"])
        _note(f"The rank of {ranked[-1]} rests on {coverage}.")
    without = [found.ranks[area.code, year] for year in ranks if year not in ranked]
    for reason in no_rank(without, area.name, partner.name):
        _note(escape(reason))


def show_members(found: Profile) -> None:
    """Sums over the members of a group: whole, or no less than what is known, with the count of known pairs."""
    figures = found.of("members")
    money = members.unit_of(figures)
    for sums in members.of_directions(figures):
        rows: list[tuple[str | Text, ...]] = []
        for year, in_year in sums.years.items():
            rows.append((year, *(_sum(told, money) for told in in_year)))
        title = members.title(found.name(sums.reporter_code), found.name(sums.partner_code), money)
        print_titled(title, _fitted(members.HEADS, rows))
    for note in members.notes(figures):
        console.print(f"[dim]{note}[/]")


def _fitted(names: tuple[str, ...], rows: Sequence[Sequence[str | Text]], folded: tuple[str, ...] = ()) -> Table:
    """A table of which no cell is cut: what is in `folded` are words, and everything else stays on one line."""
    columns = [
        table_layout.FilledColumn(
            name, [Text.assemble(cell) for cell in cells], is_number=name not in folded, is_text=name in folded
        )
        for name, cells in zip(names, zip(*rows, strict=True), strict=True)
    ]
    return table_layout.fit(columns, None, console.width)


def _sum(told: members.Sum | None, money: Money) -> Text:
    if told is None:
        return Text(members.NONE_KNOWN, style="dim italic")
    return Text.assemble(f"{told.text(in_unit(told.usd, money))} ", (told.pairs, "dim"))


def show_mirror(found: Profile, area: Area, partner: Area) -> None:
    """The last years in which both sides reported the goods that went from `area` to `partner`."""
    years = by_year(found.of("mirror", area.code))
    compared = {year: items for year, items in years.items() if items["gap_usd"]["value"] is not None}
    if not compared:
        return
    way = sentence_case(f"{in_text(area.name)} to {in_text(partner.name)}")
    shown = sorted(compared.items())[-_TOP:]
    money = unit_of(figure for _, items in shown for figure in items.values())
    title = f"{way}: the importer's report less the exporter's, at FOB, {money.unit}"
    known = [causes(items["gap_usd"]["cause_codes"]) for _, items in shown]
    names = ("year", "gap", "of the mean", "reconciled", *(("known causes",) if any(known) else ()))
    rows: list[tuple[str | Text, ...]] = []
    for (year, items), of_gap in zip(shown, known, strict=True):
        gap, of_mean = items["gap_usd"], pct(items["gap_of_mean_pct"], signed=False)
        told = (of_gap,) if any(known) else ()
        apart = in_unit(gap["value"], money, signed=True)
        rows.append((year, apart, of_mean, amount(items["reconciled_usd"], money), *told))
    table = _fitted(names, rows, folded=("known causes",))
    print_titled(title, table)


def show_goods(found: Profile, area: Area, partner: Area) -> None:
    """The largest goods of each flow: HS chapters of the newest year, and every press commodity where it was last."""
    for item, word in (("exports_usd", "exports"), ("imports_usd", "imports")):
        for section, label in (("chapter", "HS chapters"), ("commodity", "commodities")):
            newest = {
                f["detail"]: f
                for f in found.of(section, area.code)
                if f["item"] == item and f["value"] is not None and len(f["period_code"]) == 4
            }
            if section == "chapter" and newest:
                last = max(f["period_code"] for f in newest.values())
                newest = {detail: f for detail, f in newest.items() if f["period_code"] == last}
            if newest:
                way = f"{word} {'to' if word == 'exports' else 'from'} {in_text(partner.name)}"
                title = f"{sentence_case(possessive(in_text(area.name)))} largest {way}, {label}"
                _print_goods(found, list(newest.values()), title)


def _print_goods(found: Profile, figures: list[Figure], title: str) -> None:
    rows: list[tuple[str | Text, ...]] = []
    money = unit_of(figures)
    for f in sorted(figures, key=lambda f: f["value"], reverse=True)[:_TOP]:
        share = "" if f["share_pct"] is None else f"{typed(f['share_pct'], 1)} %"
        what = found.word("product", f["detail"])
        rows.append((what, f["period_code"], amount(f, money), share, f["source_code"]))
    table = _fitted(("what", "year", money.short, "of the flow", "source"), rows, folded=("what", "source"))
    print_titled(title, table)
    _note(
        escape(
            publishers({code: found.word("publisher", code) for code in sorted({f["source_code"] for f in figures})})
        )
    )
