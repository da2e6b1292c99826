"""Indices of the structure of trade on invented worlds: an oracle, what must hold for any figures, missing reports.

Worked examples: test_index_examples and the dbt unit tests beside the models. The demo's world: test_index_truth.
"""

from __future__ import annotations

from random import Random

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.marts import MODELS, Cell, Compiled, python_model

AREAS = [f"A{number:02}" for number in range(12)]
PRODUCTS = [f"H5:{chapter:02}{number:02}10" for chapter in range(1, 7) for number in range(1, 5)]
complexity = python_model(MODELS / "marts" / "workings" / "indicator" / "complexity_score.py").complexity
few = settings(max_examples=4, deadline=None, derandomize=True, phases=[Phase.generate])


def world(seed: int, scale: float = 1.0, source: str = "reconciled") -> list[Cell]:
    """A reconciled source: who sells what to whom, in thousands of dollars and more."""
    rng = Random(seed)
    bent = {(area, product): rng.lognormvariate(0, 2) for area in AREAS for product in PRODUCTS}
    return [
        Cell(i, j, "X", product, round(1e6 * bent[i, product] * rng.lognormvariate(0, 1)) * scale, source=source)
        for i in AREAS
        for j in AREAS
        for product in PRODUCTS
        if i != j and rng.random() < 0.3
    ]


def values(con: duckdb.DuckDBPyConnection, where: str = "true") -> dict[tuple[str, ...], float | None]:
    rows = con.execute(
        "select indicator_code, reporter_code, partner_code, flow_code, product_key, period_code, value "
        f"from marts.indicator where {where}"
    ).fetchall()
    return {row[:-1]: row[-1] for row in rows}


def test_rca_eci_and_pci_equal_the_ecomplexity_package(compiled: Compiled) -> None:
    from ecomplexity import ecomplexity  # it reads scikit-learn, for which every worker would wait as it collects

    con = compiled.run(world(1))
    exports = con.execute(
        "select 2021 as t, reporter_code as c, product_key as p, sum(value_usd)::double as v "
        "from core.fct_trade group by all"
    ).df()
    names = {"time": "t", "loc": "c", "prod": "p", "val": "v"}
    oracle = ecomplexity(exports, names, verbose=False, check_logsupermodularity=False)
    ours = con.execute("select reporter_code as c, product_key as p, rca from marts.product_indicator").df()
    both = oracle.merge(ours, on=["c", "p"], how="left", suffixes=("", "_ours"))
    assert len(both) == len(AREAS) * len(PRODUCTS)
    np.testing.assert_allclose(both["rca_ours"].fillna(0), both["rca"], rtol=1e-12)
    eci = pd.Series({key[1]: value for key, value in values(con, "indicator_code = 'eci'").items()})
    diversity = pd.Series({key[1]: value for key, value in values(con, "indicator_code = 'diversity'").items()})
    pci = con.execute("select product_key, pci, ubiquity from marts.product_complexity").df().set_index("product_key")
    by_area, by_product = oracle.groupby("c"), oracle.groupby("p")
    for one, other in [
        (eci, by_area["eci"].first()),
        (diversity, by_area["diversity"].first()),
        (pci["pci"], by_product["pci"].first()),
        (pci["ubiquity"], by_product["ubiquity"].first()),
    ]:
        np.testing.assert_allclose(one.sort_index(), other[other.index.isin(one.index)], rtol=1e-9, atol=1e-9)


@few
@given(st.integers(0, 1000), st.sampled_from([1000.0, 1e-2]))
def test_bounds_hold_and_neither_scale_nor_order_matters(compiled: Compiled, seed: int, scale: float) -> None:
    cells = world(seed)
    con = compiled.run(cells)
    outside = con.execute(
        "select * from marts.indicator join core.dim_indicator using (indicator_code) "
        "where value < lower_bound - 1e-12 or value > upper_bound + 1e-12 or (value is null) = (null_reason is null)"
    ).fetchall()
    assert outside == []
    n = len(AREAS) - 1
    least = con.execute("select min(value) from marts.indicator where indicator_code = 'hhi_partners'").fetchone()
    assert least is not None
    assert least[0] >= 1 / n - 1e-12
    other = world(seed, scale)
    Random(seed).shuffle(other)
    before, after = values(con), values(compiled.run(other))
    assert before.keys() == after.keys()
    known = [key for key, value in before.items() if value is not None]
    assert len(known) > 800
    np.testing.assert_allclose([before[key] for key in known], [after[key] for key in known], rtol=1e-8, atol=1e-9)


def test_every_index_that_is_defined_is_computed(compiled: Compiled) -> None:
    con = compiled.run(world(2))
    assert (
        con.execute(
            "select indicator_code, universe from core.dim_indicator "
            "except select indicator_code, universe from marts.indicator"
        ).fetchall()
        == []
    )
    assert con.execute("select count(*) from marts.indicator where universe is null").fetchone() == (0,)


