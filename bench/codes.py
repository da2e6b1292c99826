"""The real code lists the invented trade is spread over: economies by their codes, HS 1992 products by theirs."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]

LARGEST = ("CHN", "USA", "DEU", "JPN", "NLD", "KOR", "ITA", "FRA", "GBR", "HKG", "MEX", "IND", "RUS", "BEL", "CAN")
"""Economies that trade most in the invented world; who follows is shuffled."""
SEED = 20261126


@dataclass(frozen=True)
class Economies:
    """Economies of today, in the order of their BACI code; `weights` sum to one."""

    iso3: tuple[str, ...]
    baci: NDArray[np.int64]
    comtrade: NDArray[np.int64]
    weights: NDArray[np.float64]


@dataclass(frozen=True)
class Products:
    """HS 1992 products of six digits in their order; `usd_per_kg` is the invented price of each."""

    codes: tuple[str, ...]
    weights: NDArray[np.float64]
    usd_per_kg: NDArray[np.float64]


def _rows(path: str) -> Iterator[dict[str, str]]:
    with (ROOT / path).open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _zipf(order: NDArray[np.int64], exponent: float) -> NDArray[np.float64]:
    """Weights that fall with the place of each in `order`."""
    weights = np.empty(len(order))
    weights[order] = np.arange(1, len(order) + 1) ** -exponent
    weights /= weights.sum()
    return weights


@cache
def economies() -> Economies:
    """Economies that exist today and have a code in both BACI and UN Comtrade; of several codes the highest."""
    today = {
        row["area_code"]
        for row in _rows("dbt_project/seeds/area.csv")
        if row["area_kind"] == "economy" and not row["valid_to"]
    }
    codes: dict[str, dict[str, int]] = {"baci": {}, "comtrade": {}}
    for row in _rows("dbt_project/seeds/area_code.csv"):
        if row["code_system"] in codes and row["area_code"] in today and not row["valid_to"]:
            of = codes[row["code_system"]]
            of[row["area_code"]] = max(of.get(row["area_code"], 0), int(row["code"]))
    both = sorted(codes["baci"].keys() & codes["comtrade"].keys(), key=lambda area: codes["baci"][area])
    rest = [area for area in both if area not in LARGEST]
    shuffled = np.random.Generator(np.random.PCG64(SEED)).permutation(len(rest))
    order = [both.index(area) for area in (*LARGEST, *(rest[place] for place in shuffled))]
    return Economies(
        iso3=tuple(both),
        baci=np.array([codes["baci"][area] for area in both]),
        comtrade=np.array([codes["comtrade"][area] for area in both]),
        weights=_zipf(np.array(order), 0.9),
    )


@cache
def products() -> Products:
    """The products of HS 1992, from the correlation table that ships with the project."""
    pairs = _rows("warehouse/bundled/hs_correlation/pair.csv")
    codes = sorted({row["to_code"] for row in pairs if row["to_revision"] == "H0"})
    draw = np.random.Generator(np.random.PCG64(SEED + 1))
    return Products(
        codes=tuple(codes),
        weights=_zipf(draw.permutation(len(codes)), 0.6),
        usd_per_kg=np.exp(6 * draw.random(len(codes)) - 1),
    )
