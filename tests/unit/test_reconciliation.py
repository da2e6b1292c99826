"""What reconciles the two reports of a trade: known answers of the synthetic world, what must hold for any figures, and
the mistakes others made with the same method (Harvard's published code departs from its paper in seven places).
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.settings import ROOT
from standin.economy import ECONOMIES, HUB, MAIN, YEARS, distance_km, tau
from standin.world import World
from tests.marts import python_model

FOLDER = ROOT / "dbt_project" / "models" / "intermediate" / "mirror"
KEY = ["exporter_code", "importer_code", "period_code"]


margin = python_model(FOLDER / "int_mirror_margin.py")
reliability = python_model(FOLDER / "int_mirror_reliability.py")


def totals() -> dict[tuple[int, int, int, str], float]:
    """Dollars by exporter, importer, year and flow, as the world's reporters say."""
    world, found = World(), Counter[tuple[int, int, int, str]]()
    for reporter in MAIN:
        for period in world.periods("A", reporter):
            dataset = world.dataset("A", reporter, period)
            assert dataset is not None
            for (flow, partner, _), amount in dataset.cells.items():
                if flow in ("X", "M") and partner in MAIN and partner != reporter:
                    sides = (reporter, partner) if flow == "X" else (partner, reporter)
                    found[*sides, int(period), flow] += amount.mills
    return {key: mills / 1000 for key, mills in found.items()}


@pytest.fixture(scope="module")
def pairs() -> pd.DataFrame:
    """The world as int_mirror_pair has it."""
    told, world = totals(), World()
    rows = []
    for year in YEARS:
        reports = {code for code in MAIN if str(year) in world.periods("A", code)}
        for exporter in MAIN:
            for importer in MAIN:
                if exporter == importer:
                    continue
                states, values = [], []
                for reporter, flow in ((exporter, "X"), (importer, "M")):
                    value = told.get((exporter, importer, year, flow))
                    states.append("observed" if value else "implied_zero" if reporter in reports else "missing")
                    values.append(value or (0.0 if reporter in reports else np.nan))
                known = [state != "missing" for state in states]
                status = {(1, 1): "both", (1, 0): "exporter_only", (0, 1): "importer_only", (0, 0): "none"}
                who = ECONOMIES[exporter].iso3, ECONOMIES[importer].iso3, str(year)
                what = status[known[0], known[1]], "economies", distance_km(exporter, importer), False
                cif = ECONOMIES[importer].import_valuation != "FOB"
                rows.append([*who, *states, *values, *what, cif, np.nan, tau(exporter, importer)])
    columns = [*KEY, "exporter_state", "importer_state", "value_exporter_usd", "value_importer_usd", "pair_status"]
    columns += ["pair_kind", "distance_km", "is_contiguous", "is_importer_cif", "reported_tau", "true_tau"]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture(scope="module")
def margins(pairs: pd.DataFrame) -> pd.DataFrame:
    found: pd.DataFrame = margin.margins(pairs)
    return found


# --- the CIF/FOB margin -----------------------------------------------------------------------------------------------


def test_gravity_recovers_the_worlds_margins(pairs: pd.DataFrame, margins: pd.DataFrame) -> None:
    """The world's margin is linear in kilometres, the regression in their logarithm: 1 point on average, 3 at most."""
    compared = margins.merge(pairs[[*KEY, "true_tau"]], on=KEY)
    assert Counter(compared["tau_method"]).keys() == {"gravity", "fob_report"}
    gravity = compared[compared["tau_method"] == "gravity"]
    missed = (gravity["tau"] - gravity["true_tau"]).abs()
    assert missed.mean() < 0.01
    assert missed.max() < 0.03
    fixed = (margin.FIXED_TAU - gravity["true_tau"]).abs()
    assert missed.mean() < 0.5 * fixed.mean()
    assert gravity["tau_se"].between(0, margin.MAX_SE).all()


def invented_gaps(seed: int, n_reporters: int, n_years: int) -> pd.DataFrame:
    """Both reports of all pairs: freight of 3 % and 0.6 % per 1000 km, habits of either side, and noise."""
    rng = np.random.default_rng(seed)
    exported, imported = rng.normal(0, 0.1, n_reporters), rng.normal(0, 0.1, n_reporters)
    km = rng.uniform(500, 15_000, (n_reporters, n_reporters))
    i, j = (index.ravel() for index in np.indices(km.shape))
    freight = np.log(1.03 + 0.006 * km / 1000)
    years = []
    for year in range(2020, 2020 + n_years):
        gap = (freight + exported[:, None] + imported + rng.normal(0, 0.2, km.shape)).ravel()
        who = {"exporter_code": i.astype(str), "importer_code": j.astype(str), "period_code": str(year)}
        columns = {**who, "log_km": np.log(km).ravel(), "is_contiguous": False, "log_gap": gap, "true": freight.ravel()}
        years.append(pd.DataFrame(columns)[i != j])
    return pd.concat(years)


