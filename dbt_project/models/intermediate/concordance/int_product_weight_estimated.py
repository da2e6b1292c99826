"""Split weights between neighbouring HS revisions, estimated from reporters that switched from one to the other.

Lukaszuk and Torun (2022, "Harmonizing the Harmonized System", SEPS discussion paper 2022-12). Within a family of codes
let v0[i, k] be the share of source code k in what observation i (a reporter and flow) traded of the family on one side
of its switch, and v1[i, s] the share of target code s on the other side. The weights minimise

    sum over i, s of (v1[i, s] - sum over k of v0[i, k] * w[k, s])^2        w >= 0,  sum over s of w[k, s] = 1

The trade of few reporters does not determine the weights of many codes, and trade changes for other reasons than new
codes, so a pull to the assumed split p is added: n * sum over k of pull[k] * |w[k, :] - p[k, :]|^2, n being the number
of observations. It makes the minimum unique and, like the rest, does not change when observations are repeated,
reordered, or scaled. A code that kept its number is taken to have kept most of its goods (KEPT), a code that is gone
tells nothing (GONE). Simulated on the family of 2,258 codes between 2017 and 2022, 60 observations, trade changing by
15 (40) %: 2.9 (3.7) % of the value lands on a wrong code, 3.1 (6.1) % without the pull, 4.0 % by the assumed split.
Cost: nothing without switches; 10 CPU s for 250 observations of all codes between two revisions, both directions.
Reason for size: a Python model of dbt is one file, and half of it is text.
"""

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

GONE, KEPT = 1e-6, 1e-2  # pull per observation, as if it traded this part of the family in the code and by p
MIN_OBSERVATIONS = 3  # a code seen in fewer keeps its assumed split
MAX_STEPS, TOLERANCE = 3000, 1e-9
COLUMNS = ["from_revision", "from_code", "to_revision", "to_code", "weight", "n_observations"]


def split_weights(source, target, rows, columns, assumed, pull):
    """Weights of the links (rows[l] -> columns[l]) of one family.

    source: shares by observation and source code, none of them all zero; target: shares by observation and target
    code; assumed: the split to fall back on, one number per link; pull: how strongly, one number per source code.
    Every row of the answer sums to one. Solved by accelerated projected gradients, restarted where momentum points
    uphill (Beck and Teboulle 2009; O'Donoghue and Candes 2015), each code with a step of its own.
    """
    order = np.lexsort((columns, rows))
    if not np.array_equal(order, np.arange(len(rows))):
        solved = np.empty(len(rows))
        solved[order] = split_weights(source, target, rows[order], columns[order], assumed[order], pull)
        return solved
    seats, taken = _seats(rows, source.shape[1])
    spent = (source**2).sum(axis=0)
    pulled = (pull * len(source) / spent)[rows]
    step = 1.0 / (np.linalg.norm(source / np.sqrt(spent), 2) ** 2 + pulled)
    here = ahead = assumed.astype(float)
    speed = 1.0
    for _ in range(MAX_STEPS):
        flow = csr_array((ahead, (rows, columns)), shape=(source.shape[1], target.shape[1]))
        missed = source @ flow - target
        slope = np.einsum("il,il->l", source[:, rows], missed[:, columns]) / spent[rows] + pulled * (ahead - assumed)
        there = _on_simplex(ahead - step * slope, seats, taken)
        if np.dot(ahead - there, there - here) > 0:
            speed = 1.0
        faster = (1 + np.sqrt(1 + 4 * speed**2)) / 2
        ahead = there + (speed - 1) / faster * (there - here)
        moved, here, speed = np.abs(there - here).max(), there, faster
        if moved < TOLERANCE:
            break
    return here


def _seats(rows, n_rows):
    """Positions of each row's links side by side, and which of them are taken; `rows` is sorted."""
    starts = np.searchsorted(rows, np.arange(n_rows + 1))
    seats = starts[:-1, None] + np.arange(np.diff(starts).max())
    taken = seats < starts[1:, None]
    return np.where(taken, seats, 0), taken


def _on_simplex(values, seats, taken):
    """The nearest weights that are not negative and sum to one per row (Held, Wolfe and Crowder 1974)."""
    rowwise = np.where(taken, values[seats], -np.inf)
    falling = -np.sort(-rowwise, axis=1)
    excess = np.cumsum(np.where(np.isfinite(falling), falling, 0.0), axis=1) - 1.0
    count = np.arange(1, rowwise.shape[1] + 1)
    kept = np.sum(falling * count > excess, axis=1)
    shift = excess[np.arange(len(kept)), kept - 1] / kept
    result = np.empty_like(values)
    result[seats[taken]] = np.maximum(rowwise - shift[:, None], 0.0)[taken]
    return result


