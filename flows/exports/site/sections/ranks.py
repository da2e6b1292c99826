"""Ranks over time as intervals from best to worst place, with what is missing shown as missing."""

from __future__ import annotations

from collections.abc import Iterator

from flows.exports.site.pair import Pair
from flows.exports.site.parts import Cell, Chart, Line, Origin, Row, Section, Sentence, Table
from flows.exports.site.release import Release
from flows.read.wording.names import sentence_case
from flows.read.wording.numbers import count, ordinal, plural, words, year_spans
from flows.read.wording.pair import (
    is_open_place,
    is_wider_if_unallocated,
    open_place,
    place,
    possible_places,
    rank_state,
    streak,
)

QUERIES = {
    "ranks": """
        select
            rank.*, rank.reporter_code as one_code, rank.partner_code as other_code, year.turnover_source_code,
            year.turnover_rule, year.publication_id, year.file_id, year.line, year.exports_basis, year.imports_basis
        from marts.partner_rank as rank
        left join marts.bilateral_year as year using (reporter_code, partner_code, year_number)
        where rank.measure = 'turnover' and rank.perimeter_code = 'all'
        order by rank.reporter_code, rank.year_number
    """,
    "errors": """
        select
            shown.first_code as one_code, shown.second_code as other_code,
            coalesce(sum(error.n_certain), 0)::bigint as n_certain, coalesce(sum(error.n_wrong), 0)::bigint as n_wrong,
            coalesce(bool_or(error.is_too_often_wrong) filter (where error.measure = 'turnover'), false) as is_doubted
        from shown_pair as shown
        left join meta.rank_error as error on true  -- the same for every pair
        group by one_code, other_code
        order by one_code, other_code
    """,
}
_RULE = (
    "A rank is by a statistic of all partners, else by the one that names most; its total may be another. "
    "A partner gets no rank where no report of its trade is loaded. A figure taken from a partner is an interval, "
    "corrected by what the two reports last differed by; economies that are not loaded are bounded by the "
    "reporter\u2019s total. "
    "Possible places reach from the best to the worst the partner can have, whoever the trade without a named "
    "partner was with. Grey marks are years in which nothing can be ranked, or almost any place is possible."
)
_WHY_CERTAIN = (
    " A rank can be certain although reports are missing: where a report lists its largest partners, no other can have "
    "traded more than the last of these."
)
_ALMOST_ALL = 0.9  # of the places: an interval that says nothing
_WITHDRAWN = (
    "That is too often. In this release no figure of a partner counts towards a place, and more places remain possible."
)


def section(release: Release, pair: Pair, rows: dict[str, list[Row]]) -> Section:
    """Rank of each of the pair among the partners of the other, by turnover and year."""
    title, name = "Rank among partners", "ranks"
    groups = [pair.said(code) for code in pair.codes if code not in release.economies]
    if groups:
        are = "are groups" if len(groups) > 1 else "is a group"
        return Section(name, title, (Sentence(f"Only economies are ranked; {words(groups)} {are} of economies."),))
    sides = {code: [row for row in rows["ranks"] if row["one_code"] == code] for code in pair.codes}
    sentences: list[Sentence] = []
    for code, ranks in sides.items():
        sentences += _sentences(release, pair, code, ranks)
    filled = {
        code: ranks
        for code, ranks in sides.items()
        if any(row["rank_best"] is not None and not row["is_among_few"] for row in ranks)
    }
    if not filled:
        return Section(name, title, tuple(sentences))
    sentences += [said for counted in rows["errors"] for said in _errors(counted)]
    charts = tuple(_chart(pair, code, ranks) for code, ranks in filled.items() if any(map(tells_a_place, ranks)))
    tables = tuple(_table(release, pair, code, ranks) for code, ranks in filled.items())
    return Section(
        name,
        title,
        tuple(sentences),
        charts,
        tables,
        _how_to_read(filled),
        "A dot is a certain place, a bar all places that remain possible among named partners; a thin line adds those "
        "that trade without a named partner could make of it. An outlined mark rests on the figures of others, for "
        "this partner or one next to it.",
    )


