"""Turnover by year: both reporters, growth as printed and as computed, targets and events drawn in."""

from __future__ import annotations

from collections.abc import Iterator

from flows.exports.site.cells import money_cell, percent_cell
from flows.exports.site.pair import Pair
from flows.exports.site.parts import Cell, Chart, Line, Origin, Row, Section, Sentence, Table
from flows.exports.site.release import Release
from flows.exports.site.sections.announced import QUERIES as QUERIES_OF_EVENTS
from flows.exports.site.sections.announced import drawn_events, drawn_levels, event_table, target_table
from flows.read.wording.codes import NO_RATE, basis, in_words, missing_in_year
from flows.read.wording.names import sentence_case
from flows.read.wording.numbers import MINUS, Money, money_for, percent, plural, possessive, words, year_spans
from flows.read.wording.pair import trade_state

FLOWS = ("exports", "imports")
_MARKS = (
    "A year without a report is not zero: no line runs through it. Hollow marks are figures of the other side or of a "
    "publisher\u2019s estimate."
)
_CELLS = "A figure that is not in the table is not known, which is not zero."
_GROWTH = (
    "Printed growth compares with the statistic\u2019s revised base, computed growth two years of one report, where "
    "one report has both."
)

QUERIES = {
    "years": """
        select year.*, year.reporter_code as one_code, year.partner_code as other_code
        from marts.bilateral_year as year
        order by year.reporter_code, year.year_number
    """,
    **QUERIES_OF_EVENTS,
}


def section(release: Release, pair: Pair, rows: dict[str, list[Row]]) -> Section:
    """Turnover of the pair by year. Rows of `years` are per reporter and year, of `targets` per reporter and target."""
    years, targets, events = rows["years"], rows["targets"], rows["events"]
    known = {row["year_number"] for row in years if row["turnover_any_basis_usd"] is not None}  # one mark is no chart
    money = unit_of(years)
    tables = [_year_table(release, pair, code, years, money, is_open=len(known) < 2) for code in pair.codes]
    tables += [target_table(release, pair, targets), event_table(release, events)]
    return Section(
        name="turnover",
        title="Total trade by year",
        standfirst="Exports plus imports, by the statistic of each side.",
        sentences=tuple(_sentences(release, pair, years, money)),
        charts=(_chart(release, pair, years, targets, events, money),) if len(known) > 1 else (),
        tables=tuple(table for table in tables if table.lines),
        rule=f"{_MARKS} {_GROWTH}" if len(known) > 1 else _CELLS,
    )


def unit_of(years: list[Row]) -> Money:
    """The unit for a pair: that of its totals, or of its flows where no year has a total."""
    totals = [row["turnover_any_basis_usd"] for row in years if row["turnover_any_basis_usd"] is not None]
    return money_for(totals or [row.get(f"{flow}_usd") for row in years for flow in FLOWS])


def is_own(row: Row, flow: str) -> bool:
    """Whether a flow of a year, `exports` or `imports`, is by the reporter's own report."""
    return bool(row.get(f"{flow}_basis") == "own")


def own_flows(row: Row) -> list[str]:
    """The flows of a year that are by the reporter's own report: `exports`, `imports`, both or none."""
    return [flow for flow in FLOWS if is_own(row, flow)]


def _of(rows: list[Row], code: str) -> list[Row]:
    return [row for row in rows if row["one_code"] == code]


def _is_own_of_two(row: Row) -> bool:
    """Whether both flows are the reporter's own, each from another report, and so have no total."""
    return len(own_flows(row)) == len(FLOWS) and row["turnover_usd"] is None


def _is_mixed(row: Row) -> bool:
    """Whether there are both flows, whosever they are, and no total, which is not missing then."""
    return None not in (row["exports_usd"], row["imports_usd"]) and row["turnover_any_basis_usd"] is None


def has_no_rate(row: Row) -> bool:
    """Whether the reporter's own total is known in its own currency only, for want of an exchange rate."""
    return bool(row["turnover_state"] == "no_rate")


def reports_total(row: Row) -> bool:
    """Whether the reporter has a total of its own in dollars."""
    return row["turnover_state"] not in ("missing", "no_rate")