@pytest.mark.parametrize(("n_reporters", "n_years"), [(12, 1), (25, 1), (25, 3)])
def test_the_standard_error_is_how_far_the_margin_is_off(
    monkeypatch: pytest.MonkeyPatch, n_reporters: int, n_years: int
) -> None:
    """Forty worlds: the spread of what is found around the truth is what tau_se says, and two of it hold nine in ten.

    Habits that are no freight move the level of all margins; an error that leaves them out is three to eight times
    too small here.
    """
    monkeypatch.setattr(margin, "MAX_SE", np.inf)
    off, told = [], []
    for seed in range(40):
        gaps = invented_gaps(seed, n_reporters, n_years)
        coefficients, covariance, *_ = margin.fit(gaps)
        off.append(coefficients[0] - gaps["true"].mean())
        told.append(covariance[0, 0] ** 0.5)
    assert 0.7 < np.std(off) / np.sqrt(np.square(told).mean()) < 1.4
    assert (np.abs(off) < 2 * np.array(told)).mean() >= 0.8


def test_a_level_nobody_knows_well_is_the_fixed_factor() -> None:
    """Habits of 10 % leave the level of twelve reporters unsure by 5 points, that of a hundred by 2."""
    assert margin.fit(invented_gaps(1, 12, 1)) is None
    assert margin.fit(invented_gaps(1, 100, 1)) is not None


def test_a_report_at_fob_has_no_margin(margins: pd.DataFrame) -> None:
    fob = margins[margins["importer_code"] == "KAZ"]
    assert len(fob) > 0
    assert set(fob["tau"]) == {0.0}


def test_reported_margins_go_before_estimated_ones_and_keep_the_bounds(pairs: pd.DataFrame) -> None:
    told = pairs.assign(reported_tau=np.nan)
    of_china = (told["importer_code"] == "CHN") & (told["importer_state"] == "observed")
    told.loc[of_china, "reported_tau"] = np.where(told.loc[of_china, "exporter_code"] == "USA", 0.9, 0.031)
    found = margin.margins(told)
    china = found[found["importer_code"] == "CHN"]
    assert set(china["tau_method"]) == {"reported"}
    assert set(china["tau"]) == {0.031, margin.MAX_TAU}


def test_a_distance_nobody_knows_is_the_mean(pairs: pd.DataFrame) -> None:
    """Whose place is unknown has no known border either: both are empty, as they come from the warehouse."""
    is_known = pairs["exporter_code"] != "CHE"
    border = pairs["is_contiguous"].astype("boolean").where(is_known)
    told = pairs.assign(distance_km=pairs["distance_km"].where(is_known), is_contiguous=border)
    found = margin.margins(told)
    unknown = found[(found["exporter_code"] == "CHE") & (found["importer_code"] != "KAZ")]
    assert set(unknown["tau_method"]) == {"gravity_mean_distance"}
    assert unknown["tau"].between(0.04, 0.09).all()


def test_thin_data_gets_the_fixed_factor(pairs: pd.DataFrame) -> None:
    """Few pairs, few reporters, or one reporter with everybody: its habits and freight can not be told apart."""
    few = pairs[pairs["exporter_code"].isin(["CHN", "DEU"])]
    assert set(margin.margins(few)["tau_method"]) == {"fixed_factor", "fob_report"}
    star = pairs[(pairs["exporter_code"] == "CHN") | (pairs["importer_code"] == "CHN")]
    noise = np.random.default_rng(1).normal(1, 0.4, len(star)).clip(0.3, 2)
    noisy = star.assign(value_importer_usd=star["value_importer_usd"] * noise)
    assert set(margin.margins(noisy)["tau_method"]) == {"fixed_factor", "fob_report"}


def test_mistake_one_floor_for_both_sides(pairs: pd.DataFrame) -> None:
    """`~(X < floor) | (M < floor)` keeps pairs whose import is below the floor; both must be above it."""
    tiny = pairs.assign(
        value_importer_usd=pairs["value_importer_usd"].where(
            pairs["exporter_code"] != "FRA", 0.5 * margin.MIN_VALUE_USD
        )
    )
    told = tiny[tiny["importer_state"] == "observed"]
    kept = margin.sample(told)
    low = min(kept["value_exporter_usd"].min(), kept["value_importer_usd"].min())
    assert low >= margin.MIN_VALUE_USD
    floor = margin.MIN_VALUE_USD
    mistaken = told[~(told["value_exporter_usd"] < floor) | (told["value_importer_usd"] < floor)]
    assert mistaken["value_importer_usd"].min() < floor


def test_mistake_two_neighbouring_years_are_pooled(pairs: pd.DataFrame) -> None:
    """A regression that never pools has nothing to say of a year with few pairs, such as the newest."""
    early = pairs["period_code"] == "2021"
    thin = pairs[early | ((pairs["period_code"] == "2022") & pairs["exporter_code"].isin(["CHN", "DEU"]))]
    observations = margin.sample(thin[thin["importer_state"] == "observed"])
    alone = observations[observations["year"] == 2022]
    assert margin.fit(alone) is None
    found = margin.margins(pd.concat([thin, pairs[pairs["period_code"] == "2020"]]))
    newest = found[(found["period_code"] == "2022") & (found["importer_code"] != "KAZ")]
    assert set(newest["tau_method"]) == {"gravity"}
    assert set(newest["n_observations"]) == {len(observations)}


