"""Families: sets of codes of two HS revisions that exchange goods only among themselves.

A family is a connected component of the graph whose nodes are the codes of every revision from the lower to the upper
one and whose edges are the links between neighbours. Totals of a family convert exactly whatever the weights are
(Pierce and Schott 2012, "Concording U.S. Harmonized System Codes over Time", Journal of Official Statistics 28(1)).
"""

import itertools

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

COLUMNS = ["lower_revision", "upper_revision", "hs_revision", "product_code", "family_code"]


def families(links: pd.DataFrame) -> pd.DataFrame:
    """One row per pair of revisions and code of either: the family, named after its smallest code.

    `links` has from_revision, from_code, to_revision and to_code, once or in both directions. Codes that no link
    of the span reaches have no row. Where a family has no code of the lower revision the upper one names it.
    """
    revisions = pd.Index(sorted({*links["from_revision"], *links["to_revision"]}))
    nodes = pd.concat([_ends(links, "from"), _ends(links, "to")]).drop_duplicates().sort_values(["revision", "code"])
    index = pd.MultiIndex.from_frame(nodes)
    heads = index.get_indexer(pd.MultiIndex.from_frame(_ends(links, "from")))
    tails = index.get_indexer(pd.MultiIndex.from_frame(_ends(links, "to")))
    at = revisions.get_indexer(nodes["revision"])
    older, newer = np.minimum(at[heads], at[tails]), np.maximum(at[heads], at[tails])
    found = []
    for lower, upper in itertools.combinations(range(len(revisions)), 2):
        inside = (older >= lower) & (newer <= upper)
        edges = coo_array((np.ones(inside.sum()), (heads[inside], tails[inside])), shape=(len(nodes), len(nodes)))
        n_families, label = connected_components(edges, directed=False)
        reached = np.zeros(len(nodes), dtype=bool)
        reached[heads[inside]] = reached[tails[inside]] = True
        ends = np.flatnonzero(reached & ((at == lower) | (at == upper)))
        # sorted by revision and code, so the first of a component is its smallest code of the oldest revision
        first = np.full(n_families, len(nodes))
        np.minimum.at(first, label[ends], ends)
        found.append((np.full(len(ends), lower), np.full(len(ends), upper), ends, first[label[ends]]))
    if not found:
        return pd.DataFrame(columns=COLUMNS, dtype="string")
    lower, upper, ends, first = (np.concatenate(parts) for parts in zip(*found, strict=True))
    named, code = revisions.to_numpy(dtype=object), nodes["code"].to_numpy(dtype=object)
    names = np.where(at[first] == lower, code[first], named[at[first]] + " " + code[first])
    family = named[lower] + "-" + named[upper] + ":" + names
    columns = (named[lower], named[upper], named[at[ends]], code[ends], family)
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))


def _ends(links: pd.DataFrame, side: str) -> pd.DataFrame:
    return links[[f"{side}_revision", f"{side}_code"]].set_axis(["revision", "code"], axis=1)


def model(dbt, session):
    """The dbt model: families of every pair of revisions."""
    dbt.config(materialized="table")
    links = dbt.ref("int_product_link")
    return families(links.df() if hasattr(links, "df") else links.toPandas())
