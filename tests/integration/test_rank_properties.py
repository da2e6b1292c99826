"""Ranks under missing reports: places counted by hand, and what must hold of them whatever is known. The models run in
memory: from intervals of one's own making up to places, and from reports of an invented world up to ranks."""

from __future__ import annotations

import copy
import math
import re
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from flows.settings import ROOT
from tests.marts import Compiled
from tests.mirror import Mirror
from tests.opened import in_memory
from tests.rankings import WORLD, Report, ends, rank, restless_world, true_places, truthful_world

PLACES = {"partner_rank"}
GIVEN = """
create table trade.core.dim_area (area_code varchar, is_economy boolean, valid_from date, valid_to date);
create table trade.core.dim_rank_perimeter as
select * from (values ('all', null), ('without_p0', 'P0')) as perimeter(perimeter_code, excluded_area_code);
create table workings.intermediate.rank_statistic (
    reporter_code varchar, year_number integer, measure varchar, statistic_code varchar, names_all_partners boolean
);
create table workings.intermediate.reporter_total_bound (
    reporter_code varchar, year_number integer, measure varchar, is_reported boolean, unallocated_usd decimal(18, 3),
    most_of_one_usd decimal(18, 3), most_usd decimal(18, 3)
);
create table workings.intermediate.partner_value_interval (
    reporter_code varchar, partner_code varchar, year_number integer, measure varchar, value_state varchar,
    is_partly_mirrored boolean, value_usd decimal(18, 3), value_source_code varchar, is_of_other_statistic boolean,
    low_usd decimal(18, 3), high_usd decimal(18, 3)
);
"""
NEVER_SEEN = 3
examples = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
)


class Known(NamedTuple):
    """What is known of a partner: its state, and the least and the most its trade can be. `true` lies between."""

    partner: str
    state: str
    low: int
    high: int
    true: int


@st.composite
def partners(draw: st.DrawFn) -> list[Known]:
    """Up to nine partners of small round values, so that some are equal."""
    found = []
    for number in range(draw(st.integers(1, 9))):
        state = draw(st.sampled_from(["observed", "implied_zero", "bounded", "mirror_only", "missing"]))
        if state == "implied_zero":
            low = high = 0
        elif state == "observed":
            low = high = draw(st.integers(1, 8))
        else:
            low = 0 if state == "missing" else draw(st.integers(0, 6))
            high = draw(st.integers(low, 10))
        found.append(Known(f"P{number}", state, low, high, draw(st.integers(low, high))))
    return found


@pytest.fixture
def ranking(mirror: Mirror) -> Compiled:
    return mirror.ranking


@pytest.fixture
def places(ranking: Compiled) -> Compiled:
    only = copy.copy(ranking)
    only.nodes = [node for node in ranking.nodes if node["name"] in PLACES]
    return only


Place = tuple[int | None, int | None, int | None, int | None, int | None, bool]


def ranks(
    places: Compiled, known: list[Known], total: int | None, unallocated: int = 0, names_all: bool = False
) -> dict[str, Place]:
    """By partner: rank, best, worst, best if what is not allocated were its own, worst if rivals shared it, and whether
    the rank is certain.
    """
    con = in_memory()
    con.execute(GIVEN)
    others = ["R", *(one.partner for one in known), *(f"N{number}" for number in range(NEVER_SEEN))]
    con.executemany("insert into core.dim_area values (?, true, null, null)", [[code] for code in others])
    con.execute("insert into intermediate.rank_statistic values ('R', 2021, 'imports', 'S', ?)", [names_all])
    con.execute(
        "insert into intermediate.reporter_total_bound values ('R', 2021, 'imports', ?, ?, null, ?)",
        [total is not None, unallocated, total],
    )
    con.executemany(
        "insert into intermediate.partner_value_interval values "
        "('R', ?, 2021, 'imports', ?, false, case when ? then ? end, 's', false, ?, ?)",
        [
            [one.partner, one.state, one.state in ("observed", "implied_zero"), one.low, one.low, one.high]
            for one in known
        ],
    )
    places.make(con)
    rows = con.execute(
        "select partner_code, rank, rank_best, rank_worst, rank_best_if_unallocated, rank_worst_if_unallocated, "
        "rank_is_certain, n_universe, "
        "n_partners_observed + n_implied_zero + n_partners_bounded + n_mirror_only + n_missing "
        "from marts.partner_rank where perimeter_code = 'all'"
    ).fetchall()
    counted = len(known) + NEVER_SEEN
    assert {row[7:] for row in rows} <= {(counted, counted)}, "every economy in one state"
    return {row[0]: row[1:7] for row in rows}