def estimate(links, families, observed):
    """Weights of every source code that needs a split and was seen often enough; the others have no row.

    links: from_revision, from_code, to_revision, to_code, assumed_weight. families: as int_product_family.
    observed: observation_code, lower_revision, upper_revision, hs_revision, product_code, value_usd.
    """
    key = ["lower_revision", "upper_revision", "hs_revision", "product_code"]
    seen = dict(iter(observed.merge(families, on=key).groupby("family_code")))
    split = links[links.duplicated(["from_revision", "from_code", "to_revision"], keep=False)]
    coded = _with_family(links, families)
    wanted = set(_with_family(split, families)["family_code"]) & set(seen)
    grouped = coded[coded["family_code"].isin(wanted)].groupby(["family_code", "from_revision"], sort=True)
    found = [_estimate_family(group, seen[family], revision) for (family, revision), group in grouped]
    none = links.assign(weight=0.0, n_observations=0)[:0]
    return pd.concat([none, *found], ignore_index=True)[COLUMNS]


def _with_family(links, families):
    """Links with the family their codes belong to between the two neighbours."""
    span = {
        "lower_revision": np.minimum(links["from_revision"], links["to_revision"]),
        "upper_revision": np.maximum(links["from_revision"], links["to_revision"]),
    }
    key = ["lower_revision", "upper_revision", "from_revision", "from_code"]
    named = families.rename(columns={"hs_revision": "from_revision", "product_code": "from_code"})
    return links.assign(**span).merge(named, on=key)


def _estimate_family(group, seen, source_revision):
    group = group.sort_values(["from_code", "to_code"]).reset_index(drop=True)
    is_source = seen["hs_revision"] == source_revision
    source, target = _shares(seen[is_source]), _shares(seen[~is_source])
    both = source.index.intersection(target.index).sort_values()
    sources, targets = pd.Index(group["from_code"].unique()), pd.Index(sorted(group["to_code"].unique()))
    source = source.reindex(index=both, columns=sources, fill_value=0.0).to_numpy()
    target = target.reindex(index=both, columns=targets, fill_value=0.0).to_numpy()
    rows, columns = sources.get_indexer(group["from_code"]), targets.get_indexer(group["to_code"])
    assumed = group["assumed_weight"].to_numpy(dtype=float)
    times_seen = (source > 0).sum(axis=0)
    is_traded = target.any(axis=0)[columns]  # what nobody traded after the switch has taken nothing over
    is_split = (np.bincount(rows) > 1) & (times_seen >= MIN_OBSERVATIONS) & (np.bincount(rows, is_traded) > 0)
    open_link = is_split[rows] & is_traded
    if not open_link.any():
        return group[:0].assign(weight=0.0, n_observations=0)
    fixed = ~is_split[rows]
    settled = csr_array((assumed[fixed], (rows[fixed], columns[fixed])), shape=(len(sources), len(targets)))
    place = np.cumsum(is_split) - 1
    weights = split_weights(
        source[:, is_split],
        target - source @ settled,
        place[rows[open_link]],
        columns[open_link],
        assumed[open_link],
        np.where(np.isin(sources[is_split], targets), KEPT, GONE),
    )
    return group[open_link].assign(weight=np.round(weights, 9), n_observations=times_seen[rows[open_link]])


def _shares(seen):
    """Shares within the family: one row per observation, one column per code."""
    values = seen.pivot_table(
        index="observation_code", columns="product_code", values="value_usd", aggfunc="sum", fill_value=0.0
    )
    values = values[values.sum(axis=1) > 0]
    return values.div(values.sum(axis=1), axis=0)


def model(dbt, session):
    """The dbt model: estimated weights between neighbouring revisions, in both directions."""
    dbt.config(materialized="table")
    frames = [dbt.ref("int_product_link"), dbt.ref("int_product_family"), dbt.ref("int_product_switch_observed")]
    links, families, observed = (frame.df() if hasattr(frame, "df") else frame.toPandas() for frame in frames)
    # without a row pandas does not know that codes are text
    return estimate(links, families, observed).astype(dict.fromkeys(COLUMNS[:4], "string"))
