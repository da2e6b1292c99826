"""The head of a pair: one sentence that says what the two trade and how sure that is, then figures at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flows.exports.site.pair import Pair
from flows.exports.site.parts import Row
from flows.exports.site.release import Release
from flows.exports.site.sections.turnover import FLOWS, growth, has_no_rate, is_own, own_flows
from flows.read.wording.codes import NO_REPORT, basis
from flows.read.wording.members import latest
from flows.read.wording.members import unit_of as unit_of_sums
from flows.read.wording.names import sentence_case
from flows.read.wording.numbers import Money, count, ordinal, percent, plural, possessive, words
from flows.read.wording.pair import among_partners, is_open_place, open_place, possible_places

_STALE_YEARS = 5  # after which a place that was certain says nothing of today
_NOTHING = "no report of its own is loaded"
_ALIKE_PCT = 1.0  # below which two reports of one year are said to agree


class KeyFigure(NamedTuple):
    """One large number at the head: what it is, the number, its unit, what to know about it."""

    label: str
    text: str
    unit: str
    note: str
    side: int | None = None
    is_missing: bool = False


def headline(release: Release, pair: Pair, years: list[Row], money: Money, sums: Sequence[Row] = ()) -> str:
    """What the two traded in the last year each reports, whose word that is, and how far the two lie apart.

    `sums` are what the members of a group add up to, of which it speaks where nothing else is known.
    """
    lasts = [(code, own[-1]) for code in pair.codes if (own := _own(years, code))]
    lasts.sort(key=lambda last: -last[1]["year_number"])
    both = sentence_case(pair.both)
    if not lasts:
        return _of_members(pair, sums) if sums and not years else _not_reported(release, pair, years, money)
    said = [f"{money.text(row['turnover_usd'])} {money.short}" for _, row in lasts]
    whose = [f"{possessive(pair.said(code))} report" for code, _ in lasts]
    when = [row["year_number"] for _, row in lasts]
    if len(lasts) == 1:
        silent = pair.said(pair.other(lasts[0][0]))
        return f"{both} traded {said[0]} in {when[0]}, by {whose[0]}; no full report by {silent} is loaded."
    if when[0] == when[1]:
        second = possessive(pair.said(lasts[1][0]))
        return f"In {when[0]} {both} traded {said[0]} by {whose[0]} and {said[1]} by {second}; {_distance(lasts)}."
    return f"{both} traded {said[0]} in {when[0]}, by {whose[0]}; {whose[1]} ends in {when[1]}, at {said[1]}."


def _distance(lasts: list[tuple[str, Row]]) -> str:
    one, other = (float(row["turnover_usd"]) for _, row in lasts)
    apart = 200 * abs(one - other) / (one + other) if one + other else 0.0
    return "the two agree" if apart < _ALIKE_PCT else f"the two differ by {percent(apart, False, 0)}"


def _not_reported(release: Release, pair: Pair, years: list[Row], money: Money) -> str:
    """Neither side has a report of all: an estimate, named as one, or a report of one flow, or nothing."""
    known = [row for row in years if row["turnover_any_basis_usd"] is not None]
    if not known:
        return _one_flow(pair, years, money)
    last = max(known, key=lambda row: row["year_number"])
    codes = (last["turnover_source_code"] or "").split("+")
    by = words([str(release.sources[code]["publisher"]).partition(",")[0] for code in codes if code in release.sources])
    value = f"{money.text(last['turnover_any_basis_usd'])} {money.short}"
    return (
        f"No report by {pair.both} on each other is loaded; {by} puts their trade of {last['year_number']} at {value}."
    )


def _of_members(pair: Pair, sums: Sequence[Row]) -> str:
    """What is known of a group that no report names: the sum over its members, or no less than a part of it."""
    said = f"No report on the trade between {pair.both} as a whole is loaded"
    if (found := latest(sums)) is None:
        return f"{said}; some exports or imports of members are."
    year, total = found
    unit = unit_of_sums([{"value": total.usd}])
    least = "at least " if total.is_floor else ""
    amount = f"{least}{unit.text(total.usd)} {unit.short}"
    return f"{said}; what is known of members adds up to {amount} in {year} ({total.pairs} pairs)."


def _one_flow(pair: Pair, years: list[Row], money: Money) -> str:
    """No year has a total: the latest flow that is known, by a report of its side where one is."""
    told = [(row, flow) for row in years for flow in FLOWS if row.get(f"{flow}_usd") is not None]
    if not told:
        return f"No figure of the trade between {pair.both} is loaded."
    row, flow = max(told, key=lambda one: (is_own(*one), one[0]["year_number"]))
    amount, by = f"{money.text(row[f'{flow}_usd'])} {money.short}", basis(row[f"{flow}_basis"])
    whose = f"{possessive(pair.said(row['one_code']))} {flow}"
    return f"No total of the trade between {pair.both} is loaded; {whose} of {row['year_number']} are {amount} ({by})."


def key_figures(pair: Pair, years: list[Row], ranks: list[Row], money: Money) -> tuple[KeyFigure, ...]:
    """Latest own turnover by each side, then the latest certain rank of each among the partners of the other."""
    turnovers = [_turnover(pair, side, code, years, money) for side, code in enumerate(pair.codes)]
    places = [_place(pair, side, code, ranks) for side, code in enumerate(pair.codes)]
    return (*turnovers, *(figure for figure in places if figure is not None))


def _own(years: list[Row], code: str) -> list[Row]:
    return [row for row in years if row["one_code"] == code and row["turnover_usd"] is not None]


def _turnover(pair: Pair, side: int, code: str, years: list[Row], money: Money) -> KeyFigure:
    label, own = f"Total trade, by {pair.said(code)}", _own(years, code)
    if not own:
        note = _unreported(code, years)
        return KeyFigure(label, NO_REPORT if note == _NOTHING else "no total", "", note, side, True)
    last = own[-1]
    change, share = growth(last), last["share_of_turnover_pct"]
    parts = [f"{percent(change)} on {last['year_number'] - 1}"] if change is not None else []
    parts += [f"{percent(share, signed=False)} of all its trade"] if share is not None else []
    text = money.text(last["turnover_usd"])
    return KeyFigure(f"{label}, {last['year_number']}", text, money.short, ", ".join(parts), side)


def _unreported(code: str, years: list[Row]) -> str:
    """What is known by a side that reports no total: one flow of some years, both from two reports, or nothing."""
    told = [(row["year_number"], flows) for row in years if row["one_code"] == code and (flows := own_flows(row))]
    if not told and any(has_no_rate(row) for row in years if row["one_code"] == code):
        return "its reports are in its own currency, and no exchange rate is loaded"
    if not told:
        return _NOTHING
    year, flows = max(told)
    if len(flows) > 1:
        return f"its {words(flows)} of {year} are from two reports, and are not added up"
    if any(others != flows for _, others in told):
        return f"for {year} it reports {flows[0]} only, and for no year a total"
    return f"it reports {flows[0]} only, latest in {year}"


def _place(pair: Pair, side: int, code: str, ranks: list[Row]) -> KeyFigure | None:
    """The place that is certain, newest first, or the newest one that only trade without a named partner could change.

    Where there is neither, that it is uncertain, with what is possible below it.
    """
    placed = [row for row in ranks if row["one_code"] == code and row["rank_best"] is not None]
    if not placed:
        return None
    label = among_partners(pair.name(pair.other(code)), pair.name(code))
    last = placed[-1]
    if last["is_among_few"]:
        note = f"figures of {plural(last['n_seen'], 'partner')} are too few to rank"
        return KeyFigure(label, "not ranked", "", note, 1 - side, True)
    fresh = last["year_number"] - _STALE_YEARS
    certain = [
        row for row in placed if row["rank_is_certain"] and not row["is_among_few"] and row["year_number"] >= fresh
    ]
    if is_open_place(last):
        note = f"of {count(last['n_universe'])} economies; {open_place(last)}"
        return KeyFigure(label, ordinal(last["rank"]), f"in {last['year_number']}", note, 1 - side)
    possible = f"{possible_places(last)} of {count(last['n_universe'])}"
    if not certain:
        return KeyFigure(label, "uncertain", "", f"possible in {last['year_number']}: {possible}", 1 - side, True)
    sure = certain[-1]
    since = f"of {count(sure['n_universe'])} economies" if sure is last else _since(last, possible)
    return KeyFigure(label, ordinal(sure["rank"]), f"in {sure['year_number']}", since, 1 - side)


def _since(last: Row, possible: str) -> str:
    return f"uncertain since; possible in {last['year_number']}: {possible}"
