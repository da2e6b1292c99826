"""The trade of a profile as tables: by year, by members of a group, both reports of a flow, and goods."""

from __future__ import annotations

from itertools import groupby

from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from flows.cli.profile_cells import Figure, bn, by_year, does_not_add_up, of_one_report, pct, rank
from flows.cli.terminal import console
from flows.read.areas import Area
from flows.read.profile import Profile
from flows.read.wording.codes import causes, in_words, publishers
from flows.read.wording.names import in_text, sentence_case
from flows.read.wording.numbers import possessive, typed, words, year_spans
from flows.read.wording.pair import rank_coverage, streak

_TOP = 10
WIDE = 100
"""Columns of a terminal that has room for the whole table of a pair's trade."""
_ONLY_WIDE = ("balance", "printed")
_NARROW = 72
"""Columns below which growth and share are left out too, so that years and amounts stay whole."""
_MAY_BE_MIXED = {"balance": "balance_usd", "total": "turnover_usd"}
_NOT_NARROW = (*_ONLY_WIDE, "growth", "share")
_OF_MEMBERS = {"exports": "exports_usd", "imports": "imports_usd", "total": "turnover_usd"}


def show_trade(found: Profile, area: Area, partner: Area) -> None:
    """What `area` reports of its trade with `partner`, by year, with the rank of the partner."""
    years = sorted(by_year(found.of("trade", area.code)).items())
    if not years:
        return
    ranks = {f["period_code"]: f for f in found.of("rank", area.code) if (f["item"], f["detail"]) == ("rank", "all")}
    is_rankable = not (area.is_group or partner.is_group)
    title = f"By {in_text(area.name)}: trade with {in_text(partner.name)}, billions of USD"
    title += ", and its rank among the partners" if ranks else ""
    columns = [
        ("year", [Text(year) for year, _ in years]),
        *((flow, [bn(items.get(f"{flow}_usd")) for _, items in years]) for flow in ("exports", "imports")),
        ("balance", [of_one_report(items.get("balance_usd")) for _, items in years]),
        ("total", [of_one_report(items.get("turnover_usd")) for _, items in years]),
        ("growth", [pct(items.get("growth_pct")) for _, items in years]),
        ("printed", [pct(items.get("growth_published_pct")) for _, items in years]),
        ("share", [pct(items.get("share_of_turnover_pct"), signed=False) for _, items in years]),
    ]
    if ranks:
        columns.append(("rank", [rank(ranks.get(year), is_open_rank(found, area.code, year)) for year, _ in years]))
    left_out = _left_out()
    shown = [column for column in columns if column[0] not in left_out]
    table = Table(title=title, title_justify="left", header_style="bold")
    for name, _ in shown:
        table.add_column(name, justify="right", no_wrap=True)
    for cells in zip(*(cells for _, cells in shown), strict=True):
        table.add_row(*cells)
    console.print(table)
    apart = [int(year) for year, items in years if does_not_add_up(items.get("turnover_usd"))]
    if apart:
        why = in_words("figure_gap", "not_one_report")
        _note(f"For {year_spans(apart)} exports and imports do not add up to the total: {why}.")
    if len(shown) < len(columns):
        _note(f"[dim]A terminal of {WIDE} columns has room for {words(left_out)} too.[/]")
    if ranks:
        _show_last_rank(found, area, partner, [year for year, _ in years])
    elif is_rankable:
        _note(f"Too few of {escape(possessive(in_text(area.name)))} partners are loaded to rank them.")


def _left_out() -> tuple[str, ...]:
    """The columns of trade that a terminal of this width has no room for."""
    return () if console.width >= WIDE else _ONLY_WIDE if console.width >= _NARROW else _NOT_NARROW


def shown_items() -> set[str]:
    """The figures in the table of trade that may be mixed, as far as the terminal shows their column."""
    return {item for column, item in _MAY_BE_MIXED.items() if column not in _left_out()}


def is_open_rank(found: Profile, reporter: str, year: str) -> bool:
    """Whether trade without a named partner could change the place of a year."""
    certain = found.certain.get((reporter, year))
    return certain is not None and not certain["rank_is_certain"]


def _note(text: str) -> None:
    """A sentence below a table, its further lines as far in as its first."""
    console.print(Padding(text, (0, 0, 0, 2)))


