"""The Python models complexity_score and overlap_score on invented figures: who is in the matrix, and what shares have
in common against plain decimal arithmetic.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from random import Random

import duckdb
import pandas as pd
import pytest

from tests.marts import MODELS, python_model

FOLDER = MODELS / "marts" / "workings" / "indicator"
overlap_score = python_model(FOLDER / "overlap_score.py")
complexity_score = python_model(FOLDER / "complexity_score.py")
PLACES = Decimal("1e-18")


def relation(frame: pd.DataFrame, con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    con.register("given", frame)
    return con.sql("from given")


def shares(seed: int, areas: int = 6, products: int = 30) -> pd.DataFrame:
    """Shares of a year: some products untraded, some of no value, and what is not allocated without a share."""
    rng = Random(seed)
    rows = []
    for area, flow in product((f"A{number}" for number in range(areas)), "XM"):
        values = {f"H5:{number:06}": rng.choice([0, rng.random()]) for number in range(products) if rng.random() < 0.6}
        total = sum(values.values())
        rows += [(area, flow, key, value / total, True) for key, value in values.items()]
        rows.append((area, flow, "unallocated", None, False))
    frame = pd.DataFrame(rows, columns=["reporter_code", "flow_code", "product_key", "product_share", "is_allocated"])
    return frame.assign(source_code="s", period_code="2021")


def in_common(frame: pd.DataFrame) -> dict[tuple[str, str, str], tuple[float, int]]:
    """The same by decimals of 18 places: {(reporter, partner, flow of the partner): (overlap, products)}."""
    share: dict[tuple[str, str], dict[str, Decimal]] = {}
    for row in frame[frame.is_allocated].itertuples():
        rounded = Decimal(row.product_share * 1e18).quantize(Decimal(1), ROUND_HALF_UP) * PLACES
        share.setdefault((row.reporter_code, row.flow_code), {})[row.product_key] = rounded
    found = {}
    for (mine, flow), (other, other_flow) in product(share, share):
        both = share[mine, flow].keys() & share[other, other_flow].keys()
        if flow == "X" and mine != other and both:
            overlap = sum((min(share[mine, flow][key], share[other, other_flow][key]) for key in both), Decimal(0))
            found[mine, other, other_flow] = (float(overlap), len(both))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_overlaps_are_those_of_decimal_arithmetic_in_any_order_of_rows(seed: int) -> None:
    frame = shares(seed)
    with duckdb.connect() as con:
        for order in (frame, frame.sample(frac=1, random_state=seed)):
            made = overlap_score.overlaps(relation(order, con))
            ours = {
                (row.reporter_code, row.partner_code, row.partner_flow_code): (row.overlap, row.n_common)
                for row in made.itertuples()
            }
            assert ours == in_common(frame)
            assert list(made.columns) == overlap_score.COLUMNS


def test_half_the_sum_of_differences_is_what_shares_do_not_have_in_common() -> None:
    exports, imports = {"a": 0.5, "b": 0.5}, {"a": 0.25, "b": 0.75}
    rows = [("AAA", "X", key, share) for key, share in exports.items()]
    rows += [("BBB", "M", key, share) for key, share in imports.items()]
    frame = pd.DataFrame(rows, columns=["reporter_code", "flow_code", "product_key", "product_share"])
    with duckdb.connect() as con:
        given = relation(frame.assign(source_code="s", period_code="2021", is_allocated=True), con)
        made = overlap_score.overlaps(given).to_dict("records")
    assert [(row["reporter_code"], row["partner_code"], row["overlap"]) for row in made] == [("AAA", "BBB", 0.75)]


def test_years_and_sources_do_not_meet_and_nothing_makes_nothing() -> None:
    frame = shares(1)
    later = frame.assign(period_code="2022", product_key="H5:999998", product_share=1.0).drop_duplicates(
        ["reporter_code", "flow_code"]
    )
    with duckdb.connect() as con:
        made = overlap_score.overlaps(relation(pd.concat([frame, later]), con))
        assert overlap_score.overlaps(relation(frame[~frame.is_allocated], con)).empty
    of_later = made[made.period_code == "2022"]
    assert set(of_later.overlap) == {1.0}
    assert len(of_later) == 2 * 6 * 5
    assert len(made) - len(of_later) == len(in_common(frame))


def test_tiny_exporters_are_not_in_the_matrix() -> None:
    rows = [
        ("AAA", "H5:010101", "subheading", 500_000, True, None),
        ("BBB", "H5:010101", "subheading", 499_990, False, None),
        ("CCC", "H5:010101", "subheading", 10, True, None),
        ("DDD", "HS:01", "chapter", 10, True, None),
        ("EEE", "H5:010101", "subheading", 900_000, None, "selected_products"),
    ]
    names = ["reporter_code", "product_key", "product_level", "exports_usd", "has_advantage", "null_reason"]
    with duckdb.connect() as con:
        given = relation(pd.DataFrame(rows, columns=names).assign(source_code="s", period_code="2021"), con)
        assert complexity_score.advantage_of(given).reporter_code.tolist() == ["AAA"]
        scores = complexity_score.scores(given)
    assert scores[["side", "code", "degree", "n_economies"]].to_numpy().tolist() == [
        ["economy", "AAA", 1, 1],
        ["product", "H5:010101", 1, 1],
    ]
    assert scores.score.isna().all()