def growth(row: Row) -> float | None:
    """Computed growth, where both years are measured alike."""
    return row["turnover_yoy_pct"] if row["turnover_yoy_is_comparable"] else None


def _sentences(release: Release, pair: Pair, years: list[Row], money: Money) -> Iterator[Sentence]:
    if not years:  # of a group whose members alone are known
        yield Sentence(f"No report on the trade between {pair.both} as a whole is loaded.")
    for code in pair.codes:
        own = [row for row in _of(years, code) if row["turnover_usd"] is not None]
        if own:
            yield Sentence(_latest(pair, code, own[-1], money), _origins(release, own[-1]))
        else:
            yield from _latest_flow(release, pair, code, years, money)
        yield from _of_missing(pair, code, years)
    both = [row for row in _of(years, pair.codes[0]) if row["mirror_gap_usd"] is not None]
    if both:
        last = both[-1]
        compared = [last, *(row for row in _of(years, pair.codes[1]) if row["year_number"] == last["year_number"])]
        more, gap = pair.codes[1 if last["mirror_gap_usd"] > 0 else 0], abs(last["mirror_gap_usd"])
        yield Sentence(
            f"In {last['year_number']}, the latest year with both reports loaded, {possessive(pair.said(more))} "
            f"figure is higher by {money.text(gap)} {money.short}.",
            tuple(origin for row in compared for origin in _total_origins(release, row, pair.said(row["one_code"]))),
        )


def _latest_flow(release: Release, pair: Pair, code: str, years: list[Row], money: Money) -> Iterator[Sentence]:
    """What one side reports that has no total of its own in any year: the flows of the latest year there is."""
    told = [row for row in _of(years, code) if own_flows(row)]
    if told:
        row, ways = told[-1], {"exports": "exports to", "imports": "imports from"}
        partner = pair.said(pair.other(code))
        flows = [f"{ways[flow]} {partner} of {money.text(row[f'{flow}_usd'])} {money.short}" for flow in own_flows(row)]
        gives = "own statistics give" if len(flows) > 1 else "own statistic gives"
        text = f"{possessive(pair.said(code))} {gives} {words(flows)} for {row['year_number']}, and no total."
        yield Sentence(sentence_case(text), _origins(release, row))


def _of_missing(pair: Pair, code: str, years: list[Row]) -> Iterator[Sentence]:
    """The years that one side has no total for, among all that either side has any figure of, and what is shown."""
    told = {row["year_number"]: row for row in _of(years, code)}
    mixed = [year for year, row in told.items() if _is_own_of_two(row)]
    unpriced = [year for year, row in told.items() if has_no_rate(row)]
    silent = [year for year in years_without_report(years, code) if year not in (*mixed, *unpriced)]
    of_side = sentence_case(possessive(pair.said(code)))
    said: list[tuple[str, list[int]]] = []
    if silent:
        said.append((_no_full_report(pair, code, years, silent), silent))
    if unpriced:
        text = f"figures of {year_spans(unpriced)} are in its own currency, and no exchange rate is loaded."
        said.append((f"{of_side} {text}", unpriced))
    if mixed:
        text = f"exports and imports of {year_spans(mixed)} are from two reports, and are not added up."
        said.append((f"{of_side} {text}", mixed))
    for text, without in said:
        yield Sentence(f"{text} {_marks(pair, code, [told[year] for year in without if year in told])}".strip())


def _no_full_report(pair: Pair, code: str, years: list[Row], silent: list[int]) -> str:
    """That one side has no full report of some years, or of any."""
    if all(row["turnover_usd"] is None for row in _of(years, code)):
        return f"No full report by {pair.said(code)} is loaded for any year."
    numbers = [row["year_number"] for row in years]
    span = f"From {min(numbers)} to {max(numbers)}"
    return f"{span}, no full report by {pair.said(code)} is loaded for {year_spans(silent)}."


def years_without_report(years: list[Row], code: str) -> list[int]:
    """The years in which one side has no total of its own, from the first to the last that either side has a row of.

    A year without a row is one without a report, too.
    """
    reported = {row["year_number"] for row in _of(years, code) if reports_total(row)}
    numbers = [row["year_number"] for row in years]
    return [year for year in range(min(numbers), max(numbers) + 1) if year not in reported] if numbers else []


