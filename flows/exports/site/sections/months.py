"""Turnover by month: what each side reports, and which months are not loaded."""

from __future__ import annotations

from flows.exports.site.cells import money_cell, percent_cell
from flows.exports.site.pair import Pair
from flows.exports.site.parts import Cell, Chart, Line, Origin, Row, Section, Sentence, Table
from flows.exports.site.release import Release
from flows.read.wording.codes import rule
from flows.read.wording.names import sentence_case
from flows.read.wording.numbers import Money, count, money_for, percent, plural, possessive, words
from flows.read.wording.pair import month_state, months_of_year

QUERIES = {
    "months": """
        select month.*, month.reporter_code as one_code, month.partner_code as other_code, period.period_name
        from marts.bilateral_month as month
        inner join core.dim_period as period on month.period_code = period.period_code
        order by month.reporter_code, month.period_start, month.period_months
    """
}


def section(release: Release, pair: Pair, rows: dict[str, list[Row]]) -> Section:
    """Turnover of the pair by month. Rows are per reporter and month, or January and February together."""
    months = rows["months"]
    known = [row for row in months if row["turnover_usd"] is not None]
    title, name = "Total trade by month", "months"
    if not known:
        said = f"No monthly report of the trade between {pair.both} is loaded, by either side."
        return Section(name, title, (Sentence(said),))
    money = money_for(row["turnover_usd"] for row in known)
    return Section(
        name,
        title,
        tuple(_sentence(release, pair, code, months, money) for code in pair.codes),
        (_chart(pair, months, known, money),) if len({row["period_code"] for row in known}) > 1 else (),
        (_table(release, pair, known, money),),
        "January and February that are published together are one mark for two months, at their monthly average. "
        "A month without a loaded report leaves a gap.",
        "Single months, where a side publishes them or where two cumulative figures give them.",
    )


def _sentence(release: Release, pair: Pair, code: str, months: list[Row], money: Money) -> Sentence:
    """The latest month one side reports, and how many of its months are missing."""
    of_side = [row for row in months if row["one_code"] == code]
    own = [row for row in of_side if row["turnover_usd"] is not None]
    n_unpriced = sum(row["turnover_state"] == "no_rate" for row in of_side)
    if not own and n_unpriced:
        whose = sentence_case(possessive(pair.said(code)))
        return Sentence(f"{whose} monthly reports are in its own currency, and no exchange rate is loaded.")
    if not own:
        return Sentence(sentence_case(f"No monthly report by {pair.said(code)} is loaded."))
    last, n_missing = own[-1], len(of_side) - len(own) - n_unpriced
    text = sentence_case(f"{possessive(pair.said(code))} latest period is {last['period_name']}: ")
    text += f"{money.text(last['turnover_usd'])} {money.short}"
    if last["turnover_yoy_pct"] is not None:
        text += f", {percent(last['turnover_yoy_pct'])} on the same period a year earlier"
    if n_missing:
        of_all = plural(len(of_side), "period")
        text += f". Of the {of_all} that either side reports, its own report is missing for {count(n_missing)}"
    if n_unpriced:
        text += f". For {plural(n_unpriced, 'period')} it is in its own currency, and no exchange rate is loaded"
    return Sentence(f"{text}. {_of_year(pair, code, own, money)}".strip(), _origins(release, last))


def _of_year(pair: Pair, code: str, own: list[Row], money: Money) -> str:
    """How the months of the latest year with all of them stand to the year, with both figures where they differ."""
    whole = [row for row in own if row["year_state_code"] not in ("months_missing", "no_year")]
    if not whole:
        return ""
    last = whole[-1]
    said = months_of_year(last, pair.name(code))
    if last["year_state_code"] == "adds_up":
        return said
    sums = f"months {money.text(last['months_usd'])}, year {money.text(last['year_turnover_usd'])} {money.short}"
    return f"{said.removesuffix('.')} ({sums})."


def _origins(release: Release, row: Row) -> tuple[Origin, ...]:
    return release.origins("Total trade", row["source_code"], row, rule=row["turnover_rule"], period=row["period_name"])


def _chart(pair: Pair, months: list[Row], known: list[Row], money: Money) -> Chart:
    drawn = [
        {
            "period": row["period_name"],
            "start": str(row["period_start"]),
            "end": str(row["period_end"]),
            "months": row["period_months"],
            "reporter": pair.name(row["one_code"]),
            "turnover": money.of(row["turnover_usd"]),
            "a_month": None if row["turnover_usd"] is None else money.of(row["turnover_usd"] / row["period_months"]),
            "growth_pct": row["turnover_yoy_pct"],
            "growth_printed_pct": row["turnover_yoy_published_pct"],
            "rule": row["turnover_rule"],
            "source": row["source_code"],
            "note": month_state(row, pair.name(row["one_code"]), pair.name(row["other_code"])),
        }
        for row in months
    ]
    dated = sorted(known, key=lambda row: row["period_start"])
    first, last = (f"{row['period_name']} with {money.text(row['turnover_usd'])}" for row in (dated[0], dated[-1]))
    tellers = [pair.said(code) for code in pair.codes if any(row["one_code"] == code for row in known)]
    return Chart(
        "turnover-by-month",
        "months",
        f"Total trade of {pair.both} by month, {money.unit}",
        f"Monthly total trade in {money.short}, {plural(len(known), 'report')} by {words(tellers)}; "
        f"the first is {first}, the last {last}.",
        drawn,
        {"names": pair.names, "unit": money.short},
        height=330,
    )


def _table(release: Release, pair: Pair, known: list[Row], money: Money) -> Table:
    lines = tuple(
        Line(
            (
                Cell(row["period_name"]),
                Cell(pair.name(row["one_code"])),
                money_cell(money, row["turnover_usd"]),
                money_cell(money, row["exports_usd"]),
                money_cell(money, row["imports_usd"]),
                percent_cell(row["turnover_yoy_pct"]),
                percent_cell(row["turnover_yoy_published_pct"]),
                Cell(rule(row["turnover_rule"])),
            ),
            _origins(release, row),
        )
        for row in sorted(known, key=lambda row: (row["period_start"], row["one_code"]), reverse=True)
    )
    heads = ("Period", "By", "Total", "Exports", "Imports", "Growth computed", "Growth printed", "How it came about")
    return Table(f"Reported months, {money.unit}", heads, lines)
