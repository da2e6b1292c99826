"""Families and split weights between HS revisions: what must hold for any figures, and known answers."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import minimize

from flows.settings import ROOT
from tests.conftest import SAMPLES
from tests.marts import python_model

FOLDER = ROOT / "dbt_project" / "models" / "intermediate" / "concordance"
PAIRS = ROOT / "warehouse" / "bundled" / "hs_correlation" / "pair.csv"
TABLES = SAMPLES / "hs-correlations"
CODES = {"H0": 5020, "H1": 5113, "H2": 5224, "H3": 5052, "H4": 5206, "H5": 5388, "H6": 5613}
"""Codes by the tables, 999999 included since 2012. BACI counts 5022, 5115, 5223, 5050, 5202, 5384, 5609."""


families = python_model(FOLDER / "int_product_family.py").families
estimated = python_model(FOLDER / "int_product_weight_estimated.py")
PULL = np.full(4, estimated.GONE)


def split_weights(
    source: np.ndarray,
    target: np.ndarray,
    rows: np.ndarray,
    columns: np.ndarray,
    assumed: np.ndarray,
    pull: np.ndarray = PULL,
) -> np.ndarray:
    """The estimate for codes that are gone, or with another pull to the assumed split."""
    weights: np.ndarray = estimated.split_weights(source, target, rows, columns, assumed, pull[: source.shape[1]])
    return weights


def pairs() -> pd.DataFrame:
    with PAIRS.open(encoding="utf-8", newline="") as handle:
        return pd.DataFrame(list(csv.DictReader(handle)))


def links(*rows: str) -> pd.DataFrame:
    """`H5:1>H6:2` and the like."""
    parts = [[side.split(":") for side in row.split(">")] for row in rows]
    columns = ["from_revision", "from_code", "to_revision", "to_code"]
    return pd.DataFrame([[*old, *new] for old, new in parts], columns=columns)


# --- the tables -------------------------------------------------------------------------------------------------------


def test_the_bundled_pairs_hold_every_code_of_every_revision() -> None:
    table = pairs()
    codes: dict[str, set[str]] = {}
    for revision, code in [("from_revision", "from_code"), ("to_revision", "to_code")]:
        for name, found in table.groupby(revision)[code]:
            codes.setdefault(str(name), set()).update(found)
    assert {name: len(found) for name, found in sorted(codes.items())} == CODES
    assert len(table) == 43863
    assert {int(a[1]) - int(b[1]) for a, b in zip(table["from_revision"], table["to_revision"], strict=True)} == {1}
    mains = table[table["is_conversion"] == "true"].groupby(["from_revision", "from_code"]).size()
    assert mains.max() == 1, "a conversion table sends a code to one place"


@pytest.mark.skipif(not TABLES.is_dir(), reason="the correlation tables are not beside the project")
def test_the_bundled_pairs_are_those_of_the_published_tables() -> None:
    from python_calamine import CalamineWorkbook

    table = pairs()
    year = {"hs1992": "H0", "hs1996": "H1", "hs2002": "H2", "hs2007": "H3", "hs2012": "H4", "hs2017": "H5"}
    year["hs2022"] = "H6"
    workbooks = sorted(TABLES.glob("hs*_hs*.xls*"))
    assert len(workbooks) == 6
    for path in workbooks:
        newer, older = (year[part] for part in path.stem.split("_"))
        book = CalamineWorkbook.from_path(path)
        sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
        (correlation,) = (rows for name, rows in sheets.items() if "orrel" in name)
        (conversion,) = (rows for name, rows in sheets.items() if "onver" in name)
        wide = {len(row) for row in correlation} == {4}  # newer, "ex.", older, relationship
        theirs = {(code(row[0]), code(row[2 if wide else 1])) for row in correlation}
        ours = table[(table["from_revision"] == newer) & (table["to_revision"] == older)]
        printed = {(one, other) for one, other in theirs if one.isdigit() and other.isdigit()}
        assert set(zip(ours["from_code"], ours["to_code"], strict=True)) == printed
        main = ours[ours["is_conversion"] == "true"]
        assert set(zip(main["from_code"], main["to_code"], strict=True)) == printed & {
            (code(row[0]), code(row[1])) for row in conversion
        }


def code(cell: object) -> str:
    """A code as printed; the last one of HS 2022 is a number in its sheet."""
    return f"{cell:.0f}" if isinstance(cell, float) else str(cell).strip()


# --- families ---------------------------------------------------------------------------------------------------------


def test_a_family_is_what_hangs_together_and_is_named_after_its_first_old_code() -> None:
    found = families(links("H5:2>H6:3", "H5:2>H6:4", "H5:1>H6:4", "H5:7>H6:7"))
    by_code = {(row.hs_revision, row.product_code): row.family_code for row in found.itertuples()}
    assert by_code == {
        ("H5", "1"): "H5-H6:1",
        ("H5", "2"): "H5-H6:1",
        ("H6", "3"): "H5-H6:1",
        ("H6", "4"): "H5-H6:1",
        ("H5", "7"): "H5-H6:7",
        ("H6", "7"): "H5-H6:7",
    }


def test_distant_revisions_are_joined_by_what_happened_between_them() -> None:
    found = families(links("H4:1>H5:1", "H4:2>H5:2", "H5:1>H6:9", "H5:2>H6:9"))
    span = found[(found["lower_revision"] == "H4") & (found["upper_revision"] == "H6")]
    assert set(span["family_code"]) == {"H4-H6:1"}
    near = found[(found["lower_revision"] == "H4") & (found["upper_revision"] == "H5")]
    assert set(near["family_code"]) == {"H4-H5:1", "H4-H5:2"}


def test_both_directions_of_a_link_say_the_same() -> None:
    one = links("H5:2>H6:3", "H5:2>H6:4")
    both = pd.concat([one, one.set_axis(["to_revision", "to_code", "from_revision", "from_code"], axis=1)])
    pd.testing.assert_frame_equal(families(one), families(both))


# --- least squares ----------------------------------------------------------------------------------------------------

unit = st.floats(0.0, 1.0, allow_subnormal=False)


@st.composite
def problems(draw: st.DrawFn, exact: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Shares before, shares after, links and assumed split of a family of up to four old and four new codes."""
    n_old, n_new = draw(st.integers(1, 4)), draw(st.integers(2, 4))
    n_seen = draw(st.integers(max(3, n_old), 8))
    linked = draw(hnp.arrays(bool, (n_old, n_new)))
    linked[:, 0] = True
    rows, columns = np.nonzero(linked)
    raw = draw(hnp.arrays(float, len(rows), elements=st.floats(0.05, 1.0)))
    split = raw / np.bincount(rows, raw)[rows]
    assumed = 1.0 / np.bincount(rows)[rows]
    source = draw(hnp.arrays(float, (n_seen, n_old), elements=st.floats(0.01, 1.0)))
    if exact:  # every old code has an observation that trades little else
        source[np.arange(n_old), np.arange(n_old)] += 10.0
    source /= source.sum(axis=1, keepdims=True)
    truth = np.zeros((n_old, n_new))
    truth[rows, columns] = split
    target = source @ truth
    if not exact:
        noise = draw(hnp.arrays(float, target.shape, elements=st.floats(0.0, 0.2)))
        target = (target + noise) / (target + noise).sum(axis=1, keepdims=True)
    return source, target, rows, columns, assumed if not exact else np.stack([assumed, split])