def _marks(pair: Pair, code: str, rows: list[Row]) -> str:
    """Whose totals are shown for years that one side has none for; empty where no total is shown."""
    known = [row for row in rows if row["turnover_any_basis_usd"] is not None]
    if not known:
        return ""
    other = possessive(pair.said(pair.other(code)))
    whose = {"mirror": f"{other} figure", "derived": "an estimate"}
    said = " or ".join(text for basis_code, text in whose.items() if basis_code in {r["turnover_basis"] for r in known})
    return f"The total shown for {year_spans(row['year_number'] for row in known)} is {said or 'not its own'}."


def _latest(pair: Pair, code: str, row: Row, money: Money) -> str:
    """The total of the latest year and its growth, as printed and as computed where the two differ."""
    amount = f"{money.text(row['turnover_usd'])} {money.short}"
    text = f"{sentence_case(possessive(pair.said(code)))} own statistic gives {amount} for {row['year_number']}"
    known = {"printed": row["turnover_yoy_published_pct"], "computed": growth(row)}
    moved = {how: _moved(value) for how, value in known.items() if value is not None}
    if not moved:
        return f"{text}."
    first, *others = moved
    how = first + "".join(f"; {other}: {moved[other]}" for other in others if moved[other] != moved[first])
    return f"{text}, {moved[first]} on {row['year_number'] - 1} ({how})."


def _moved(pct: float) -> str:
    """`up 6.1 %`, `down 2.9 %`, or `unchanged` where it rounds to zero."""
    said = percent(pct)
    ways = {"+": "up", MINUS: "down"}
    return f"{ways[said[0]]} {said[1:]}" if said[0] in ways else "unchanged"


def _total_origins(release: Release, row: Row, by: str = "") -> tuple[Origin, ...]:
    """Where the total of a year comes from; `by` names its reporter where totals of two are compared."""
    figure, year = f"Total trade, by {by}" if by else "Total trade", str(row["year_number"])
    return release.origins(figure, row["turnover_source_code"], row, rule=row["turnover_rule"] or "", period=year)


def _origins(release: Release, row: Row) -> tuple[Origin, ...]:
    year, found = str(row["year_number"]), _total_origins(release, row)
    for flow in FLOWS:
        place = {"file_id": row[f"{flow}_file_id"], "line": row[f"{flow}_line"]}
        rule = basis(row[f"{flow}_basis"])
        found += release.origins(flow.title(), row[f"{flow}_source_code"], place, rule=rule, period=year)
    if row["share_of_turnover_pct"] is not None:
        rule = "both sides of the ratio by one source"
        found += release.origins("Share", row["share_source_code"], {}, rule=rule, period=year)
    return found


def _year_table(release: Release, pair: Pair, code: str, years: list[Row], money: Money, is_open: bool) -> Table:
    lines = tuple(
        Line(
            (
                Cell(str(row["year_number"])),
                _total_cell(row, money),
                Cell(whose(row), is_missing=row["turnover_basis"] != "own"),
                _flow_cell(row, "exports", money),
                _flow_cell(row, "imports", money),
                percent_cell(growth(row)),
                percent_cell(row["turnover_yoy_published_pct"]),
                percent_cell(row["share_of_turnover_pct"], signed=False),
            ),
            _origins(release, row),
        )
        for row in reversed(_of(years, code))
    )
    heads = (
        "Year",
        "Total",
        "Whose figure",
        "Exports",
        "Imports",
        "Growth computed",
        "Growth printed",
        "Share of all trade",
    )
    return Table(
        f"By {pair.said(code)}: trade with {pair.said(pair.other(code))}, {money.unit} (\u00b0: not by its own report)",
        heads,
        lines,
        is_open and bool(lines),
    )


def _total_cell(row: Row, money: Money) -> Cell:
    """The total of a year, ringed where it is not the reporter's own, as its flows may be."""
    if _is_mixed(row):
        return Cell("mixed", is_missing=True)
    missing = missing_in_year("turnover", _known(row))
    cell = money_cell(money, row["turnover_any_basis_usd"], row.get("turnover_state"), missing)
    return _ringed(cell, row["turnover_basis"])