def lifted(money: int, mark: int, most: int) -> int:
    """How many of `most` rivals so much money lifts above the mark."""
    return min(most, max(0, math.ceil(money / mark) - 1)) if mark else most


@settings(examples, max_examples=40)
@given(partners(), st.integers(0, 3), st.lists(st.integers(0, 6), min_size=NEVER_SEEN, max_size=NEVER_SEEN))
def test_places_are_those_counted_by_hand(
    places: Compiled, known: list[Known], unallocated: int, unseen: list[int]
) -> None:
    """Best: who certainly has more goes before. Worst: who may have more; all of them together only as far as the
    total of the reporter goes. Whoever is not reported has no place."""
    total = sum(one.true for one in known) + sum(unseen) + unallocated
    found = ranks(places, known, total, unallocated)
    assert set(found) == {one.partner for one in known}
    left = max(0, total - unallocated - sum(one.low for one in known))
    for one in known:
        rank_, best, worst, best_if, worst_if, is_certain = found[one.partner]
        if one.state == "missing":
            assert (rank_, best, worst, best_if, worst_if, is_certain) == (None, None, None, None, None, False)
            continue
        others = [other for other in known if other.partner != one.partner]
        between = [other for other in others if other.low <= one.low < other.high]
        money = left + sum(other.low for other in between)
        assert best == 1 + sum(other.low > one.high for other in others)
        at_least = sum(other.low > one.low for other in others)
        assert worst == 1 + at_least + lifted(money, one.low, len(between) + NEVER_SEEN)
        above = sum(other.true > one.true for other in others) + sum(value > one.true for value in unseen)
        assert best <= 1 + above <= worst, "the truth lies between"
        assert worst_if is not None
        assert worst_if >= worst
        assert worst_if == worst or unallocated
        assert rank_ == (best if best == worst else None)
        assert best_if == 1 + sum(other.low > one.high + unallocated for other in others)
        assert is_certain == (best_if == worst_if)


def most_lifted(mark: int, others: list[int], pool: int) -> int:
    """How many of the others that have no more than the mark get above it, if the pool goes to those who lack least."""
    lifted, spent = 0, 0
    for value in sorted((value for value in others if value <= mark), reverse=True):
        spent += mark - value
        if spent >= pool:
            break
        lifted += 1
    return lifted


