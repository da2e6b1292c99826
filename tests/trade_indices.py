"""Indices of a year's trade as their authors define them, computed a second time and otherwise than the models do.

`Trade` has one row per reporter, flow (X, M), partner and product: `usd`; `is_economy` says whether the partner is
another economy, `is_product` whether the code is a product; `kg` is only needed for prices. Every reporter of it is
whole. An index is told by its code, reporter, partner, flow and product, as in marts.indicator.
"""

from __future__ import annotations

from itertools import permutations
from typing import NamedTuple

import numpy as np
import pandas as pd

Trade = pd.DataFrame
Indices = dict[tuple[str, str, str, str, str], float]
MIN_REPORTERS = 10


class Universe(NamedTuple):
    """What there is, whatever is loaded: economies of the year, and codes of the HS revision, counts."""

    economies: int
    products: int


def indices(trade: Trade, gdp_usd: dict[str, float], universe: Universe) -> Indices:
    """Every index that is known of a year; those relative to a world only where ten economies are one."""
    found = concentration(trade, universe) | intra_industry(trade) | openness(trade, gdp_usd) | overlap(trade)
    if trade["reporter"].nunique() >= MIN_REPORTERS:
        found |= intensity(trade) | advantage(trade) | complexity(trade)
    return found


def concentration(trade: Trade, universe: Universe) -> Indices:
    """Over partners, all economies but the reporter, and over products, all there are: what is not traded is zero."""
    found: Indices = {}
    for (reporter, flow), report in trade.groupby(["reporter", "flow"]):
        sums = {
            "partners": (report[report["is_economy"]].groupby("partner")["usd"].sum(), universe.economies - 1),
            "products": (report[report["is_product"]].groupby("product")["usd"].sum(), universe.products),
        }
        for over, (values, n) in sums.items():
            for code, value in spread(np.pad(values.to_numpy(dtype=float), (0, n - len(values)))).items():
                found[f"{code}_{over}", reporter, "WLD", flow, "TOTAL"] = value
    return found


def spread(x: np.ndarray) -> dict[str, float]:
    """Concentration of values, zeros among them: Theil's as the mean of x/mu ln x/mu, 0 ln 0 being 0."""
    n, active = len(x), x[x > 0]
    hhi = float(((x / x.sum()) ** 2).sum())
    relative, own = active / x.mean(), active / active.mean()
    return {
        "hhi": hhi,
        "hhi_normalised": (n * hhi - 1) / (n - 1),
        "concentration_unctad": (np.sqrt(n * hhi) - 1) / (np.sqrt(n) - 1),
        "hhi_equivalent": 1 / hhi,
        "theil": float((relative * np.log(relative)).sum()) / n,
        "theil_intensive": float((own * np.log(own)).mean()),
        "theil_extensive": float(np.log(n / len(active))),
    }


def shares(trade: Trade, flow: str) -> pd.DataFrame:
    """Share of each product in what a reporter trades in products, by reporter."""
    table = trade[(trade["flow"] == flow) & trade["is_product"]].pivot_table(
        index="product", columns="reporter", values="usd", aggfunc="sum", fill_value=0
    )
    return table / table.sum()


def intra_industry(trade: Trade) -> Indices:
    """Grubel and Lloyd (1975): twice the lesser of exports and imports of each product, over both."""
    sides = trade[trade["is_product"]].pivot_table(
        index=["reporter", "product"], columns="flow", values="usd", aggfunc="sum", fill_value=0
    )
    both = 2 * sides[["X", "M"]].min(axis=1).groupby("reporter").sum() / sides.sum(axis=1).groupby("reporter").sum()
    return {("grubel_lloyd", reporter, "WLD", "T", "TOTAL"): value for reporter, value in both.items()}


def openness(trade: Trade, gdp_usd: dict[str, float]) -> Indices:
    """Exports and imports over the product."""
    turnover = trade.groupby("reporter")["usd"].sum()
    return {
        ("openness", reporter, "WLD", "T", "TOTAL"): value / gdp_usd[reporter]
        for reporter, value in turnover.items()
        if reporter in gdp_usd
    }


def overlap(trade: Trade) -> Indices:
    """Michaely (1996), and Finger and Kreinin (1979) by the differences of shares: 1 - 1/2 sum |a - b|."""
    found: Indices = {}
    mine = shares(trade, "X")
    for code, flow in (("complementarity", "M"), ("export_similarity", "X")):
        theirs = shares(trade, flow)
        for one, other in permutations(mine.columns, 2):
            apart = mine[one].sub(theirs[other], fill_value=0).abs().sum()
            found[code, one, other, "X", "TOTAL"] = 1 - apart / 2
    return found


def intensity(trade: Trade) -> Indices:
    """Kojima (1964): what a partner takes of the exports, over what it takes of all others' imports; nothing of either
    is what comes back to its own economy.
    """
    trade = trade[trade["reporter"] != trade["partner"]]
    exports = trade[trade["flow"] == "X"].groupby(["reporter", "partner"])["usd"].sum()
    imports = trade[trade["flow"] == "M"].groupby("reporter")["usd"].sum()
    found: Indices = {}
    for one, other in permutations(sorted(trade["reporter"].unique()), 2):
        part = exports.get((one, other), 0) / exports[one].sum()
        found["trade_intensity", one, other, "X", "TOTAL"] = part / (imports[other] / imports.drop(one).sum())
    return found


