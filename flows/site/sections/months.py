"""Turnover by month: what each side reports, and which months are not at hand."""

from __future__ import annotations

from flows.site.parts import Cell, Chart, Line, Row, Section, Sentence, Table
from flows.site.release import Pair, Release
from flows.site.wording import count, money_for, percent, percent_cell, plural, possessive, rule, words

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
    title, name = "Turnover by month", "months"
    if not known:
        said = f"No monthly figure of {words(list(pair.names))} is at hand, by either side."
        return Section(name, title, (Sentence(said),))
    money = money_for(row["turnover_usd"] for row in known)
    sentences = []
    for code in pair.codes:
        own = [row for row in known if row["one_code"] == code]
        if not own:
            sentences.append(Sentence(f"{pair.name(code)} has reported no month that is at hand."))
            continue
        last, of_side = own[-1], [row for row in months if row["one_code"] == code]
        text = (
            f"{possessive(pair.name(code))} latest is {last['period_name']}: "
            f"{money.text(last['turnover_usd'])} {money.short}"
        )
        if last["turnover_yoy_pct"] is not None:
            text += f", {percent(last['turnover_yoy_pct'])} on the same period a year earlier"
        missing = len(of_side) - len(own)
        if missing:
            text += (
                f". Of the {plural(len(of_side), 'period')} either side reports, its own report of "
                f"{count(missing)} is missing"
            )
        sentences.append(
            Sentence(
                f"{text}.",
                tuple(
                    filter(
                        None,
                        [
                            release.origin(
                                "Turnover",
                                last["source_code"],
                                last,
                                rule=last["turnover_rule"],
                                period=last["period_name"],
                            )
                        ],
                    )
                ),
            )
        )
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
            "note": row["state_text"],
        }
        for row in months
    ]
    dated = sorted(known, key=lambda row: row["period_start"])
    spans = [(row["period_name"], money.text(row["turnover_usd"])) for row in (dated[0], dated[-1])]
    tellers = [pair.name(code) for code in pair.codes if any(row["one_code"] == code for row in known)]
    chart = Chart(
        "turnover-by-month",
        "months",
        f"Turnover of {words(list(pair.names))} by month, {money.unit}",
        f"Monthly turnover in {money.short}, {plural(len(known), 'reported period')} by {words(tellers)}; "
        f"the first is {spans[0][0]} with {spans[0][1]}, the last {spans[1][0]} with {spans[1][1]}.",
        drawn,
        {"names": pair.names, "unit": money.short},
        height=330,
    )
    lines = tuple(
        Line(
            (
                Cell(row["period_name"]),
                Cell(pair.name(row["one_code"])),
                money.cell(row["turnover_usd"]),
                money.cell(row["exports_usd"]),
                money.cell(row["imports_usd"]),
                percent_cell(row["turnover_yoy_pct"]),
                percent_cell(row["turnover_yoy_published_pct"]),
                Cell(rule(row["turnover_rule"])),
            ),
            tuple(
                filter(
                    None,
                    [
                        release.origin(
                            "Turnover", row["source_code"], row, rule=row["turnover_rule"], period=row["period_name"]
                        )
                    ],
                )
            ),
        )
        for row in sorted(months, key=lambda row: (row["period_start"], row["one_code"]), reverse=True)
        if row["turnover_usd"] is not None
    )
    heads = ("Period", "By", "Turnover", "Exports", "Imports", "Growth computed", "Growth printed", "How it came about")
    return Section(
        name,
        title,
        tuple(sentences),
        (chart,),
        (Table(f"Reported months, {money.unit}", heads, lines),),
        "January and February that are published together stand as one mark of two months, at their monthly average. "
        "A month nobody reported leaves a gap.",
        "Single months, where a side publishes them or where two cumulative figures give them.",
    )
