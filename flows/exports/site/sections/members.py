"""What members of a group add up to, where a side of the pair is one: what `entrepot profile` shows of it."""

from __future__ import annotations

from flows.exports.site.pair import Pair
from flows.exports.site.parts import Cell, Line, Row, Section, Sentence, Table
from flows.exports.site.release import Release
from flows.read.wording.members import (
    NONE_KNOWN,
    SUMS,
    Sum,
    Sums,
    notes,
    of_directions,
    title,
    unit_of,
    without_members,
)
from flows.read.wording.names import sentence_case
from flows.read.wording.numbers import Money

QUERIES = {"sums": SUMS}
_NAME, _TITLE = "members", "Added up from members"


def has_group(release: Release, pair: Pair) -> bool:
    """Whether a side of the pair is a group, so that there may be something to add up."""
    return any(code not in release.economies for code in pair.codes)


def section(release: Release, pair: Pair, rows: dict[str, list[Row]]) -> Section:
    """The sums of both directions by year, newest first. Rows of `sums` are per reporter, year and figure."""
    sums = rows["sums"]
    lacking = [without_members(group) for code in pair.codes if (group := release.without_members.get(code))]
    if not sums:
        said = lacking or ["No figure of the trade of a pair of members is loaded."]
        return Section(_NAME, _TITLE, tuple(Sentence(text) for text in said))
    money = unit_of(sums)
    lead = "To see which pairs of members a figure is made of, ask entrepot explain for it."
    return Section(
        name=_NAME,
        title=_TITLE,
        standfirst="The sum of what is loaded of each member\u2019s trade, by year.",
        sentences=tuple(Sentence(text) for text in (*lacking, lead)),
        tables=tuple(_table(pair, one, money) for one in of_directions(sums)),
        rule=" ".join(sentence_case(note) for note in notes(sums)),
    )


def _table(pair: Pair, sums: Sums, money: Money) -> Table:
    lines = tuple(
        Line((Cell(year), *(_cell(told, money) for told in of_year))) for year, of_year in reversed(sums.years.items())
    )
    caption = title(pair.name(sums.reporter_code), pair.name(sums.partner_code), money)
    return Table(caption, ("Year", "Exports", "Imports", "Total"), lines, is_open=True)


def _cell(told: Sum | None, money: Money) -> Cell:
    if told is None:
        return Cell(NONE_KNOWN, is_number=True, is_missing=True)
    return Cell(f"{told.text(money.text(told.usd)).strip()} ({told.pairs})", is_number=True)