def advantage(trade: Trade) -> Indices:
    """Balassa (1965), by chapter, for the chapters an economy exports; RSCA from it."""
    sold = trade[(trade["flow"] == "X") & trade["is_product"]]
    by = sold.groupby(["reporter", sold["product"].str[:2]])["usd"].sum()
    rca = (by / by.groupby(level=0).sum()).div(by.groupby(level=1).sum() / by.sum(), level=1)
    found: Indices = {}
    for (reporter, chapter), value in rca.items():
        found["rca", reporter, "WLD", "X", f"HS:{chapter}"] = value
        found["rsca", reporter, "WLD", "X", f"HS:{chapter}"] = (value - 1) / (value + 1)
    return found


def complexity(trade: Trade) -> Indices:
    """Of economies, by the package of the Growth Lab."""
    from ecomplexity import ecomplexity  # it reads scikit-learn, for which every worker would wait as it collects

    sold = trade[(trade["flow"] == "X") & trade["is_product"]].groupby(["reporter", "product"])["usd"].sum()
    table = sold.reset_index().assign(year=0)
    names = {"time": "year", "loc": "reporter", "prod": "product", "val": "usd"}
    oracle = ecomplexity(table, names, verbose=False, check_logsupermodularity=False).groupby("reporter").first()
    return {
        (code, reporter, "WLD", "X", "TOTAL"): float(value)
        for code in ("eci", "diversity")
        for reporter, value in oracle[code].items()
    }


def margins(trade: Trade) -> dict[tuple[str, str], tuple[float, float]]:
    """Breadth and depth by reporter and flow: the world is all reports together, all markets together."""
    found = {}
    for flow, side in trade[trade["is_product"]].groupby("flow"):
        world = side.groupby("product")["usd"].sum()
        for reporter, report in side.groupby("reporter"):
            common = world[report["product"].unique()].sum()
            found[str(reporter), str(flow)] = (common / world.sum(), report["usd"].sum() / common)
    return found


def hummels_klenow(trade: Trade) -> dict[str, tuple[float, float]]:
    """Extensive and intensive margin of exports (2005, equations 2 to 5), market by market against the others there."""
    sold = trade[(trade["flow"] == "X") & trade["is_product"] & trade["is_economy"]]
    found = {}
    for reporter in sold["reporter"].unique():
        own = sold[sold["reporter"] == reporter].groupby(["partner", "product"])["usd"].sum()
        rest = sold[(sold["reporter"] != reporter) & (sold["partner"] != reporter)]
        others = rest.groupby(["partner", "product"])["usd"].sum()
        logs, weights = [], []
        for market, goods in own.groupby(level=0):
            there = others[market] if market in others else pd.Series(dtype=float)
            common = there[there.index.isin(goods.index.get_level_values(1))].sum()
            if not common:
                continue
            share, theirs = goods.sum() / own.sum(), there.sum() / others.sum()
            weights.append(share if np.isclose(share, theirs) else (share - theirs) / np.log(share / theirs))
            logs.append((np.log(common / there.sum()), np.log(goods.sum() / common)))
        if logs:
            extensive, intensive = np.exp(np.average(logs, axis=0, weights=weights))
            found[str(reporter)] = (float(extensive), float(intensive))
    return found


def constant_shares(before: Trade, now: Trade) -> pd.DataFrame:
    """Leamer and Stern (1970), by chapter and partner: the four effects of each reporter's exports, in US dollars."""
    first, last = (
        trade[(trade["flow"] == "X") & trade["is_product"]]
        .assign(chapter=trade["product"].str[:2])
        .groupby(["reporter", "chapter", "partner"])["usd"]
        .sum()
        for trade in (before, now)
    )
    cells = pd.DataFrame({"before": first, "now": last}).fillna(0).reset_index()
    world = cells["now"].sum() / cells["before"].sum()
    for name, keys in (("product", ["chapter"]), ("market", ["chapter", "partner"])):
        sums = cells.groupby(keys)[["before", "now"]].transform("sum")
        cells[name] = sums["now"] / sums["before"]
    parts = pd.DataFrame(
        {
            "world": cells["before"] * (world - 1),
            "products": cells["before"] * (cells["product"] - world),
            "markets": cells["before"] * (cells["market"] - cells["product"]),
            "competitiveness": cells["now"] - cells["before"] * cells["market"],
        }
    )
    return parts.groupby(cells["reporter"]).sum()


def fisher(before: Trade, now: Trade) -> dict[str, tuple[float, float, float]]:
    """Prices of exports by Laspeyres, Paasche and Fisher, over cells with a quantity that fits in both years."""
    first, last = (fitting(trade[(trade["flow"] == "X") & trade["is_product"]]) for trade in (before, now))
    both = first.merge(last, on=["reporter", "partner", "product"], suffixes=("_0", "_1"))
    price_0, price_1 = both["usd_0"] / both["kg_0"], both["usd_1"] / both["kg_1"]
    both = both.assign(old=price_1 * both["kg_0"], new=price_0 * both["kg_1"])
    sums = both.groupby("reporter")[["usd_0", "usd_1", "old", "new"]].sum()
    laspeyres, paasche = sums["old"] / sums["usd_0"], sums["usd_1"] / sums["new"]
    return {str(name): (laspeyres[name], paasche[name], (laspeyres * paasche)[name] ** 0.5) for name in sums.index}


def fitting(sold: Trade) -> Trade:
    """Cells whose unit value is no outlier: within 3.5 robust deviations of its product, where ten cells have one."""
    cells = sold.groupby(["reporter", "partner", "product"])[["usd", "kg"]].sum(min_count=1).dropna().reset_index()
    log = np.log(cells["usd"] / cells["kg"])
    by = log.groupby(cells["product"])
    distance = (log - by.transform("median")).abs()
    spread_of = 1.4826 * distance.groupby(cells["product"]).transform("median")
    return cells[(distance <= 3.5 * spread_of) | (by.transform("size") < 10)]
