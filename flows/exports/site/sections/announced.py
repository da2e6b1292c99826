"""Targets that were announced for a pair, and events that bear on it: as tables, and as drawn into its turnover."""

from __future__ import annotations

from typing import Any

from flows.exports.site.pair import Pair
from flows.exports.site.parts import Cell, Line, Row, Table
from flows.exports.site.release import Release
from flows.read.wording.numbers import Money, money_for, printed_on
from flows.read.wording.pair import target_outcome

NOT_KNOWN = "no report to tell"

# What is settled for good or ill; green is kept for a target reached in time.
_SETTLED = ("reached", "reached_one_year_late", "reached_late", "not_reached")

QUERIES = {
    "targets": """
        select
            reporter_code as one_code, partner_code as other_code, measure, target_low_usd, target_high_usd, due_year,
            min(announced_year) as announced_year, count(distinct target_id) as n_announced,
            first(outcome_code order by announced_text, target_id) as outcome_code,
            first(year_reached order by announced_text, target_id) as year_reached,
            first(n_years_late order by announced_text, target_id) as n_years_late,
            first(last_known_year order by announced_text, target_id) as last_known_year,
            first(publication_id order by announced_text, target_id) as publication_id,
            first(file_id order by announced_text, target_id) as file_id,
            first(line order by announced_text, target_id) as line,
            min(announced_text) as announced_text
        from marts.target_progress
        group by all
        order by target_low_usd, due_year nulls last, target_high_usd nulls first, measure, reporter_code
    """,
    "events": """
        select distinct
            event.event_id, event.event_on, event.date_precision, event.event_kind, event.event_name,
            event.imposing_party, event.target, event.publication_id, event.file_id, event.line,
            shown.first_code as one_code, shown.second_code as other_code
        from core.dim_event as event
        inner join core.fct_event as side on event.event_id = side.event_id
        inner join shown_pair as shown
            on side.target_code in (shown.first_code, shown.second_code)
            or (side.target_code is null and side.imposing_code in (shown.first_code, shown.second_code))
        order by event.event_on, event.event_id
    """,
}


def drawn_levels(targets: list[Row], money: Money) -> list[Row]:
    """One level per amount of turnover announced: the first year it was named, and the years it was due."""
    levels: dict[float, Row] = {}
    for row in targets:
        if row["measure"] != "turnover" or row["announced_year"] is None:
            continue
        level = levels.setdefault(
            float(row["target_low_usd"]),
            {"value": money.of(row["target_low_usd"]), "from": row["announced_year"], "due": []},
        )
        level["from"] = min(level["from"], row["announced_year"])
        level["due"] = sorted({*level["due"], *([row["due_year"]] if row["due_year"] else [])})
    return list(levels.values())


def drawn_events(events: list[Row], first: int) -> list[Row]:
    """Events since the year `first`, each at its place within the year."""
    return [
        {
            "year": row["event_on"].year + (row["event_on"].timetuple().tm_yday - 1) / 365,
            "name": row["event_name"],
            "on": happened(row),
            "by": row["imposing_party"],
        }
        for row in events
        if row["event_on"] and row["event_on"].year >= first
    ]


def happened(event: Row) -> str:
    """The day of an event, or its month where no day is known: `6 March 2014`, `February 2024`."""
    when = str(event["event_on"] or "")
    return printed_on(when[:7] if event["date_precision"] == "month" else when)


def target_table(release: Release, pair: Pair, targets: list[Row]) -> Table:
    """The targets with their due year, and by whose statistic each was reached."""
    grouped: dict[tuple[object, ...], dict[str, Row]] = {}
    for row in targets:
        key = (row["target_low_usd"], row["target_high_usd"], row["due_year"], row["measure"])
        grouped.setdefault(key, {})[row["one_code"]] = row
    lines = []
    for (low, high, due, _), sides in grouped.items():
        row = next(iter(sides.values()))
        money = money_for([low])
        ends = [_as_announced(money, end) for end in dict.fromkeys((low, high)) if end is not None]
        origins = release.origins_of_file("Target", row, period=str(due or "no year named"))
        lines.append(
            Line(
                (
                    Cell(f"{' to '.join(ends)} {money.short}"),
                    Cell(str(due) if due else "no year named"),
                    Cell(printed_on(row["announced_text"] or "")),
                    Cell(str(row["n_announced"]), is_number=True),
                    *(_reached(sides.get(code)) for code in pair.codes),
                ),
                origins,
            )
        )
    heads = ("Target", "Due", "First announced", "Times announced", *(f"By {name}" for name in pair.names))
    return Table("Targets announced for the total trade of the two", heads, tuple(lines))


def _as_announced(money: Money, value_usd: Any) -> str:
    """A target without the decimals nobody announced: `200`, `12.50`."""
    return money.text(value_usd).removesuffix(".00")


def _reached(row: Row | None) -> Cell:
    if row is None:
        return Cell(NOT_KNOWN, is_missing=True)
    said = target_outcome(row["outcome_code"], row)
    if row["outcome_code"] in _SETTLED:
        return Cell(said, mark="yes" if row["outcome_code"] == "reached" else "no")
    return Cell(said, is_missing=True)


def event_table(release: Release, events: list[Row]) -> Table:
    """The events, newest first."""
    lines = []
    for row in reversed(events):
        when = happened(row)
        origins = release.origins_of_file("Event", row, period=when)
        cells = (when, row["event_name"], row["imposing_party"] or "", row["target"] or "")
        lines.append(Line(tuple(Cell(text) for text in cells), origins))
    caption = "Events that concern either side: sanctions, tariffs, controls and agreements"
    return Table(caption, ("Date", "Event", "By", "Aimed at"), tuple(lines))
