"""A pair's profile as a person reads it: missing figures as words, never as zeros."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from flows.cli.reports import VERDICT_STYLE
from flows.cli.terminal import console
from flows.read.areas import Area
from flows.read.profile import Profile
from flows.read.wording.codes import NO_REPORT, causes
from flows.read.wording.numbers import possessive, year_spans
from flows.read.wording.pair import missing_report, rank_coverage, streak, target_outcome

_TOP = 10
_WIDE = 100
"""Columns of a terminal that has room for the whole table of a pair's trade."""
_ONLY_WIDE = ("balance", "printed")
_NO_REPORT = Text(NO_REPORT, style="dim italic")
_LEGEND = (
    "° not by its own report: by the partner's or an estimate, a rank by the reports of all partners.",
    "mixed: exports and imports are from two reports, which give no balance.",
    "A rank such as 2-18: between 2nd and 18th, since reports that would decide it are missing.",
)
Figure = dict[str, Any]


def show_profile(found: Profile) -> None:
    """Print every section that has something to say."""
    console.rule(f"[bold]{escape(found.area.name)} and {escape(found.partner.name)}[/]", align="left")
    if not found.figures:
        _show_nothing(found)
        return
    for area, partner in ((found.area, found.partner), (found.partner, found.area)):
        _show_trade(found, area, partner)
    if found.of("trade"):
        for note in _LEGEND:
            console.print(f"[dim]{note}[/]")
    elif not found.of("members"):
        console.print("No figures of their trade for these years.")
    _show_members(found)
    for area, partner in ((found.area, found.partner), (found.partner, found.area)):
        _show_mirror(found, area, partner)
    for area, partner in ((found.area, found.partner), (found.partner, found.area)):
        _show_goods(found, area, partner)
    _show_targets(found)
    _show_settlement(found)
    _show_events(found)
    _show_statements(found)
    _show_missing(found)


def _show_nothing(found: Profile) -> None:
    console.print("Nothing is known of this pair here.")
    known = {dataset["reporter_code"]: dataset for dataset in found.datasets}
    for area in (found.area, found.partner):
        if dataset := known.get(area.code):
            years = f"{dataset['first_year']} to {dataset['last_year']}"
            console.print(f"  {escape(area.name)}: reports of {years} are here, without this partner, by ", end="")
            console.print(f"{dataset['source_codes']}.")
        else:
            console.print(f"  {escape(area.name)}: no report of its own is here.")
    console.print("`entrepot sources` says what could be fetched.")


def _bn(figure: Figure | None) -> Text:
    if figure is None or figure["value"] is None:
        return _NO_REPORT
    return Text(f"{float(figure['value']) / 1e9:,.2f}" + ("°" if _is_of_others(figure) else " "))


def _is_of_others(figure: Figure) -> bool:
    """Whether it is not the reporter's own figure."""
    return figure["basis_code"] not in (None, "own")


def _balance(figure: Figure | None) -> Text:
    """A balance; it is not taken of the flows of two reports, and is not missing then."""
    if figure is not None and figure["reason_code"] == "two_reports":
        return Text("mixed", style="dim italic")
    return _bn(figure)


def _pct(figure: Figure | None, signed: bool = True) -> str:
    if figure is None or figure["value"] is None:
        return ""
    return f"{figure['value']:{'+' if signed else ''}.1f} %"


def _rank(figure: Figure | None) -> Text:
    if figure is None or figure["value_min"] is None:
        return Text("none", style="dim italic")
    low, high = int(figure["value_min"]), int(figure["value_max"])
    if low == high:
        return Text(f"{low}°" if _is_of_others(figure) else f"{low} ")
    return Text(f"{low}-{high} ")


def _by_year(figures: list[Figure]) -> dict[str, dict[str, Figure]]:
    """The figures of each year, by item."""
    by_year = groupby(figures, key=lambda figure: figure["period_code"])
    return {year: {figure["item"]: figure for figure in same} for year, same in by_year}