def _how_to_read(shown: dict[str, list[Row]]) -> str:
    """What to know of the ranks shown; why one is certain only where one is that lacks reports."""
    rows = (row for ranks in shown.values() for row in ranks)
    is_explained = any(row["rank_is_certain"] and row["n_missing"] for row in rows)
    return _RULE + _WHY_CERTAIN if is_explained else _RULE


def tells_a_place(row: Row) -> bool:
    """Whether a place excludes over a tenth of all places; a bar as high as the chart would show nothing."""
    if row["rank_best"] is None or row["is_among_few"]:
        return False
    return bool(row["rank_worst"] - row["rank_best"] < _ALMOST_ALL * row["n_universe"])


def _sentences(release: Release, pair: Pair, code: str, ranks: list[Row]) -> list[Sentence]:
    """The latest places of the other side among the partners of `code`, the years without one, and its streak."""
    reporter, partner = pair.said(code), pair.said(pair.other(code))
    placed = [row for row in ranks if row["rank_best"] is not None]
    if not placed:
        said = f"{partner} cannot be ranked among the partners of {reporter}: no figures to rank by are loaded."
        return [Sentence(sentence_case(said))]
    last = placed[-1]
    if last["is_among_few"]:
        known = plural(last["n_seen"], "partner")
        return [Sentence(f"Figures of only {known} of {reporter} are loaded, too few to speak of a place.")]
    text = " ".join(map(sentence_case, _latest_places(reporter, partner, placed)))
    found = [Sentence(text, _origins(release, last)), *map(Sentence, _years_without(reporter, partner, ranks))]
    streaks = [row for row in placed if row["rank_basis"] == "own" and (row["streak_at_most"] or 0) > 1]
    if streaks:
        last = streaks[-1]
        least, least_of_all = (last[f"streak_at_least{given}"] or 0 for given in ("", "_if_unallocated"))
        name = pair.name(pair.other(code))
        text = streak(name, least, last["streak_at_most"], last["year_number"], least_of_all)
        found.append(Sentence(text, _origins(release, last)))
    return found


def _latest_places(reporter: str, partner: str, placed: list[Row]) -> Iterator[str]:
    """The latest place that is certain, and the last one of all where that is another."""
    certain, last = [row for row in placed if row["rank_is_certain"]], placed[-1]
    if certain:
        sure = certain[-1]
        among = f"{ordinal(sure['rank'])} {_of_partners(sure, reporter)}"
        yield f"{partner} was {among} in {sure['year_number']}, the latest place that is certain."
    if is_open_place(last):
        among = f"{ordinal(last['rank'])} {_of_partners(last, reporter)}"
        yield f"In {last['year_number']} {partner} was {among}, but {open_place(last)}."
    elif last["rank"] is None:
        best, worst = (ordinal(last[f"rank_{end}_if_unallocated"]) for end in ("best", "worst"))
        among = f"between {best} and {worst} {_of_partners(last, reporter)}"
        yield f"In {last['year_number']} {partner} was {among}: {_missing(last)}."


def _of_partners(row: Row, reporter: str) -> str:
    return f"of the {count(row['n_universe'])} possible partners of {reporter}"


def _years_without(reporter: str, partner: str, ranks: list[Row]) -> Iterator[str]:
    """The years without a place of the partner, and those without a report of the reporter itself."""
    unplaced = [row["year_number"] for row in ranks if row["rank_best"] is None]
    if unplaced:
        yield sentence_case(f"{partner} has no rank among the partners of {reporter} for {year_spans(unplaced)}.")
    mirror = [row["year_number"] for row in ranks if row["rank_best"] is not None and row["rank_basis"] == "mirror"]
    if mirror:
        places = "those places are" if len(mirror) > 1 else "that place is"
        years = year_spans(mirror)
        yield f"No report by {reporter} is loaded for {years}; {places} by its partners\u2019 figures."


def _errors(counted: Row) -> list[Sentence]:
    """How often a certain place was wrong when known reports were hidden."""
    if not counted["n_certain"]:
        return []
    said = (
        "How sure is certain? Known reports were hidden and replaced by the partners\u2019 figures as a test: "
        f"{count(counted['n_wrong'])} of {count(counted['n_certain'])} places called certain were wrong."
    )
    return [Sentence(f"{said} {_WITHDRAWN}" if counted["is_doubted"] else said)]