@given(problems())
@settings(max_examples=50, deadline=None, derandomize=True)
def test_weights_are_a_split(problem: tuple[np.ndarray, ...]) -> None:
    source, target, rows, columns, assumed = problem
    weights = split_weights(source, target, rows, columns, assumed)
    assert weights.min() >= 0
    np.testing.assert_allclose(np.bincount(rows, weights), 1.0, atol=1e-9)


@given(problems(), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None, derandomize=True)
def test_order_repetition_and_new_names_change_nothing(problem: tuple[np.ndarray, ...], random: object) -> None:
    source, target, rows, columns, assumed = problem
    plain = split_weights(source, target, rows, columns, assumed)
    shuffle = np.random.default_rng(random.getrandbits(32)).permutation  # type: ignore[attr-defined]
    seen, old, new, order = (shuffle(n) for n in (len(source), source.shape[1], target.shape[1], len(rows)))
    moved = split_weights(
        np.tile(source[seen][:, old], (2, 1)),
        np.tile(target[seen][:, new], (2, 1)),
        np.argsort(old)[rows][order],
        np.argsort(new)[columns][order],
        assumed[order],
    )
    np.testing.assert_allclose(moved, plain[order], atol=1e-6)


@given(problems(exact=True))
@settings(max_examples=50, deadline=None, derandomize=True)
def test_a_known_split_is_found_again(problem: tuple[np.ndarray, ...]) -> None:
    source, target, rows, columns, (assumed, split) = problem
    weights = split_weights(source, target, rows, columns, assumed)
    assert np.abs(weights - split).max() < 0.001, "what remains is the small pull to the assumed split"


@given(problems(exact=True))
@settings(max_examples=50, deadline=None, derandomize=True)
def test_the_stronger_the_pull_the_nearer_the_assumed_split(problem: tuple[np.ndarray, ...]) -> None:
    source, target, rows, columns, (assumed, _) = problem
    pulls = [1e-6, 1e-2, 1.0, 1e6]
    distance = [
        ((split_weights(source, target, rows, columns, assumed, np.full(4, pull)) - assumed) ** 2).sum()
        for pull in pulls
    ]
    assert all(far >= near - 1e-9 for far, near in pairwise(distance))
    assert distance[-1] < 1e-9


