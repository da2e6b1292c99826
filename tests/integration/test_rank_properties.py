"""Ranks under missing reports against a count by hand, and what must hold of them whatever is known of the partners."""

from __future__ import annotations

from typing import NamedTuple

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.marts import Compiled
from tests.mirror import Mirror

GIVEN = """
create schema trade.core; create schema trade.intermediate;
create table trade.core.dim_area as select 'NES' as area_code, 'nes' as area_kind;
create table trade.core.dim_rank_perimeter as
select * from (values ('all', null), ('without_p0', 'P0')) as perimeter(perimeter_code, excluded_area_code);
create table trade.intermediate.bilateral_flow_year (
    reporter_code varchar, partner_code varchar, year_number integer, flow_code varchar, value_usd decimal(18, 3),
    flow_basis varchar
);
create table trade.intermediate.partner_value_interval (
    reporter_code varchar, partner_code varchar, year_number integer, measure varchar, value_state varchar,
    rank_basis varchar, is_partly_mirrored boolean, value_usd decimal(18, 3), mirror_usd decimal(18, 3),
    low_usd decimal(18, 3), high_usd decimal(18, 3)
);
"""
PLACED = {"own": {"observed", "implied_zero", "bounded"}, "mirror": {"mirror_only"}}


class Known(NamedTuple):
    """What is known of a partner: its state, and the least and the most its trade can be. `true` lies between."""

    partner: str
    state: str
    low: int
    high: int
    true: int


@st.composite
def partners(draw: st.DrawFn, basis: str) -> list[Known]:
    """Up to nine partners of small round values, so that some are equal."""
    found = []
    states = ["observed", "implied_zero", "bounded", "mirror_only", "missing"]
    for number in range(draw(st.integers(1, 9))):
        state = draw(st.sampled_from(states if basis == "own" else states[3:]))
        if state == "implied_zero":
            low = high = 0
        elif state == "observed":
            low = high = draw(st.integers(1, 8))
        else:
            low = 0 if state == "missing" else draw(st.integers(0, 6))
            high = draw(st.integers(low, 10))
        found.append(Known(f"P{number}", state, low, high, draw(st.integers(low, high))))
    return found


worlds = st.sampled_from(["own", "mirror"]).flatmap(lambda basis: st.tuples(st.just(basis), partners(basis)))


@pytest.fixture
def ranking(mirror: Mirror) -> Compiled:
    return mirror.ranking


def ranks(
    ranking: Compiled, known: list[Known], basis: str, unallocated: int = 0, perimeter: str = "all"
) -> dict[str, tuple[int | None, int | None, int | None, int | None, bool]]:
    """By partner: rank, best, worst, worst if rivals shared what is not allocated, and whether the rank is certain."""
    con = duckdb.connect()
    con.execute("attach ':memory:' as trade; use trade; set threads = 1")
    con.execute(GIVEN)
    if unallocated:
        con.execute(
            "insert into intermediate.bilateral_flow_year values ('R', 'NES', 2021, 'M', ?, 'own')", [unallocated]
        )
    con.executemany(
        "insert into intermediate.partner_value_interval values "
        "('R', ?, 2021, 'imports', ?, ?, false, case when ? then ? end, null, ?, ?)",
        [
            [one.partner, one.state, basis, one.state in ("observed", "implied_zero"), one.low, one.low, one.high]
            for one in known
        ],
    )
    ranking.make(con)
    rows = con.execute(
        "select partner_code, rank, rank_best, rank_worst, rank_worst_if_unallocated, rank_is_certain, n_universe, "
        "n_partners_observed + n_implied_zero + n_partners_bounded + n_mirror_only + n_missing "
        "from intermediate.partner_rank_year where perimeter_code = ?",
        [perimeter],
    ).fetchall()
    counted = len([one for one in known if perimeter == "all" or one.partner != "P0"])
    assert {row[6:] for row in rows} <= {(counted, counted)}, "every partner in one state"
    return {row[0]: row[1:6] for row in rows}


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
)
@given(worlds, st.integers(0, 3))
def test_places_are_those_counted_by_hand(ranking: Compiled, world: tuple[str, list[Known]], unallocated: int) -> None:
    """Best: who surely has more goes before. Worst: who may have more. Whoever has no value has no place."""
    basis, known = world
    found = ranks(ranking, known, basis, unallocated)
    assert set(found) == {one.partner for one in known}
    for one in known:
        rank, best, worst, if_unallocated, is_certain = found[one.partner]
        if one.state not in PLACED[basis]:
            assert (rank, best, worst, if_unallocated, is_certain) == (None, None, None, None, False)
            continue
        others = [other for other in known if other.partner != one.partner]
        assert best == 1 + sum(other.low > one.high for other in others)
        assert worst == 1 + sum(other.high > one.low for other in others)
        lacking = sorted(one.low - other.high for other in others if other.high <= one.low)
        passing = sum(sum(lacking[: number + 1]) < unallocated for number in range(len(lacking)))
        assert if_unallocated == worst + passing, "what is not allocated is handed out once"
        assert best <= 1 + sum(other.true > one.true for other in others) <= worst, "the truth lies between"
        assert rank == (best if best == worst and basis == "own" else None)
        assert is_certain == (rank is not None and rank == if_unallocated)


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
)
@given(worlds, st.sampled_from([3, 1000]), st.randoms(use_true_random=False))
def test_neither_scale_nor_order_matters_and_knowing_less_never_narrows(
    ranking: Compiled, world: tuple[str, list[Known]], factor: int, random: object
) -> None:
    basis, known = world
    found = ranks(ranking, known, basis)
    larger = [one._replace(low=one.low * factor, high=one.high * factor) for one in known]
    random.shuffle(larger)  # type: ignore[attr-defined]
    assert ranks(ranking, larger, basis) == found
    lost = known[0]._replace(state="missing", low=0, high=known[0].high + 1)
    wider = ranks(ranking, [lost, *known[1:]], basis)
    assert wider["P0"][1] is None
    for partner, (_, best, worst, *_) in found.items():
        if partner != "P0" and best is not None and worst is not None:
            assert wider[partner][1] <= best  # type: ignore[operator]
            assert worst <= wider[partner][2]  # type: ignore[operator]
    if len(known) > 1:
        assert ranks(ranking, known, basis, perimeter="without_p0") == ranks(ranking, known[1:], basis)