def _missing(row: Row) -> str:
    states = {
        "n_mirror_only": "known by {their} own statistic only",
        "n_partners_bounded": "known within a bound only",
    }
    parts = [
        f"{count(row[name])} {'is' if row[name] == 1 else 'are'} "
        + said.format(their="its" if row[name] == 1 else "their")
        for name, said in states.items()
        if row[name]
    ]
    if row["n_missing"]:
        parts.append(f"no report of {count(row['n_missing'])} of them is loaded")
    if is_wider_if_unallocated(row):
        parts.append("trade without a named partner may be anybody\u2019s")
    return words(parts) if parts else "the report leaves trade without a named partner"


def _origins(release: Release, row: Row) -> tuple[Origin, ...]:
    return release.origins(
        "Total trade that was ranked",
        row["turnover_source_code"],
        row,
        rule=row["turnover_rule"],
        period=str(row["year_number"]),
    )


def _chart(pair: Pair, code: str, ranks: list[Row]) -> Chart:
    reporter, partner = pair.name(code), pair.name(pair.other(code))
    title = f"{pair.said(pair.other(code))} among the partners of {pair.said(code)}"
    drawn = [
        {
            "year": row["year_number"],
            "best": None if row["is_among_few"] else row["rank_best"],
            "worst": None if row["is_among_few"] else row["rank_worst"],
            "certain": bool(row["rank_is_certain"]),
            "best_if_unallocated": None if row["is_among_few"] else row["rank_best_if_unallocated"],
            "worst_if_unallocated": None if row["is_among_few"] else row["rank_worst_if_unallocated"],
            "is_open": not tells_a_place(row),
            "basis": row["rank_basis"],
            "rests_on_others": row["rank_basis"] != "own" or bool(row["rests_on_mirror"]),
            "partners": row["n_universe"],
            "observed": row["n_partners_observed"],
            "mirror_only": row["n_mirror_only"],
            "bounded": row["n_partners_bounded"],
            "missing": row["n_missing"],
            "note": rank_state(row, reporter, partner),
        }
        for row in ranks
    ]
    placed = [row for row in ranks if row["rank_best"] is not None]
    drawn_as_places = [row for row in placed if tells_a_place(row)]
    certain = sum(row["rank_is_certain"] for row in drawn_as_places)
    open_to_more = sum(map(is_open_place, drawn_as_places))
    spans = {
        "certain in": certain,
        "open to trade without a named partner in": open_to_more,
        "an interval in": len(drawn_as_places) - certain - open_to_more,
        "almost any place in": len(placed) - len(drawn_as_places),
        "no rank in": len(ranks) - len(placed),
    }
    states = [f"{said} {plural(years, 'year')}" for said, years in spans.items() if years]
    return Chart(
        f"rank-of-{pair.other(code)}-for-{code}".lower(),
        "rank",
        sentence_case(title),
        f"Rank of {title} by total trade, {ranks[0]['year_number']} to {ranks[-1]['year_number']}: {words(states)}.",
        drawn,
        {"names": pair.names, "reporter": reporter},
        height=300,
        is_wide=False,
    )


def _table(release: Release, pair: Pair, code: str, ranks: list[Row]) -> Table:
    lines = tuple(
        Line(
            (
                Cell(str(row["year_number"])),
                *(
                    Cell(places, is_number=True, is_missing=row["rank_best"] is None)
                    for places in (possible_places(row), place(row["rank_best"], row["rank_worst"]))
                ),
                *(
                    Cell(count(row[name]), is_number=True)
                    for name in (
                        "n_universe",
                        "n_partners_observed",
                        "n_partners_bounded",
                        "n_mirror_only",
                        "n_missing",
                    )
                ),
                Cell(rank_state(row, pair.name(code), pair.name(pair.other(code))), mark="words"),
            ),
            _origins(release, row),
        )
        for row in reversed(ranks)
    )
    heads = (
        "Year",
        "Possible places",
        "Among named partners",
        "Economies",
        "Reported",
        "Within a bound",
        "By their own statistic only",
        "No report loaded",
        "In words",
    )
    title = f"{pair.said(pair.other(code))} among the partners of {pair.said(code)}, by total trade"
    return Table(sentence_case(title), heads, lines)
