"""What is said of a pair: places and streaks, targets, missing reports. One sentence for terminal and page alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import ceil
from typing import Any

from flows.read.wording.codes import in_words
from flows.read.wording.names import in_text, sentence_case
from flows.read.wording.numbers import BILLIONS, count, plural, possessive, year_spans

_NO_RANK = "No rank"  # what every state without a rank begins with
_NEAR_PCT = 10  # below which the next partner is said to be near
_SAYS_THAT_NONE_IS_LOADED = ("none", "partner_report")  # of what is used instead of a report


def place(best: int | None, worst: int | None) -> str:
    """`3`, `3 to 7`, or that there is no rank."""
    if best is None:
        return "no rank"
    return str(best) if best == worst else f"{best} to {worst}"


def possible_places(row: Mapping[str, Any]) -> str:
    """All places a row of marts.partner_rank leaves possible, whoever the trade without a named partner was with."""
    return place(row["rank_best_if_unallocated"], row["rank_worst_if_unallocated"])


def is_open_place(row: Mapping[str, Any]) -> bool:
    """Whether named partners leave one place only, which the trade without a named partner could still change."""
    return row["rank"] is not None and not row["rank_is_certain"]


def is_wider_if_unallocated(row: Mapping[str, Any]) -> bool:
    """Whether trade without a named partner adds to the places that named partners leave possible."""
    return bool(
        row["rank_best_if_unallocated"] < row["rank_best"] or row["rank_worst_if_unallocated"] > row["rank_worst"]
    )


def open_place(row: Mapping[str, Any]) -> str:
    """What the trade without a named partner could make of a place; goes on after the place."""
    return f"trade without a named partner could make it {possible_places(row)}"


def streak(partner: str, least: int, most: int, year: int | str, least_if_unallocated: int) -> str:
    """For how many years up to `year` the partner came first: certainly `least`, possibly `most`.

    `least_if_unallocated` are those that stay certain whoever has the trade without a named partner.
    """
    partner = sentence_case(in_text(partner))
    if not least:
        return f"{partner} may have been first for up to {plural(most, 'year')} in a row up to {year}."
    possibly = f", possibly for {most}" if most != least else ""
    years = f"for {plural(least, 'year')} in a row up to {year}{possibly}"
    if least_if_unallocated >= least:
        return f"{partner} was certainly first {years}."
    said = f"{partner} was first among the named partners {years}."
    code = "rival_leaves_some" if least_if_unallocated else "rival_leaves_none"
    return f"{said} {in_words('streak_note', code, years=plural(least_if_unallocated, 'year'))}"


def among_partners(partner: str, reporter: str) -> str:
    """A heading of ranks: `The United States among China's partners`."""
    return sentence_case(f"{in_text(partner)} among {possessive(in_text(reporter))} partners")


def trade_of(reporter: str, partner: str) -> str:
    """A heading of trade by one report: `China's trade with Russia`."""
    return sentence_case(f"{possessive(in_text(reporter))} trade with {in_text(partner)}")


def rank_coverage(n_known: int, n_total: int, n_missing: int) -> str:
    """What a rank stands on: `reported figures for 8 of 254 economies; 246 have none loaded`, and the rest."""
    n_otherwise = n_total - n_known - n_missing
    are, their = ("is", "its") if n_otherwise == 1 else ("are", "their")
    rest = [f"{count(n_missing)} {'has' if n_missing == 1 else 'have'} none loaded"] if n_missing else []
    rest += [f"{count(n_otherwise)} {are} known only by {their} own figures or a bound"] if n_otherwise else []
    said = f"reported figures for {count(n_known)} of {plural(n_total, 'economy', 'economies')}"
    return "; ".join([said, ", ".join(rest)]) if rest else said


def trade_state(row: Mapping[str, Any], reporter: str, partner: str) -> str:
    """Whose figures a row of marts.bilateral_year has, what is missing, and whether its flows make its total."""
    both = row["state_code"] == "partly_by_others" and row["exports_basis"] == row["imports_basis"] == "own"
    code_list, code = ("flows_add_up", "total_by_others") if both else ("trade_state", row["state_code"])
    parts = [_of_names(code_list, code, reporter, partner, **row)]
    parts += [in_words("flows_add_up", "false")] if row["flows_add_up"] is False else []
    parts += [in_words("flows_add_up", "converted")] if row.get("turnover_rule") == "converted_total" else []
    return " ".join(parts)


def _of_names(code_list: str, code: str | None, reporter: str, partner: str, **row: object) -> str:
    """A sentence that may begin with a name."""
    filled = {**row, "reporter": in_text(reporter), "partner": in_text(partner)}
    return sentence_case(in_words(code_list, code, **filled))


def month_state(row: Mapping[str, Any], reporter: str, partner: str) -> str:
    """Whose figures a row of marts.bilateral_month has, and what is missing."""
    return _of_names("month_state", row["state_code"], reporter, partner)


def months_of_year(row: Mapping[str, Any], reporter: str) -> str:
    """How the months of a year stand to the year, of a row of marts.bilateral_month."""
    return sentence_case(in_words("month_year_state", row["year_state_code"], reporter=in_text(reporter), **row))


def rank_state(row: Mapping[str, Any], reporter: str, partner: str) -> str:
    """What a row of marts.partner_rank stands on, or why it has no rank, with what to know of the figures behind it.

    Where `row` has the bases of exports and imports too, a report of one flow is told from none.
    """
    of_row = {**row, "reporter": in_text(reporter), "partner": in_text(partner)}
    if row["rest_usd"] is not None:
        of_row["rest_usd_bn"] = BILLIONS.text(row["rest_usd"])
    if row["nearest_pct"] is not None:
        of_row["nearest_pct"] = ceil(row["nearest_pct"])
    stated = [flow for flow in ("exports", "imports") if row.get(f"{flow}_basis") == "own"]
    is_one_flow = row["state_code"] == "partner_not_stated" and len(stated) == 1
    code_list, code = ("rank_of_one_flow", stated[0]) if is_one_flow else ("rank_state", row["state_code"])
    said = [in_words(code_list, code, **of_row)]
    return " ".join(said + [in_words("rank_note", note, **of_row) for note in _rank_notes(row)])


def no_rank(rows: Iterable[Mapping[str, Any]], reporter: str, partner: str) -> Iterator[str]:
    """Why rows of marts.partner_rank have no rank, each reason once with all its years."""
    alike: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        alike.setdefault(rank_state({**row, "year_number": None}, reporter, partner), []).append(row)
    for same in alike.values():
        these = "these years" if len(same) > 1 else "that year"
        said = rank_state({**same[0], "year_number": these}, reporter, partner)
        yield f"{_NO_RANK} for {year_spans(row['year_number'] for row in same)}{said.removeprefix(_NO_RANK)}"


def _rank_notes(row: Mapping[str, Any]) -> list[str]:
    """What to know of a rank besides its state."""
    by_report = row["state_code"] in ("certain", "open_to_unallocated", "interval")
    is_near = row["rests_on_mirror"] and row["nearest_pct"] is not None and row["nearest_pct"] < _NEAR_PCT
    unknown = row["state_code"] in ("interval", "by_partners") and row["n_missing"] and row["rest_usd"] is not None
    notes = {
        "few_loaded": by_report and row["is_among_few"],
        "mirrored": by_report and (row["n_mirrored"] or 0) > 0,
        "other_statistic": by_report and (row["n_other_statistic"] or 0) > 0,
        "near": row["state_code"] in ("certain", "open_to_unallocated", "by_partners") and is_near,
        "rest": unknown,
    }
    return [note for note, applies in notes.items() if applies]


def target_outcome(code: str, row: Mapping[str, Any]) -> str:
    """What became of a target; goes on after "by China's figures". `row` has the years of marts.target_progress."""
    return in_words("target_outcome", code, **row)


def missing_report(reporter: str, partner: str, stand_in: str, report_gap: str) -> str:
    """What is used instead of a report, and why it is missing, unless the former has said so."""
    names = {"reporter": in_text(reporter), "partner": in_text(partner)}
    used = in_words("stand_in", stand_in, **names)
    if report_gap == "not_loaded" and stand_in in _SAYS_THAT_NONE_IS_LOADED:
        return used
    return f"{used}; {in_words('report_gap', report_gap, **names)}"