# --- reliability ------------------------------------------------------------------------------------------------------


def exact_gaps(alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Exporter, importer and gap of every ordered pair, the gap being the sum of both alphas."""
    exporter, importer = (index.ravel() for index in np.indices((len(alpha), len(alpha))))
    other = exporter != importer
    return exporter[other], importer[other], (alpha[exporter] + alpha[importer])[other]


def iterated(exporter: np.ndarray, importer: np.ndarray, gap: np.ndarray, n_reporters: int) -> np.ndarray:
    """The published code's way: 25 rounds of a ratio, each reporter's gaps over its partners' scores."""
    score = np.ones(n_reporters)
    for _ in range(25):
        partners = np.bincount(exporter, score[importer], n_reporters) + np.bincount(
            importer, score[exporter], n_reporters
        )
        gaps = np.bincount(exporter, gap, n_reporters) + np.bincount(importer, gap, n_reporters)
        score = gaps / partners
    return score


def test_mistake_five_the_decomposition_is_least_squares() -> None:
    """Where gap = alpha + alpha holds exactly, two-way effects find every alpha; the iterated ratio does not."""
    alpha = np.linspace(0.01, 0.2, 30)
    exporter, importer, gap = exact_gaps(alpha)
    found, n_flows = reliability.two_way_effects(exporter, importer, gap, len(alpha))
    assert set(n_flows) == {58}
    assert np.abs(found - alpha).max() < 0.002
    assert np.abs(iterated(exporter, importer, gap, len(alpha)) - alpha).max() > 0.02


def test_networks_that_nothing_connects_and_pairs_alone_are_solved() -> None:
    exporter, importer, gap = exact_gaps(np.array([0.02, 0.04, 0.1]))
    apart = np.concatenate([exporter, exporter + 3, [6]]), np.concatenate([importer, importer + 3, [7]])
    found, _ = reliability.two_way_effects(*apart, np.concatenate([gap, gap, [0.5]]), 8)
    assert np.isfinite(found).all()
    assert found[:3] == pytest.approx(found[3:6], abs=1e-12)
    assert found[6] == pytest.approx(found[7], abs=1e-12)


def test_the_hub_is_least_reliable_and_few_flows_have_no_alpha(pairs: pd.DataFrame, margins: pd.DataFrame) -> None:
    """Importers name the origin of what passes the hub, so its exports look far too large."""
    found = reliability.reliabilities(pairs, margins)
    for _, year in found.groupby("period_code"):
        assert year.set_index("reporter_code")["alpha"].idxmax() == ECONOMIES[HUB].iso3
    few = pairs[(pairs["exporter_code"] == "CHN") & (pairs["period_code"] == "2020")]
    thin = reliability.reliabilities(few, margins).set_index("reporter_code")
    assert thin["n_flows"].to_dict()["CHN"] == len(few[few["pair_status"] == "both"])
    assert thin.drop(index="CHN")["alpha"].isna().all()


def test_without_pairs_nothing_is_estimated(pairs: pd.DataFrame) -> None:
    none = pairs[:0]
    found = margin.margins(none)
    assert (list(found.columns), len(found)) == (margin.COLUMNS, 0)
    assert len(reliability.reliabilities(none, found)) == 0


# --- what must hold for any figures -----------------------------------------------------------------------------------


@settings(max_examples=8, deadline=None)
@given(factor=st.sampled_from([2.0, 7.5, 1000.0]), seed=st.integers(0, 1000))
def test_neither_scale_nor_order_changes_margins_and_reliabilities(
    pairs: pd.DataFrame, factor: float, seed: int
) -> None:
    """All flows of the world are above the floor of one million dollars or absent, so that scale can not move it."""
    recent = pairs[pairs["period_code"].isin(["2020", "2021"])]
    other = recent.sample(frac=1, random_state=seed)
    other = other.assign(**{name: other[name] * factor for name in ("value_exporter_usd", "value_importer_usd")})
    before, after = margin.margins(recent), margin.margins(other)
    pd.testing.assert_frame_equal(before, after)
    pd.testing.assert_frame_equal(
        reliability.reliabilities(recent, before).reset_index(drop=True),
        reliability.reliabilities(other, after).reset_index(drop=True),
    )


def test_a_dropped_reporter_does_not_move_the_margins_of_others_far(pairs: pd.DataFrame, margins: pd.DataFrame) -> None:
    dropped = pairs.assign(
        importer_state=pairs["importer_state"].where(pairs["importer_code"] != "DEU", "missing"),
        exporter_state=pairs["exporter_state"].where(pairs["exporter_code"] != "DEU", "missing"),
    )
    found = margin.margins(dropped)
    assert "DEU" not in set(found["importer_code"])
    compared = found.merge(margins, on=KEY, suffixes=("", "_before"))
    assert (compared["tau"] - compared["tau_before"]).abs().max() < 0.01