def test_no_split_fits_better_by_another_solver() -> None:
    rng = np.random.default_rng(4)
    source = rng.dirichlet(np.ones(3), 12)
    rows, columns = np.array([0, 0, 1, 1, 1, 2]), np.array([0, 1, 0, 1, 2, 2])
    truth = np.zeros((3, 3))
    truth[rows, columns] = [0.9, 0.1, 0.2, 0.0, 0.8, 1.0]
    target = np.abs(source @ truth + rng.normal(0, 0.05, (12, 3)))
    target /= target.sum(axis=1, keepdims=True)
    assumed = np.array([0.5, 0.5, 1 / 3, 1 / 3, 1 / 3, 1.0])

    def loss(weights: np.ndarray) -> float:
        matrix = np.zeros((3, 3))
        matrix[rows, columns] = weights
        return float(((target - source @ matrix) ** 2).sum() + len(source) * 1e-3 * ((weights - assumed) ** 2).sum())

    ours = split_weights(source, target, rows, columns, assumed, np.full(3, 1e-3))
    sums = [{"type": "eq", "fun": lambda w, k=k: w[rows == k].sum() - 1} for k in range(3)]
    theirs = minimize(loss, assumed, bounds=[(0, 1)] * 6, constraints=sums, options={"ftol": 1e-15, "maxiter": 500})
    assert loss(ours) <= theirs.fun + 1e-12
    np.testing.assert_allclose(ours, theirs.x, atol=1e-4)


def test_one_code_that_splits_gets_the_mean_share_of_its_parts() -> None:
    after = np.array([[0.8, 0.2], [0.7, 0.3], [0.6, 0.4]])
    weights = split_weights(np.ones((3, 1)), after, np.array([0, 0]), np.array([0, 1]), np.array([0.5, 0.5]))
    np.testing.assert_allclose(weights, [0.7, 0.3], atol=0.001)


# --- from trade to weights --------------------------------------------------------------------------------------------


def seen(reporter: str, **values: float) -> list[dict[str, object]]:
    """What a reporter traded: `H5_1=10` is ten dollars of code 1 of HS 2017."""
    return [
        {
            "observation_code": reporter,
            "lower_revision": "H5",
            "upper_revision": "H6",
            "hs_revision": name[:2],
            "product_code": name[3:],
            "value_usd": value,
        }
        for name, value in values.items()
    ]


SPLIT = links("H5:1>H6:2", "H5:1>H6:3", "H6:2>H5:1", "H6:3>H5:1", "H5:7>H6:7", "H6:7>H5:7")


def estimate(observed: list[dict[str, object]]) -> dict[tuple[str, str], float]:
    counted = SPLIT.groupby(["from_revision", "from_code"])["to_code"].transform("size")
    found = estimated.estimate(SPLIT.assign(assumed_weight=1 / counted), families(SPLIT), pd.DataFrame(observed))
    return {(row.from_code, row.to_code): row.weight for row in found.itertuples()}


def test_weights_follow_the_reporters_and_not_their_size_or_growth() -> None:
    small = [*seen("A", H5_1=10, H6_2=8, H6_3=2), *seen("B", H5_1=10, H6_2=7, H6_3=3)]
    weights = estimate([*small, *seen("C", H5_1=10, H6_2=6, H6_3=4)])
    assert weights == estimate([*small, *seen("C", H5_1=1e9, H6_2=12e9, H6_3=8e9)])
    assert weights[("1", "2")] == pytest.approx(0.7, abs=0.001)
    assert set(weights) == {("1", "2"), ("1", "3")}, "what has one counterpart needs no estimate"


def test_the_order_of_records_does_not_reach_the_weights() -> None:
    rng = np.random.default_rng(1)
    observed = [row for name in "ABCDEF" for row in seen(name, H5_1=1, H6_2=rng.random(), H6_3=rng.random())]
    assert estimate(observed) == estimate(observed[::-1])


def test_nothing_goes_where_nobody_trades() -> None:
    observed = [row for name in "ABC" for row in seen(name, H5_1=10, H6_2=8)]
    assert estimate(observed) == {("1", "2"): 1.0}


def test_two_reporters_are_too_few_and_one_side_alone_is_no_observation() -> None:
    assert estimate([*seen("A", H5_1=10, H6_2=8, H6_3=2), *seen("B", H5_1=10, H6_2=7), *seen("C", H5_1=9)]) == {}


def test_nothing_observed_is_no_weight_but_the_columns_are_there() -> None:
    none = pd.DataFrame(seen("A", H5_1=1)).iloc[:0]
    found = estimated.estimate(SPLIT.assign(assumed_weight=0.5), families(SPLIT), none)
    assert list(found.columns) == estimated.COLUMNS
    assert found.empty


def test_repeated_pairs_would_be_seen() -> None:
    table = pairs()
    counted = Counter(zip(table["from_revision"], table["from_code"], table["to_code"], strict=True))
    assert max(counted.values()) == 1
