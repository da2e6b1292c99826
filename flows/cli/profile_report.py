"""A pair's profile as a person reads it: missing figures as words, never as zeros."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from flows.cli.profile_cells import has_no_rate, is_of_others, is_open_rank, pct
from flows.cli.profile_trade import TradeByYear, show_goods, show_members, show_mirror, show_trade
from flows.cli.reports import VERDICT_STYLE
from flows.cli.terminal import console, heading, print_titled
from flows.read.loose_figures import loose
from flows.read.profile import Profile
from flows.read.wording.codes import NO_RATE, NO_TOTAL, NOT_SPLIT, in_words
from flows.read.wording.members import without_members
from flows.read.wording.names import in_text, sentence_case
from flows.read.wording.numbers import possessive, year_spans
from flows.read.wording.pair import missing_report, target_outcome
from flows.read.wording.settlement import currencies, settled_trade

_TOP = 10
_HYPHENATED = {"counter_sanction": "counter-sanction"}  # kinds of events that two words would not name
_NONE_IN_YEARS = (
    "No figure of a whole year of their trade is loaded for these years; without `--from` and `--to` the profile "
    "shows all years, or says why there are none."
)


def show_profile(found: Profile) -> None:
    """Print every section that has something to say."""
    title = sentence_case(f"{in_text(found.area.name)} and {in_text(found.partner.name)}")
    heading(f"[bold]{escape(title)}[/]")
    by_year = TradeByYear.of(found)
    for area, partner in ((found.area, found.partner), (found.partner, found.area)):
        show_trade(found, by_year, area, partner)
    if found.of("trade"):
        for note in _legend(found, by_year):
            console.print(f"[dim]{note}[/]")
    elif not found.of("members"):
        _show_no_trade(found)
    show_members(found)
    _show_without_members(found)
    for area, partner in ((found.area, found.partner), (found.partner, found.area)):
        show_mirror(found, area, partner)
    for area, partner in ((found.area, found.partner), (found.partner, found.area)):
        show_goods(found, area, partner)
    _show_targets(found)
    _show_settlement(found)
    _show_events(found)
    _show_statements(found)
    _show_missing(found)


def _legend(found: Profile, by_year: TradeByYear) -> Iterator[str]:
    """What the signs and words in the tables of trade and ranks mean, of those that are there."""
    trade = found.of("trade")
    ranks = [f for f in found.of("rank") if (f["item"], f["detail"]) == ("rank", "all")]
    if any(f["value"] is not None and is_of_others(f) for f in trade) or any(map(is_of_others, ranks)):
        yield "° not its own report, but the partner's or an estimate; a rank by the reports of all partners."
    if any(f["reason_code"] == "two_reports" and f["item"] in by_year.may_be_mixed for f in trade):
        yield "mixed: exports and imports come from two reports, and are neither added up nor set off."
    if by_year.says(NOT_SPLIT):
        yield f"{NOT_SPLIT}: the total is published without exports or imports."
    if by_year.says(NO_TOTAL):
        yield f"{NO_TOTAL}: only exports or only imports are known."
    if any(map(has_no_rate, trade)):
        yield f"{NO_RATE}: {in_words('figure_gap', 'no_rate')}."
    if any(f["item"] == "growth_pct" and f["value"] is not None for f in trade):
        yield "Growth is that between two years of one report, which need not be those of the totals beside it."
    if any(f["value_min"] is not None for f in ranks):
        yield "A rank is by a statistic of all partners, else by the one that names most; its total may be another."
    if any(map(is_open_rank, ranks)):
        yield "* trade without a named partner could change the place."
    if any(f["value_min"] != f["value_max"] and not is_open_rank(f) for f in ranks):
        yield (
            "A rank such as 2-18 lies between 2nd and 18th: the reports that would decide it are missing, or trade has "
            "no named partner."
        )


def _show_no_trade(found: Profile) -> None:
    """Why there is no figure of the trade of the two, side by side, and what to do."""
    if any(year is not None for year in found.years):
        console.print(_NONE_IN_YEARS)
        return
    if found.loose:
        _show_loose(found)
        return
    console.print("No figure of their trade is loaded.")
    known = {dataset["reporter_code"]: dataset for dataset in found.datasets}
    unpriced = {row["reporter_code"]: row for row in found.without_rate}
    for area in (found.area, found.partner):
        dataset = known.get(area.code)
        if row := unpriced.get(area.code):
            publishers = "; ".join(found.word("publisher", code) for code in row["source_codes"].split(", "))
            reports = f"its reports are in {row['currencies']} ({publishers})"
            said = f"{reports} and no rate of their periods is loaded, so nothing is known in dollars; "
            said += "core.fct_trade and core.fct_trade_total have the cells."
        elif dataset:
            years = f"{dataset['first_year']} to {dataset['last_year']}"
            publishers = "; ".join(found.word("publisher", code) for code in dataset["source_codes"].split(", "))
            said = f"its reports of {years} are loaded, but do not name this partner ({publishers})."
        else:
            said = "none of its reports is loaded."
        said += "".join(
            f" They do name {in_text(alike['area_name'])} ({alike['area_code']})."
            for alike in found.named_alike
            if alike["reporter_code"] == area.code
        )
        console.print(Padding(escape(f"{sentence_case(in_text(area.name))}: {said}"), (0, 0, 0, 2)))
    console.print("`entrepot sources` lists what can be fetched.")


def _show_without_members(found: Profile) -> None:
    for group in found.without_members:
        console.print(escape(without_members(group)))


def _show_loose(found: Profile) -> None:
    """That goods or months of the two are known, and where they are, where no whole year is."""
    (known,) = found.loose
    codes = f"('{known['first_code']}', '{known['second_code']}')"
    console.print(f"No total, exports or imports of a whole year of their trade are loaded, but {loose(known)} are.")
    if known["has_months"]:
        query = f"from marts.bilateral_month where reporter_code in {codes} and partner_code in {codes}"
        console.print(f'`entrepot sql "{query}"` shows the months.')


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
            f"by {possessive(in_text(found.name(code)))} figures {target_outcome(f['reason_code'], f)}"
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
    shown = sorted(figures, key=lambda f: (f["period_code"], f["name"], f["detail"]))[-_TOP:]
    trades = [_settled(found, figure) for figure in shown]
    is_one = len(set(trades)) == 1
    title = f"Settlement currencies of {trades[0]}" if is_one else "Settlement currencies of the pair"
    table = Table(header_style="bold")
    for name in ("period", *(() if is_one else ("of what",)), "currency", "share"):
        table.add_column(name, justify="right" if name == "share" else "left")
    for figure, trade in zip(shown, trades, strict=True):
        told = () if is_one else (sentence_case(trade),)
        period, share = found.word("period", figure["period_code"]), pct(figure, signed=False)
        table.add_row(period, *told, currencies(figure["detail"]), share)
    print_titled(title, table)


def _settled(found: Profile, figure: dict[str, Any]) -> str:
    sides = (in_text(found.name(figure[side])) for side in ("reporter_code", "partner_code"))
    return settled_trade(found.word("scope", figure["name"]), *sides)


def _show_events(found: Profile) -> None:
    figures = sorted(found.of("event"), key=lambda f: (f["period_code"], f["item"], f["name"]))
    if figures:
        console.print("[bold]Events between the two[/]")
    for (day, kind, name), same in groupby(figures, key=lambda f: (f["period_code"], f["item"], f["name"])):
        by = " and ".join(sorted({in_text(found.name(f["reporter_code"])) for f in same}))
        what = _HYPHENATED.get(kind, kind.replace("_", " "))
        console.print(Padding(escape(f"{day:<10}  {what} by {by}: {name}"), (0, 0, 0, 2)))


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
        text = f"{sentence_case(in_text(reporter))}, {year_spans(of_side, short=True)}: {said}."
        console.print(Padding(escape(text), (0, 0, 0, 2)))