def whose(row: Row) -> str:
    """Whose figure the total of a year is, or the flows where it has none; its flows may be of another, and say so."""
    if _is_mixed(row):
        return in_words("figure_gap", "two_reports")
    flows, total = words(own_flows(row)), basis(row["turnover_basis"])
    if row["turnover_any_basis_usd"] is None:
        known = [row[f"{flow}_basis"] for flow in FLOWS if row.get(f"{flow}_usd") is not None]
        if not flows and not known and has_no_rate(row):
            return NO_RATE
        return f"{flows}: {basis('own')}" if flows else basis(known[0] if known else None)
    if row["turnover_basis"] != "own" and flows:
        return f"total: {total}"
    return f"{total}, converted" if row["turnover_rule"] == "converted_total" else total


def _flow_cell(row: Row, flow: str, money: Money) -> Cell:
    missing = missing_in_year(flow, _known(row))
    return _ringed(money_cell(money, row[f"{flow}_usd"], row.get(f"{flow}_state"), missing), row[f"{flow}_basis"])


def _known(row: Row) -> list[str]:
    """The figures of a year that are known, whosever they are, be it in a currency without a rate."""
    columns = {"turnover": "turnover_any_basis_usd"} | {flow: f"{flow}_usd" for flow in FLOWS}
    return [
        figure
        for figure, column in columns.items()
        if row.get(column) is not None or row.get(f"{figure}_state") == "no_rate"
    ]


def _ringed(cell: Cell, basis_code: str | None) -> Cell:
    """An amount; a ring marks what the reporter has not reported itself."""
    foreign = not cell.is_missing and basis_code != "own"
    return Cell(f"{cell.text}\u00b0", is_number=True, is_missing=True) if foreign else cell


def _chart(
    release: Release, pair: Pair, years: list[Row], targets: list[Row], events: list[Row], money: Money
) -> Chart:
    drawn = [
        {
            "year": row["year_number"],
            "reporter": pair.name(row["one_code"]),
            "turnover": money.of(row["turnover_any_basis_usd"]),
            "whose": whose(row),
            "own": row["turnover_basis"] == "own",
            "reported": reports_total(row),
            "rule": row["turnover_rule"],
            "growth_computed_pct": growth(row),
            "growth_printed_pct": row["turnover_yoy_published_pct"],
            "source": row["turnover_source_code"],
            "note": trade_state(row, pair.name(row["one_code"]), pair.name(row["other_code"])),
        }
        for row in years
    ]
    first = min((row["year_number"] for row in years), default=0)
    levels, happened = drawn_levels(targets, money), drawn_events(events, first)
    names = pair.both
    measures = release.measures.of(pair, years, money)
    return Chart(
        name="turnover-by-year",
        kind="turnover",
        title=f"Total trade of {names}, {money.unit}",
        summary=_summary(pair, years, money, len(levels), len(happened)),
        rows=drawn,
        setting={
            "names": pair.names,
            "unit": money.short,
            "targets": levels,
            "events": happened,
            "title": f"Total trade of {names}",
            "measures": measures,
            "lacking": release.measures.lacking(measures),
        },
        height=430,
    )


def _summary(pair: Pair, years: list[Row], money: Money, n_targets: int, n_events: int) -> str:
    parts = []
    for code in pair.codes:
        own = [row for row in _of(years, code) if row["turnover_usd"] is not None]
        if not own:
            parts.append(f"no full report by {pair.said(code)} is loaded")
            continue
        ends = [f"{money.text(row['turnover_usd'])} in {row['year_number']}" for row in (own[0], own[-1])]
        parts.append(
            f"by {pair.said(code)} from {ends[0]} to {ends[1]}" if len(own) > 1 else f"by {pair.said(code)} {ends[0]}"
        )
    drawn = [f"{plural(n_targets, 'announced target')}"] if n_targets else []
    drawn += [plural(n_events, "event")] if n_events else []
    text = f"Line chart of yearly total trade in {money.short}: {'; '.join(parts)}."
    return f"{text} Drawn in: {words(drawn)}." if drawn else text