def _show_trade(found: Profile, area: Area, partner: Area) -> None:
    years = sorted(_by_year(found.of("trade", area.code)).items())
    if not years:
        return
    ranks = {f["period_code"]: f for f in found.of("rank", area.code) if (f["item"], f["detail"]) == ("rank", "all")}
    is_rankable = not (area.is_group or partner.is_group)
    title = f"By {area.name}: trade with {partner.name}, billions of USD"
    title += ", and its rank among the partners" if ranks else ""
    columns = [
        ("year", [Text(year) for year, _ in years]),
        *((flow, [_bn(items.get(f"{flow}_usd")) for _, items in years]) for flow in ("exports", "imports")),
        ("balance", [_balance(items.get("balance_usd")) for _, items in years]),
        ("turnover", [_bn(items.get("turnover_usd")) for _, items in years]),
        ("growth", [_pct(items.get("growth_pct")) for _, items in years]),
        ("printed", [_pct(items.get("growth_published_pct")) for _, items in years]),
        ("share", [_pct(items.get("share_of_turnover_pct"), signed=False) for _, items in years]),
    ]
    if ranks:
        columns.append(("rank", [_rank(ranks.get(year)) for year, _ in years]))
    shown = [column for column in columns if console.width >= _WIDE or column[0] not in _ONLY_WIDE]
    table = Table(title=title, title_justify="left", header_style="bold")
    for name, _ in shown:
        table.add_column(name, justify="right", no_wrap=True)
    for cells in zip(*(cells for _, cells in shown), strict=True):
        table.add_row(*cells)
    console.print(table)
    if len(shown) < len(columns):
        console.print(f"[dim]A terminal of {_WIDE} columns has room for {' and '.join(_ONLY_WIDE)} too.[/]")
    if ranks:
        _show_last_rank(found, area, partner)
    elif is_rankable:
        console.print(f"  Too few partners of {escape(area.name)} are known here to speak of a rank.")


def _show_last_rank(found: Profile, area: Area, partner: Area) -> None:
    """The streak up to the newest year the reporter itself reports, and what the newest rank does not know."""
    in_all = [f for f in found.of("rank", area.code) if f["detail"] == "all"]
    own = [f["period_code"] for f in in_all if f["item"] == "rank" and f["state"] not in ("mirror_only", "missing")]
    streaks = [f for f in in_all if f["item"] == "years_first" and f["period_code"] in own[-1:]]
    if streaks and streaks[-1]["value_max"]:
        least, most = (int(streaks[-1][end] or 0) for end in ("value_min", "value_max"))
        console.print(f"  {escape(streak(partner.name, least, most, streaks[-1]['period_code']))}")
    newest = [f for f in in_all if f["item"] == "rank"][-1]
    stands_on = rank_coverage(newest["n_known"], newest["n_total"], newest["n_missing"])
    console.print(f"  Rank {newest['period_code']}: {stands_on}.")


def _show_members(found: Profile) -> None:
    """Sums over the members of a group: whole, or no less than what is known, with the count of known pairs."""
    figures = found.of("members")
    if not figures:
        return
    console.print("[bold]Added up from members, billions of USD[/]")
    table = Table(header_style="bold")
    for name in ("of", "with", "year", "exports", "imports", "turnover"):
        table.add_column(name, justify="left" if name in ("of", "with") else "right")
    for place, same in groupby(figures, key=lambda f: (f["reporter_code"], f["partner_code"], f["period_code"])):
        sums = {f["item"]: f for f in same}
        table.add_row(*place, *(_sum(sums[name]) for name in ("exports_usd", "imports_usd", "turnover_usd")))
    console.print(table)
    console.print("[dim]≥ a floor: only so many of the pairs of members are known.[/]")


def _sum(figure: Figure) -> Text:
    known = f"{figure['n_known']} of {figure['n_total']}"
    if figure["value"] is not None:
        return Text.assemble(f"{float(figure['value']) / 1e9:,.2f}  ", (known, "dim"))
    if figure["value_min"] is None:
        return Text("none known", style="dim italic")
    return Text.assemble(f"≥ {float(figure['value_min']) / 1e9:,.2f}  ", (known, "dim"))


def _show_mirror(found: Profile, area: Area, partner: Area) -> None:
    """The last years in which both sides reported the goods that went from `area` to `partner`."""
    years = _by_year(found.of("mirror", area.code))
    compared = {year: items for year, items in years.items() if items["gap_usd"]["value"] is not None}
    if not compared:
        return
    title = f"{area.name} to {partner.name}: the importer's report less the exporter's, at FOB, billions of USD"
    table = Table(title=title, title_justify="left", header_style="bold")
    for name in ("year", "gap", "size, of the mean", "reconciled", "known causes"):
        table.add_column(name, justify="left" if name == "known causes" else "right", no_wrap=name != "known causes")
    for year, items in sorted(compared.items())[-_TOP:]:
        gap = items["gap_usd"]
        of_mean, known = _pct(items["gap_of_mean_pct"], signed=False), causes(gap["cause_codes"])
        table.add_row(year, f"{float(gap['value']) / 1e9:+,.2f}", of_mean, _bn(items["reconciled_usd"]), known)
    console.print(table)