def _show_last_rank(found: Profile, area: Area, partner: Area, years: list[str]) -> None:
    """The streak up to the newest year the reporter itself reports, what the newest rank does not know, and which of
    the years have none.
    """
    in_all = [f for f in found.of("rank", area.code) if f["detail"] == "all"]
    own = [f["period_code"] for f in in_all if f["item"] == "rank" and f["state"] not in ("mirror_only", "missing")]
    streaks = [f for f in in_all if f["item"] == "years_first" and f["period_code"] in own[-1:]]
    if streaks and streaks[-1]["value_max"]:
        least, most = (int(streaks[-1][end] or 0) for end in ("value_min", "value_max"))
        until = streaks[-1]["period_code"]
        certain = found.certain.get((area.code, until), {})
        _note(escape(streak(partner.name, least, most, until, certain.get("streak_at_least_if_unallocated") or 0)))
    ranks = {f["period_code"]: f for f in in_all if f["item"] == "rank" and f["period_code"] in years}
    ranked = [year for year, figure in ranks.items() if figure["value_min"] is not None]
    if ranked:
        _note(f"The rank of {ranked[-1]} rests on {_stands_on(ranks[ranked[-1]])}.")
    if without := [year for year in ranks if year not in ranked]:
        newest = f": for {without[-1]}" if len(without) > 1 else ":"
        _note(
            f"There is no rank for {year_spans(map(int, without))}{newest} there are {_stands_on(ranks[without[-1]])}."
        )


def _stands_on(figure: Figure) -> str:
    """How many economies the rank of a year knows, and in which way."""
    return rank_coverage(figure["n_known"], figure["n_total"], figure["n_missing"])


def show_members(found: Profile) -> None:
    """Sums over the members of a group: whole, or no less than what is known, with the count of known pairs."""
    figures = found.of("members")
    if not figures:
        return
    console.print("[bold]Added up from members, billions of USD[/]")
    table = Table(header_style="bold")
    for name in ("of", "with", "year", *_OF_MEMBERS):
        table.add_column(name, justify="left" if name in ("of", "with") else "right")
    add_up = True
    for place, same in groupby(figures, key=lambda f: (f["reporter_code"], f["partner_code"], f["period_code"])):
        sums = {f["item"]: f for f in same}
        of_row = [sums[item] for item in _OF_MEMBERS.values()]
        add_up = add_up and len({f["n_known"] for f in of_row}) == 1
        table.add_row(*(escape(found.name(code)) for code in place[:2]), place[2], *map(_sum, of_row))
    console.print(table)
    console.print("[dim]≥ a floor: only so many of the pairs of members are known.[/]")
    if any(f["n_mirrored"] for f in figures):
        console.print("[dim]° some of the pairs are counted by the partner's figures.[/]")
    if not add_up:
        console.print(
            "[dim]Exports, imports and total each count the pairs that have that figure, so they need not add up.[/]"
        )


def _sum(figure: Figure) -> Text:
    known = f"{figure['n_known']} of {figure['n_total']}"
    sign = "°" if figure["n_mirrored"] else " "
    if figure["value"] is not None:
        return Text.assemble(f"{float(figure['value']) / 1e9:,.2f}{sign} ", (known, "dim"))
    if figure["value_min"] is None:
        return Text("none known", style="dim italic")
    return Text.assemble(f"≥ {float(figure['value_min']) / 1e9:,.2f}{sign} ", (known, "dim"))


def show_mirror(found: Profile, area: Area, partner: Area) -> None:
    """The last years in which both sides reported the goods that went from `area` to `partner`."""
    years = by_year(found.of("mirror", area.code))
    compared = {year: items for year, items in years.items() if items["gap_usd"]["value"] is not None}
    if not compared:
        return
    way = sentence_case(f"{in_text(area.name)} to {in_text(partner.name)}")
    title = f"{way}: the importer's report less the exporter's, at FOB, billions of USD"
    table = Table(title=title, title_justify="left", header_style="bold")
    shown = sorted(compared.items())[-_TOP:]
    known = [causes(items["gap_usd"]["cause_codes"]) for _, items in shown]
    for name in ("year", "gap", "of the mean", "reconciled", *(("known causes",) if any(known) else ())):
        table.add_column(name, justify="left" if name == "known causes" else "right", no_wrap=name != "known causes")
    for (year, items), of_year in zip(shown, known, strict=True):
        gap, of_mean = items["gap_usd"], pct(items["gap_of_mean_pct"], signed=False)
        told = (of_year,) if any(known) else ()
        table.add_row(year, f"{float(gap['value']) / 1e9:+,.2f}", of_mean, bn(items["reconciled_usd"]), *told)
    console.print(table)


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
    console.print(f"[bold]{escape(title)}[/]")
    table = Table(header_style="bold")
    for name in ("what", "year", "bn USD", "of the flow", "source"):
        table.add_column(name, justify="right" if name in ("year", "bn USD", "of the flow") else "left")
    for f in sorted(figures, key=lambda f: f["value"], reverse=True)[:_TOP]:
        share = "" if f["share_pct"] is None else f"{typed(f['share_pct'], 1)} %"
        table.add_row(found.word("product", f["detail"]), f["period_code"], bn(f), share, f["source_code"])
    console.print(table)
    _note(
        escape(
            publishers({code: found.word("publisher", code) for code in sorted({f["source_code"] for f in figures})})
        )
    )
