"""Invented trade of a year: which cells there are, their values and weights. Synthetic; it measures, it says nothing.

Sparsity and skew are plausible, not fitted to a publisher. The same year, size and seed give the same cells on every
machine. Most cells of a year come again in the next: each cell has a lasting inclination, and every year some noise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.codes import economies, products

NO_QUANTITY = 0.06
"""Share of cells without a quantity, as in BACI."""
SPREAD = 1.0
"""Of the logarithm of a value about what its pair and product suggest, in units of a logistic draw: finite mean."""
LARGEST_USD = 1e11
"""No cell is worth more: about the largest there has been, so that the gate lets the invented world pass."""


@dataclass(frozen=True)
class Cells:
    """Cells of one exporter, ordered by importer and product: positions in the code lists, USD, kg (NaN: unknown)."""

    exporter: int
    importer: NDArray[np.int64]
    product: NDArray[np.int64]
    value_usd: NDArray[np.float64]
    net_weight_kg: NDArray[np.float64]


def _uniform(*key: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))


def shares(total: int, weights: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """Split `total` by `weights` into whole numbers of at most `most` each; what does not fit goes to the others."""
    if total > most * len(weights):
        raise ValueError(f"{total:,} rows are more than the {most * len(weights):,} cells there can be in a year")
    counts = np.zeros(len(weights), dtype=np.int64)
    while (left := total - int(counts.sum())) > 0:
        free = np.flatnonzero(counts < most)
        part = weights[free] / weights[free].sum() * left
        counts[free] += np.minimum(np.floor(part).astype(np.int64), most - counts[free])
        still = total - int(counts.sum())
        if still == left:  # nothing whole to hand out any more: one each to the largest remainders
            counts[free[np.argsort(-part, kind="stable")[:left]]] += 1
    return counts


def year(year_number: int, rows: int, seed: int = 1) -> Iterator[Cells]:
    """Exactly `rows` cells of a year, exporter by exporter in the order of their codes.

    A small world trades only the heaviest products, at least one for every 200 rows. Raises ValueError where there are
    not as many pairs and products.
    """
    areas, goods = economies(), products()
    traded = np.sort(np.argsort(-goods.weights, kind="stable")[: max(100, rows // 200)])
    n_areas, n_goods = len(areas.iso3), len(traded)
    counts = shares(rows, areas.weights**0.8, (n_areas - 1) * n_goods)
    ease = np.outer(areas.weights**0.8, goods.weights[traded])  # of an importer and a product to be traded at all
    for exporter in np.flatnonzero(counts):
        lasting, passing = _uniform(seed, 0, int(exporter)), _uniform(seed, year_number, int(exporter))
        # Efraimidis and Spirakis (2006): the smallest of exponential draws over weights are a weighted sample.
        draw = -np.log1p(-lasting.random((n_areas, n_goods))) * (1 + 0.3 * passing.random((n_areas, n_goods))) / ease
        draw[exporter] = np.inf
        count = int(counts[exporter])
        chosen = np.sort(np.argpartition(draw, count - 1, axis=None)[:count])
        importer, place = np.divmod(chosen, n_goods)
        product = traded[place]
        level = 0.8 * _logit(lasting.random((n_areas, n_goods)).flat[chosen]) + 0.2 * _logit(passing.random(count))
        size = np.sqrt(areas.weights[exporter] * areas.weights[importer]) * goods.weights[product]
        value_usd = np.clip(np.round(3e10 * size * np.exp(SPREAD * level)), 1.0, LARGEST_USD)
        price = goods.usd_per_kg[product] * np.exp(0.6 * _logit(passing.random(count)))
        weight = np.maximum(1.0, np.round(value_usd / price))
        weight[passing.random(count) < NO_QUANTITY] = np.nan
        yield Cells(int(exporter), importer, product, value_usd, weight)


def _logit(draw: NDArray[np.float64]) -> NDArray[np.float64]:
    clipped = np.clip(draw, 1e-9, 1 - 1e-9)
    return np.log(clipped / (1 - clipped))