def _show_goods(found: Profile, area: Area, partner: Area) -> None:
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
                way = f"{word} of {area.code} {'to' if word == 'exports' else 'from'} {partner.code}"
                _print_goods(list(newest.values()), f"Largest {way}, {label}")


def _print_goods(figures: list[Figure], title: str) -> None:
    console.print(f"[bold]{title}[/]")
    table = Table(header_style="bold")
    for name in ("what", "year", "bn USD", "of the flow", "source"):
        table.add_column(name, justify="right" if name in ("year", "bn USD", "of the flow") else "left")
    for f in sorted(figures, key=lambda f: f["value"], reverse=True)[:_TOP]:
        share = "" if f["share_pct"] is None else f"{f['share_pct']:.1f} %"
        table.add_row(f["detail"].replace("_", " "), f["period_code"], _bn(f), share, f["source_code"])
    console.print(table)


def _show_targets(found: Profile) -> None:
    figures = found.of("target")
    if not figures:
        return
    console.print("[bold]Targets[/]")
    for (low, high, due), same in groupby(
        sorted(figures, key=lambda f: (f["value_min"] or 0, f["value_max"] or 0, f["period_code"] or "")),
        key=lambda f: (f["value_min"], f["value_max"], f["period_code"]),
    ):
        told = sorted(same, key=lambda f: f["announced_text"] or "", reverse=True)
        sides = {f["reporter_code"]: f for f in told}  # the first announcement looks at the most years
        by = "; ".join(
            f"by {possessive(found.name(code))} figures {target_outcome(f['reason_code'], f)}"
            for code, f in sorted(sides.items())
        )
        announced = len({f["detail"] for f in told})
        times = {1: "once", 2: "twice"}.get(announced, f"{announced} times")
        what = f"{_span_bn(low, high)}{f' by {due}' if due else ', no year'}, announced {times}: {by}"
        console.print(Padding(escape(what), (0, 0, 0, 2)))


def _span_bn(low: Any, high: Any) -> str:
    if low is None:
        return "no amount"
    ends = dict.fromkeys(f"{float(end) / 1e9:,.0f}" for end in (low, high) if end is not None)
    return f"{' to '.join(ends)} bn USD"


def _show_settlement(found: Profile) -> None:
    figures = [f for f in found.of("settlement") if f["item"] == "share_of_pair_pct"]
    if not figures:
        return
    table = Table(title="Settlement currencies of the pair", title_justify="left", header_style="bold")
    for name in ("period", "scope", "currency", "share"):
        table.add_column(name, justify="right" if name == "share" else "left")
    for f in sorted(figures, key=lambda f: (f["period_code"], f["name"], f["detail"]))[-_TOP:]:
        table.add_row(f["period_code"], f["name"], f["detail"], _pct(f, signed=False))
    console.print(table)


def _show_events(found: Profile) -> None:
    figures = sorted(found.of("event"), key=lambda f: (f["period_code"], f["item"], f["name"]))
    if figures:
        console.print("[bold]Events between the two[/]")
    for (day, kind, name), same in groupby(figures, key=lambda f: (f["period_code"], f["item"], f["name"])):
        by = " and ".join(sorted({f["reporter_code"] for f in same}))
        console.print(Padding(escape(f"{day}  {kind.replace('_', ' ')} by {by}: {name}"), (0, 0, 0, 2)))


def _show_statements(found: Profile) -> None:
    figures = found.of("statement")
    if not figures:
        return
    counts = [(state, len(list(same))) for state, same in groupby(sorted(f["state"] for f in figures))]
    console.print("[bold]Statements about the two[/] (`entrepot claims --all` gives the evidence)")
    for state, count in counts:
        console.print(Padding(Text.assemble(f"{count:>3}  ", (state, VERDICT_STYLE.get(state, ""))), (0, 0, 0, 2)))


def _show_missing(found: Profile) -> None:
    figures = found.of("missing")
    if not figures:
        return
    console.print("[bold]Missing reports, and what is used instead[/]")
    years: dict[tuple[str, ...], list[int]] = {}
    for figure in sorted(figures, key=lambda f: (f["reporter_code"], f["period_code"])):
        told = tuple(figure[name] for name in ("reporter_code", "partner_code", "rule_code", "reason_code"))
        years.setdefault(told, []).append(int(figure["period_code"]))
    for (code, other, stand_in, gap), of_side in years.items():
        reporter = found.name(code)
        said = missing_report(reporter, found.name(other), stand_in, gap)
        text = f"{reporter}, {year_spans(of_side, short=True)}: {said}."
        console.print(Padding(escape(text), (0, 0, 0, 2)))