def test_identities_hold(compiled: Compiled) -> None:
    con = compiled.run(world(2))
    assert con.execute(
        """
        select count(*) from marts.indicator as one join marts.indicator as other
            on other.indicator_code = 'export_similarity' and one.reporter_code = other.partner_code
            and one.partner_code = other.reporter_code
        where one.indicator_code = 'export_similarity' and abs(one.value - other.value) > 1e-12
        """
    ).fetchone() == (0,)
    sums = con.execute(
        """
        select
            max(abs(weighted - 1)), max(abs(shares - 100))
        from
            (
                select product_key, sum(rca * total / world) as weighted
                from marts.product_indicator
                join (select reporter_code, sum(exports_usd) as total from marts.product_indicator group by 1)
                    using (reporter_code)
                cross join (select sum(exports_usd) as world from marts.product_indicator)
                group by 1
            )
        cross join (
            select sum(share_of_exports_pct) as shares from marts.product_indicator group by reporter_code limit 1
        )
        """
    ).fetchone()
    assert sums is not None
    assert max(sums) < 1e-9, "RCA weighted by size is 1 in every product; shares add up"
    share = {
        row[:3]: row[3]
        for row in con.execute(
            "select reporter_code, flow_code, product_key, product_share from intermediate.yearly_product"
        ).fetchall()
    }
    for (_, i, j, *_), value in values(con, "indicator_code = 'complementarity'").items():
        gap = sum(abs(share.get((i, "X", k), 0) - share.get((j, "M", k), 0)) for k in PRODUCTS)
        assert value == pytest.approx(1 - gap / 2, abs=1e-12), "as Michaely wrote it"


def reported() -> list[Cell]:
    """The same trade as every economy reports it, in 2020 and 2021; A00 stops after 2020."""
    exports = world(3, source="s")
    both = exports + [cell._replace(reporter=cell.partner, partner=cell.reporter, flow="M") for cell in exports]
    return [
        cell._replace(year=year)
        for year in (2020, 2021)
        for cell in both
        if not (year == 2021 and cell.reporter == "A00")
    ]


def test_a_reporter_that_stops_has_null_and_is_counted_and_never_zero(compiled: Compiled) -> None:
    con = compiled.run(reported())
    stopped = values(con, "reporter_code = 'A00' and period_code = '2021'")
    was = values(con, "reporter_code = 'A00' and period_code = '2020'")
    assert {key[:5] for key in stopped} == {key[:5] for key in was}, "every index it had is asked for again"
    assert set(stopped.values()) == {None}
    reasons = con.execute(
        "select distinct null_reason from marts.indicator where reporter_code = 'A00' and period_code = '2021'"
    ).fetchall()
    assert reasons == [("not_reported",)]
    counted = con.execute(
        "select distinct period_code, n_observed, n_missing from marts.indicator "
        "where indicator_code in ('rca', 'eci', 'trade_intensity') and reporter_code = 'A01' order by all"
    ).fetchall()
    assert counted == [("2020", 12, 0), ("2021", 11, 1)]
    to_missing = values(con, "partner_code = 'A00' and period_code = '2021' and indicator_code <> 'hhi_partners'")
    assert to_missing
    assert set(to_missing.values()) == {None}, "nothing is known of its imports, nor of its exports"


def test_a_partial_report_is_no_part_of_the_world(compiled: Compiled) -> None:
    cells = reported()
    whole = values(compiled.run(cells), "indicator_code = 'rca' and period_code = '2021'")
    few_partners = [
        cell._replace(year=2021) for cell in cells if cell.reporter == "A00" and cell.partner in ("A01", "A02")
    ]
    con = compiled.run(cells + few_partners, absent=[("A00", "X", 2021), ("A00", "M", 2021)])
    partly = values(con, "indicator_code = 'rca' and period_code = '2021'")
    assert {key: value for key, value in partly.items() if key[1] != "A00"} == {
        key: value for key, value in whole.items() if key[1] != "A00"
    }
    assert {value for key, value in partly.items() if key[1] == "A00"} == {None}


matrices = st.integers(0, 10_000).map(lambda seed: np.random.default_rng(seed).random((14, 30)) < 0.35)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(matrices)
def test_complexity_does_not_depend_on_order_and_is_the_mean_of_its_products(matrix: np.ndarray) -> None:
    economies, products = complexity(matrix)
    rows, columns = np.random.default_rng(0).permutation(14), np.random.default_rng(1).permutation(30)
    again, products_again = complexity(matrix[rows][:, columns])
    np.testing.assert_allclose(again, economies[rows], atol=1e-8)
    np.testing.assert_allclose(products_again, products[columns], atol=1e-8)
    known = np.flatnonzero(~np.isnan(economies))
    assert abs(economies[known].mean()) < 1e-9
    assert economies[known].std() == pytest.approx(1)
    assert np.corrcoef(economies[known], matrix[known].sum(axis=1))[0, 1] >= -1e-9
    for row in known:
        assert products[matrix[row]].mean() == pytest.approx(economies[row], abs=1e-8)


def test_what_does_not_hang_together_has_no_score() -> None:
    matrix = np.zeros((6, 6), dtype=bool)
    matrix[:4, :4] = np.triu(np.ones((4, 4), dtype=bool))
    matrix[4:, 4:] = True
    economies, products = complexity(matrix)
    assert not np.isnan(economies[:4]).any()
    assert np.isnan(economies[4:]).all()
    assert np.isnan(products[4:]).all()
    assert np.isnan(complexity(np.ones((5, 5), dtype=bool))[0]).all(), "all alike: no order"
    assert np.isnan(complexity(np.eye(5, dtype=bool))[0]).all(), "nothing in common: no order"
