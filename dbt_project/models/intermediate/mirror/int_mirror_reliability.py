"""How far a reporter's statistic lies from its partners': the part of the disagreement that is its own.

Two-way effects (Bustos, Jackson, Torun et al., Scientific Data 13:170, 2026): of a year, over all pairs that both sides
report or imply, the larger report above one million dollars,

    |M' - X| / (M' + X) = alpha of exporter + alpha of importer + error          M' the importer's report at FOB

by least squares. A small ridge pulls every alpha to the mean (RIDGE, in observations), so that the system has one
solution whatever the network of pairs, and a reporter of few pairs is taken for an ordinary one. A reporter with fewer
than MIN_FLOWS mirrored flows, of exports and imports together, has no alpha.
Cost: 0.5 CPU s for a year of 40,000 pairs of 200 reporters.
"""

import numpy as np
import pandas as pd

RIDGE, MIN_FLOWS, MIN_VALUE_USD, MIN_ALPHA = 0.5, 10, 1e6, 1e-3
KEY = ["exporter_code", "importer_code", "period_code"]
COLUMNS = ["reporter_code", "period_code", "alpha", "n_flows"]


def reliabilities(pairs, margins):
    """One row per reporter and year with a mirrored flow: alpha (missing where too few) and the flows it rests on.

    pairs: as int_mirror_pair; margins: as int_mirror_margin. The order of rows does not matter.
    """
    both = pairs[(pairs["pair_status"] == "both") & (pairs["pair_kind"] == "economies")]
    both = both.merge(margins[[*KEY, "tau"]], on=KEY, how="left").sort_values(KEY)
    exported = both["value_exporter_usd"].astype(float)
    imported = both["value_importer_usd"].astype(float) / (1 + both["tau"].fillna(0.0))
    both = both.assign(gap=(imported - exported).abs() / (imported + exported))
    both = both[np.maximum(exported, imported) >= MIN_VALUE_USD]
    found = [_of_year(period, year) for period, year in both.groupby("period_code", sort=True)]
    none = pd.DataFrame({name: [] for name in COLUMNS})
    return pd.concat(found or [none], ignore_index=True)


def _of_year(period, year):
    reporters = pd.Index(sorted({*year["exporter_code"], *year["importer_code"]}))
    alpha, n_flows = two_way_effects(
        reporters.get_indexer(year["exporter_code"]),
        reporters.get_indexer(year["importer_code"]),
        year["gap"].to_numpy(),
        len(reporters),
    )
    alpha = np.where(n_flows >= MIN_FLOWS, np.round(np.maximum(alpha, MIN_ALPHA), 6), np.nan)
    columns = {"reporter_code": reporters, "period_code": period, "alpha": alpha, "n_flows": n_flows}
    return pd.DataFrame(columns)[COLUMNS]


def two_way_effects(exporter, importer, gap, n_reporters):
    """alpha per reporter and the number of its flows; reporters are numbered from 0."""
    incidence = np.zeros((len(gap), n_reporters))
    incidence[np.arange(len(gap)), exporter] += 1.0
    incidence[np.arange(len(gap)), importer] += 1.0
    mean = gap.mean() / 2
    normal = incidence.T @ incidence + RIDGE * np.eye(n_reporters)
    return mean + np.linalg.solve(normal, incidence.T @ (gap - 2 * mean)), incidence.sum(axis=0).astype("int64")


def model(dbt, session):
    """The dbt model: alphas of all years."""
    dbt.config(materialized="table")
    frames = [dbt.ref("int_mirror_pair"), dbt.ref("int_mirror_margin")]
    pairs, margins = (frame.df() if hasattr(frame, "df") else frame.toPandas() for frame in frames)
    kinds = {"reporter_code": "string", "period_code": "string", "alpha": "float64", "n_flows": "int64"}
    return reliabilities(pairs, margins).astype(kinds)
