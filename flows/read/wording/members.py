"""What members of a group add up to, as a reader sees it: the same sums and words in the terminal and on the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from flows.read.wording.codes import in_words
from flows.read.wording.names import in_text
from flows.read.wording.numbers import Money, money_for, year_spans
from flows.read.wording.pair import trade_of

Figure = Mapping[str, Any]
HEADS = ("year", "exports", "imports", "total")
NONE_KNOWN = "none known"
"""What stands where no pair of members has a figure."""
_ITEMS = ("exports_usd", "imports_usd", "turnover_usd")

# The sums of all pairs with a group, in the columns that marts.profile has for those of one pair.
SUMS = """
select
    reporter_code as one_code, partner_code as other_code, reporter_code, partner_code,
    year_number::varchar as period_code, sums.*
from (
    select
        reporter_code, partner_code, year_number,
        unnest([
            struct_pack(
                item := 'exports_usd', value := exports_usd::double, value_min := exports_known_usd::double,
                n_known := n_exports_known, n_mirrored := n_exports_mirrored, n_total := n_pairs, reason_code := null
            ),
            struct_pack(
                item := 'imports_usd', value := imports_usd::double, value_min := imports_known_usd::double,
                n_known := n_imports_known, n_mirrored := n_imports_mirrored, n_total := n_pairs, reason_code := null
            ),
            struct_pack(
                item := 'turnover_usd', value := turnover_usd::double, value_min := turnover_known_usd::double,
                n_known := n_turnover_known + n_turnover_partly_known,
                n_mirrored := n_turnover_mirrored + n_turnover_partly_mirrored, n_total := n_pairs,
                reason_code := case when n_not_adding_up > 0 then 'not_one_report' end
            )
        ]) as sums
    from marts.bilateral_group_year
)
order by reporter_code, partner_code, period_code
"""

# Groups of the list `?` whose members no list here has, and a group of nearly that name whose members one has.
WITHOUT_MEMBERS = """
select asked.area_code, asked.area_name, min(alike.area_code) as alike_code, min(alike.area_name) as alike_name
from core.dim_area as asked
left join core.dim_area as alike
    on asked.area_code <> alike.area_code
    and alike.area_kind = 'group'
    and contains(asked.area_name, alike.area_name)
    and alike.area_code in (select group_code from core.bridge_area_group)
where
    asked.area_code in (select unnest(?))
    and asked.area_kind = 'group'
    and asked.area_code not in (select group_code from core.bridge_area_group)
group by asked.area_code, asked.area_name
order by asked.area_code
"""


class Sum(NamedTuple):
    """What is known of one figure of a group in a year: the amount, whether it is a floor only, whether partners'
    figures are in it, and how many of the pairs of members are.
    """

    usd: float
    is_floor: bool
    is_mirrored: bool
    pairs: str

    def text(self, amount: str) -> str:
        """Its amount, written as `amount`, with the signs that `notes` explains."""
        return f"{'≥ ' if self.is_floor else ''}{amount}{'°' if self.is_mirrored else ' '}"


class Sums(NamedTuple):
    """The sums of one direction: by year those of exports, imports and total, None where no pair is known."""

    reporter_code: str
    partner_code: str
    years: dict[str, tuple[Sum | None, ...]]


def of_directions(figures: Sequence[Figure]) -> list[Sums]:
    """The sums in `figures`, which are in order of reporter, partner and year.

    A year of which one direction has something is in the other, too, and says that nothing is known.
    """
    years = sorted({f["period_code"] for f in figures})
    found = []
    for (reporter, partner), of_side in groupby(figures, key=lambda f: (f["reporter_code"], f["partner_code"])):
        told: dict[str, dict[str, Sum | None]] = {year: {} for year in years}
        for figure in of_side:
            told[figure["period_code"]][figure["item"]] = _sum(figure)
        rows = {year: tuple(of_year.get(item) for item in _ITEMS) for year, of_year in told.items()}
        found.append(Sums(reporter, partner, rows))
    return found


def _sum(figure: Figure) -> Sum | None:
    is_floor = figure["value"] is None
    usd = figure["value_min"] if is_floor else figure["value"]
    if usd is None:
        return None
    return Sum(usd, is_floor, bool(figure["n_mirrored"]), f"{figure['n_known']} of {figure['n_total']}")


def unit_of(figures: Iterable[Figure]) -> Money:
    """The unit for all sums of two areas."""
    return money_for(f["value_min"] if f["value"] is None else f["value"] for f in figures)


def title(reporter: str, partner: str, money: Money) -> str:
    """What a table of sums is headed with."""
    return f"{trade_of(reporter, partner)}, added up from members, {money.unit}"


def notes(figures: Sequence[Figure]) -> Iterator[str]:
    """What the signs in the tables mean, and why their columns need not add up."""
    if any(f["value"] is None for f in figures):
        yield "≥ a floor: only so many of the pairs of members are known."
    if any(f["n_mirrored"] for f in figures):
        yield "° some of the pairs are counted by the partner\u2019s figures."
    counts: dict[tuple[Any, ...], set[int]] = {}
    for f in figures:
        counts.setdefault((f["reporter_code"], f["partner_code"], f["period_code"]), set()).add(f["n_known"])
    if any(len(of_year) > 1 for of_year in counts.values()):
        yield "Exports, imports and total each count the pairs that have that figure, so they need not add up."
    if apart := sorted({int(f["period_code"]) for f in figures if f["reason_code"] == "not_one_report"}):
        why = in_words("figure_gap", "not_one_report")
        yield f"For {year_spans(apart)} exports and imports of some pairs do not add up to the total: {why}."


def latest(figures: Sequence[Figure]) -> tuple[str, Sum] | None:
    """The newest year in which the total of a pair of members is known, and the largest sum of it, in whole or part."""
    told = [(year, of_year[-1]) for sums in of_directions(figures) for year, of_year in sums.years.items()]
    known = [(year, total) for year, total in told if total is not None]
    return max(known, key=lambda one: (one[0], one[1].usd)) if known else None


def without_members(group: Figure) -> str:
    """Of which group nothing is added up, because its members are not on record, and of which alike it is."""
    said = f"The members of {in_text(group['area_name'])} are not on record, so nothing is added up for it"
    if group["alike_code"]:
        said += f"; for {in_text(group['alike_name'])} ({group['alike_code']}) it is, by its members of each year"
    return f"{said}."
