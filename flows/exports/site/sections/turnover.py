"""Turnover by year: both reporters, growth as printed and as computed, targets and events drawn in."""

from __future__ import annotations

from collections.abc import Iterator

from flows.exports.site.cells import money_cell, percent_cell
from flows.exports.site.pair import Pair
from flows.exports.site.parts import Cell, Chart, Line, Origin, Row, Section, Sentence, Table
from flows.exports.site.release import Release
from flows.exports.site.sections.announced import QUERIES as QUERIES_OF_EVENTS
from flows.exports.site.sections.announced import drawn_events, drawn_levels, event_table, target_table
from flows.read.wording.codes import basis, in_words
from flows.read.wording.names import sentence_case
from flows.read.wording.numbers import Money, money_for, percent, plural, possessive, words, year_spans
from flows.read.wording.pair import trade_state

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
    money = money_for(row["turnover_any_basis_usd"] for row in years)
    tables = [_year_table(release, pair, code, years, money) for code in pair.codes]
    tables += [target_table(release, pair, targets), event_table(release, events)]
    return Section(
        name="turnover",
        title="Total trade by year",
        standfirst="Exports plus imports, by the statistic of each side.",
        sentences=tuple(_sentences(release, pair, years, money, is_drawn=len(known) > 1)),
        charts=(_chart(release, pair, years, targets, events, money),) if len(known) > 1 else (),
        tables=tuple(table for table in tables if table.lines),
        rule=(
            "A year without a report is not zero: no line runs through it. Hollow marks are figures of the "
            "other side or of a publisher\u2019s estimate. Printed growth compares with the statistic\u2019s "
            "revised base, computed growth two years of one report, where one report has both."
        ),
    )


def _of(rows: list[Row], code: str) -> list[Row]:
    return [row for row in rows if row["one_code"] == code]


def _is_own_of_two(row: Row) -> bool:
    """Whether both flows are the reporter's own, each from another report, and so have no total."""
    return row["exports_basis"] == row["imports_basis"] == "own" and row["turnover_usd"] is None


def _is_mixed(row: Row) -> bool:
    """Whether there are both flows, whosever they are, and no total, which is not missing then."""
    return None not in (row["exports_usd"], row["imports_usd"]) and row["turnover_any_basis_usd"] is None


def growth(row: Row) -> float | None:
    """Computed growth, where both years are measured alike."""
    return row["turnover_yoy_pct"] if row["turnover_yoy_is_comparable"] else None


def _sentences(release: Release, pair: Pair, years: list[Row], money: Money, is_drawn: bool) -> Iterator[Sentence]:
    for code in pair.codes:
        own = [row for row in _of(years, code) if row["turnover_usd"] is not None]
        if own:
            yield Sentence(_latest(pair, code, own[-1], money), _origins(release, own[-1]))
        mixed = [row["year_number"] for row in _of(years, code) if _is_own_of_two(row)]
        missing = [row["year_number"] for row in _of(years, code) if row["turnover_state"] == "missing"]
        silent = [year for year in missing if year not in mixed]
        if silent:
            other = possessive(pair.said(pair.other(code)))
            then = "that year" if len(silent) == 1 else "those years"
            mark = f" A mark in {then} is {other} figure or an estimate." if is_drawn else ""
            yield Sentence(f"No full report by {pair.said(code)} is loaded for {year_spans(silent)}.{mark}")
        if mixed:
            yield Sentence(
                f"{sentence_case(possessive(pair.said(code)))} exports and imports of {year_spans(mixed)} are from two "
                "reports, and are not added up."
            )
    both = [row for row in _of(years, pair.codes[0]) if row["mirror_gap_usd"] is not None]
    if both:
        last = both[-1]
        more, gap = pair.codes[1 if last["mirror_gap_usd"] > 0 else 0], abs(last["mirror_gap_usd"])
        yield Sentence(
            f"In {last['year_number']}, the latest year both reported, {possessive(pair.said(more))} figure is "
            f"higher by {money.text(gap)} {money.short}.",
            _origins(release, last),
        )


def _latest(pair: Pair, code: str, row: Row, money: Money) -> str:
    whose, amount = sentence_case(possessive(pair.said(code))), f"{money.text(row['turnover_usd'])} {money.short}"
    text = f"{whose} own statistic gives {amount} for {row['year_number']}"
    printed, computed = row["turnover_yoy_published_pct"], growth(row)
    parts = [f"{percent(printed)} as printed"] if printed is not None else []
    parts += [f"{percent(computed)} as computed"] if computed is not None else []
    return f"{text}, a change of {' and '.join(parts)} on the year before." if parts else f"{text}."


def _origins(release: Release, row: Row) -> tuple[Origin, ...]:
    year = str(row["year_number"])
    found = release.origins(
        "Total trade", row["turnover_source_code"], row, rule=row["turnover_rule"] or "", period=year
    )
    for flow in ("exports", "imports"):
        place = {"file_id": row[f"{flow}_file_id"], "line": row[f"{flow}_line"]}
        rule = basis(row[f"{flow}_basis"])
        found += release.origins(flow.title(), row[f"{flow}_source_code"], place, rule=rule, period=year)
    if row["share_of_turnover_pct"] is not None:
        rule = "both sides of the ratio by one source"
        found += release.origins("Share", row["share_source_code"], {}, rule=rule, period=year)
    return found


def _year_table(release: Release, pair: Pair, code: str, years: list[Row], money: Money) -> Table:
    lines = tuple(
        Line(
            (
                Cell(str(row["year_number"])),
                _total_cell(row, money),
                Cell(_whose(row), is_missing=row["turnover_basis"] != "own"),
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
    )


def _total_cell(row: Row, money: Money) -> Cell:
    return Cell("mixed", is_missing=True) if _is_mixed(row) else money_cell(money, row["turnover_any_basis_usd"])


def _whose(row: Row) -> str:
    return in_words("figure_gap", "two_reports") if _is_mixed(row) else basis(row["turnover_basis"])


def _flow_cell(row: Row, flow: str, money: Money) -> Cell:
    """One flow of a year; a ring marks what the reporter has not reported itself."""
    cell = money_cell(money, row[f"{flow}_usd"])
    foreign = row[f"{flow}_usd"] is not None and row[f"{flow}_basis"] != "own"
    return Cell(f"{cell.text}\u00b0", is_number=True, is_missing=True) if foreign else cell


def _chart(
    release: Release, pair: Pair, years: list[Row], targets: list[Row], events: list[Row], money: Money
) -> Chart:
    drawn = [
        {
            "year": row["year_number"],
            "reporter": pair.name(row["one_code"]),
            "turnover": money.of(row["turnover_any_basis_usd"]),
            "whose": basis(row["turnover_basis"]),
            "own": row["turnover_basis"] == "own",
            "reported": row["turnover_state"] != "missing",
            "rule": row["turnover_rule"],
            "growth_computed_pct": row["turnover_yoy_pct"] if row["turnover_yoy_is_comparable"] else None,
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