@settings(examples, max_examples=40)
@given(
    st.lists(st.integers(0, 12), min_size=1, max_size=9),
    st.lists(st.integers(0, 5), min_size=9 + NEVER_SEEN, max_size=9 + NEVER_SEEN),
    st.integers(0, 100),
)
def test_what_has_no_named_partner_may_be_anybodys(
    places: Compiled, printed: list[int], gifts: list[int], said_pct: int
) -> None:
    """A report of all partners leaves part of its World to nobody, and says so of some of it. Whoever has it, partners
    with their figure or economies the report does not name: the place lies within what is said, and a certain one is
    right. Both ends are those counted by hand, so nothing is wider than it must be."""
    known = [
        Known(f"P{n}", "observed" if value else "implied_zero", value, value, value) for n, value in enumerate(printed)
    ]
    gifts = [*gifts[: len(printed)], *gifts[-NEVER_SEEN:]]
    pool = sum(gifts)
    found = ranks(places, known, sum(printed) + pool, pool * said_pct // 100, names_all=True)
    true = [value + gift for value, gift in zip([*printed, *[0] * NEVER_SEEN], gifts, strict=True)]
    for number, value in enumerate(printed):
        _, best, worst, best_if, worst_if, is_certain = found[f"P{number}"]
        others = [*printed[:number], *printed[number + 1 :], *[0] * NEVER_SEEN]
        above = sum(other > value for other in others)
        assert best == worst == 1 + above, "among the trade with named partners"
        assert best_if == 1 + sum(other > value + pool for other in others)
        assert worst_if == 1 + above + most_lifted(value, others, pool)
        place = 1 + sum(other > true[number] for other in true)
        assert best_if <= place <= worst_if, "the truth lies between"
        assert not is_certain or place == best, "certain means certain"


@settings(examples, max_examples=40)
@given(
    partners(),
    st.lists(st.integers(0, 3), min_size=9 + NEVER_SEEN, max_size=9 + NEVER_SEEN),
    st.lists(st.integers(0, 9)),
)
def test_the_unallocated_of_a_part_of_the_partners_may_be_anybodys(
    places: Compiled, known: list[Known], gifts: list[int], unseen: list[int]
) -> None:
    """The same of a report that leaves partners out, who share the rest of its World besides."""
    unseen = [*unseen, *[0] * NEVER_SEEN][:NEVER_SEEN]
    gifts = [*gifts[: len(known)], *gifts[-NEVER_SEEN:]]
    total = sum(one.true for one in known) + sum(unseen) + sum(gifts)
    found = ranks(places, known, total, sum(gifts))
    true = [value + gift for value, gift in zip([*(one.true for one in known), *unseen], gifts, strict=True)]
    for number, one in enumerate(known):
        _, _, _, best_if, worst_if, is_certain = found[one.partner]
        place = 1 + sum(other > true[number] for other in true)
        assert best_if is None or best_if <= place <= worst_if  # type: ignore[operator]
        assert not is_certain or best_if == place


def exports_of_r(
    ranking: Compiled, values: dict[str, float], economies: tuple[str, ...] = ()
) -> dict[str, tuple[object, ...]]:
    """By partner: best and worst place among the exports of R in 2020, and what its World leaves."""
    con = rank(ranking, [Report("R", partner, "X", 2020, value) for partner, value in values.items()], economies)
    rows = con.execute(
        "select partner_code, rank_best_if_unallocated, rank_worst_if_unallocated, rest_usd::double "
        "from marts.partner_rank where measure = 'exports' and reporter_code = 'R'"
    ).fetchall()
    return {row[0]: row[1:] for row in rows}


def test_a_world_below_its_partners_bounds_nothing(ranking: Compiled) -> None:
    """By one per cent: whoever is not named may be above any of them. By rounding it is their total."""
    world = {WORLD: 1000e6, "A": 600e6, "B": 400e6}
    found = exports_of_r(ranking, {**world, "C": 10e6}, ("E", "F"))
    assert found == {"A": (1, 3, None), "B": (2, 4, None), "C": (3, 5, None)}
    found = exports_of_r(ranking, {**world, "C": 2.0}, ("E", "F"))
    assert found == {"A": (1, 1, 0), "B": (2, 2, 0), "C": (3, 3, 0)}


def test_goods_that_come_back_are_no_partners(ranking: Compiled) -> None:
    """What R exports to itself is in its World, and nobody else's."""
    found = exports_of_r(ranking, {WORLD: 1000e6, "R": 300e6, "A": 600e6, "B": 100e6}, ("E", "F"))
    assert found == {"A": (1, 1, 0), "B": (2, 2, 0)}


@settings(examples, max_examples=15)
@given(partners(), st.sampled_from([3, 1000]), st.randoms(use_true_random=False))
def test_neither_scale_nor_order_matters_and_knowing_less_never_narrows(
    places: Compiled, known: list[Known], factor: int, random: Random
) -> None:
    total = sum(one.high for one in known)
    found = ranks(places, known, total)
    larger = [one._replace(low=one.low * factor, high=one.high * factor) for one in known]
    random.shuffle(larger)
    assert ranks(places, larger, total * factor) == found
    lost = known[0]._replace(state="missing", low=0, high=known[0].high + 1)
    wider = ranks(places, [lost, *known[1:]], total)
    assert wider["P0"][1] is None
    no_total = ranks(places, known, None)
    for partner, (_, best, worst, *_) in found.items():
        for other in (wider, no_total):
            if (partner != "P0" or other is no_total) and best is not None and worst is not None:
                assert other[partner][1] <= best  # type: ignore[operator]
                assert worst <= other[partner][2]  # type: ignore[operator]


def test_a_place_the_years_around_make_certain_is_no_alarm(ranking: Compiled) -> None:
    """One partner is reported this year. The total of the year before, grown, leaves more than that partner has; but
    the others need their least of it."""
    before = {"C": 50e9, "A": 30e9, "B": 25e9}
    reports = [Report("R", partner, "M", 2019, value) for partner, value in before.items()]
    reports += [Report("R", WORLD, "M", 2019, sum(before.values())), Report("R", "C", "M", 2020, 60e9, "other")]
    con = rank(ranking, reports, ("E", "F"))
    place = "select rank, rest_usd > low_usd from marts.partner_rank where partner_code = 'C' and year_number = 2020"
    assert con.execute(f"{place} and measure = 'imports'").fetchall() == [(1, True)]
    assert con.execute(alarm("assert_no_rank_leaves_out_a_missing_partner")).fetchall() == []


def alarm(test: str) -> str:
    """The SQL of a test of every release, on the tables of `rank`."""
    template = (ROOT / "dbt_project" / "tests" / f"{test}.sql").read_text(encoding="utf-8")
    schemas = {"partner_rank": "marts"}
    return re.sub(
        r"\{\{ ref\('(\w+)'\) \}\}", lambda found: f"{schemas.get(found[1], 'intermediate')}.{found[1]}", template
    )


@pytest.mark.parametrize("seed", range(6))
def test_places_are_right_where_mirrors_err_as_real_ones_do(ranking: Compiled, seed: int) -> None:
    """A certain place is the true one wherever the reporter\u2019s own report gives all that decides it, and in all but
    2 of 100 elsewhere. The mirror shuts out no figure of a partner: that gate has nothing to say of a sound world."""
    areas = [f"A{number}" for number in range(14)]
    told, full = restless_world(seed, areas, range(2006, 2021))
    con = rank(ranking, told, areas)
    assert con.execute(alarm("assert_no_interval_shuts_out_the_partner")).fetchall() == []
    rows = con.execute(
        "select reporter_code, partner_code, year_number, measure, rank, n_partners_observed = n_universe "
        "and n_mirrored + n_other_statistic = 0 from marts.partner_rank where rank_is_certain"
    ).fetchall()
    true = true_places(full)
    wrong = [row for row in rows if true[row[0], row[1], row[2], row[3]] != row[4]]
    assert not [row for row in wrong if row[5]], "nothing was mirrored"
    by_mirror = sum(not row[5] for row in rows)
    assert by_mirror > 40
    assert len(wrong) <= 0.02 * by_mirror


# --- more truth, no less certainty ------------------------------------------------------------------------------------

AREAS = ("R", "A", "B", "C", "D", "E")
YEARS = range(2008, 2021)


@settings(examples, max_examples=12)
@given(st.integers(0, 10_000), st.floats(0.05, 0.95))
def test_more_truth_never_gives_less_certainty(ranking: Compiled, seed: int, share: float) -> None:
    """Of a random part of a world, each report added in turn leaves every interval and every place as it was, or
    narrows it; and the truth lies within."""
    rng = Random(seed)
    reports = truthful_world(seed, AREAS, YEARS)
    rng.shuffle(reports)
    kept = max(2, int(share * len(reports)))
    more = min(len(reports), kept + rng.choice([1, 5, 60]))
    before = rank(ranking, reports[:kept], AREAS)
    after = rank(ranking, reports[:more], AREAS)
    for table, low, high in (
        ("intermediate.partner_value_interval", "low_usd", "high_usd"),
        ("marts.partner_rank", "rank_best", "rank_worst"),
    ):
        now = ends(after, table, low, high)
        for key, (least, most) in ends(before, table, low, high).items():
            if key not in now:
                continue
            assert least * (1 - 1e-9) - 0.01 <= now[key][0], (table, key, seed, share)
            assert now[key][1] <= most * (1 + 1e-9) + 0.01, (table, key, seed, share)
    true = {(report.reporter, report.partner, str(report.year), report.flow): report.value for report in reports}
    for (reporter, partner, year, measure), (least, most) in ends(
        before, "intermediate.partner_value_interval", "low_usd", "high_usd"
    ).items():
        if measure != "turnover":
            value = true[reporter, partner, year, "X" if measure == "exports" else "M"]
            assert least <= value * (1 + 1e-9) + 0.01, (reporter, partner, year, measure, seed)
            assert value <= most * (1 + 1e-9) + 0.01, (reporter, partner, year, measure, seed)
