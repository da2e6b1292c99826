"""The CIF/FOB margin tau of every importer's report: freight and insurance by the FOB value, so FOB = CIF / (1 + tau).

In this order: none where the report is FOB; the reporter's own where it gives both values; a gravity regression; the
fixed factor. The regression follows Bustos, Jackson, Torun et al. (Scientific Data 13:170, 2026): of a year and the
years beside it,

    ln(M / X) = a + t1 ln(distance) + t2 contiguous + exporter-year + importer-year effects + error

over pairs that both report, both above one million dollars and above the first percentile of their side, ln(M / X)
winsorised at ten percent on either end. The effects are habits of reporters and no freight: they are taken so that the
median one is zero, which a few reporters that are far off (a hub, say) do not move, and tau = exp(a + t1 ln(distance)
+ t2 contiguous) - 1, between 0 and MAX_TAU. A pair of unknown distance gets the mean of the sample.

That the median habit is zero is an assumption, and of few reporters a poor one: the median of n habits that spread by s
is off by s sqrt(pi / 2n) (the variance of a median of normal draws; Kendall and Stuart, The Advanced Theory of
Statistics, volume 1). So much of every side, a habit being one over the years of its reporter, is added to the error of
the level; without it tau_se is three to seven times too small. s is the median distance from the median, times 1.4826.

With fewer than MIN_OBSERVATIONS of the year and its neighbours, fewer than MIN_REPORTERS on a side, or a standard error
above MAX_SE at the mean distance (half of FIXED_TAU: a level less sure than that is no better than the fixed one):
FIXED_TAU, which the IMF uses (Marini, Dippelsman and Stanger, IMF WP/18/16). Cost: 0.4 CPU s for a year of 40,000 pairs
of 200 reporters.
Reason for size: a Python model of dbt is one file, and a third of it is text.
"""

from itertools import pairwise

import numpy as np
import pandas as pd

FIXED_TAU, MAX_TAU = 0.06, 0.20
MIN_VALUE_USD, MIN_OBSERVATIONS, MIN_REPORTERS, MAX_SE = 1e6, 100, 5, 0.03
RIDGE = 0.1  # per effect, in observations: without it effects of groups that nothing connects were undetermined
KEY = ["exporter_code", "importer_code", "period_code"]
COLUMNS = [*KEY, "tau", "tau_method", "tau_se", "n_observations"]


def margins(pairs):
    """One row per pair and year an importer reports: tau, its method, standard error and sample size.

    pairs: as int_mirror_pair. The order of its rows does not matter.
    """
    told = pairs[pairs["importer_state"] == "observed"].sort_values(KEY).reset_index(drop=True)
    found = told[KEY].assign(tau=FIXED_TAU, tau_method="fixed_factor", tau_se=np.nan, n_observations=0)
    observations = sample(told)
    for period, rows in told.groupby("period_code").groups.items():
        fitted = fit(observations[(observations["year"] - int(period)).abs() <= 1])
        if fitted is not None:
            found.loc[rows, COLUMNS[3:]] = predicted(fitted, told.loc[rows])
    reported = told["reported_tau"].astype(float)
    has_both = reported.notna().to_numpy()
    found.loc[has_both, "tau"] = reported[has_both].clip(0, MAX_TAU)
    found.loc[has_both, "tau_method"] = "reported"
    fob = ~told["is_importer_cif"].astype(bool).to_numpy()
    found.loc[fob, "tau"] = 0.0
    found.loc[fob, "tau_method"] = "fob_report"
    found.loc[has_both | fob, "tau_se"] = np.nan
    found.loc[has_both | fob, "n_observations"] = 0
    # digits beyond what an estimate can know would depend on the order of additions
    return found.round({"tau": 6, "tau_se": 6}).astype({"n_observations": "int64"})[COLUMNS]


def sample(told):
    """The pairs a regression learns from, with year, log_gap (of M to X) and log_km."""
    usable = told[
        (told["pair_kind"] == "economies")
        & (told["exporter_state"] == "observed")
        & told["is_importer_cif"].astype(bool)
        & told["distance_km"].notna()
    ]
    exported, imported = usable["value_exporter_usd"].astype(float), usable["value_importer_usd"].astype(float)
    year = usable["period_code"].astype(int)
    floors = [np.maximum(v.groupby(year).transform("quantile", 0.01), MIN_VALUE_USD) for v in (exported, imported)]
    kept = (exported >= floors[0]) & (imported >= floors[1])
    return usable[kept].assign(
        year=year[kept],
        log_gap=np.log(imported[kept] / exported[kept]),
        log_km=np.log(usable.loc[kept, "distance_km"].astype(float)),
    )


def fit(observations):
    """Coefficients of (1, ln distance, contiguous), their covariance, mean ln distance and size; None if too thin."""
    reporters = observations["exporter_code"].nunique(), observations["importer_code"].nunique()
    if len(observations) < MIN_OBSERVATIONS or min(reporters) < MIN_REPORTERS:
        return None
    from scipy.sparse import csr_array, hstack  # slow to import, and of a few reports nothing is fitted

    gap = observations["log_gap"].clip(*observations["log_gap"].quantile([0.1, 0.9])).to_numpy()
    log_km, contiguous = observations["log_km"].to_numpy(), observations["is_contiguous"].to_numpy(dtype=float)
    names = ("exporter_code", "importer_code")
    found = [pd.factorize(observations[name] + "|" + observations["period_code"], sort=True) for name in names]
    codes = [code for code, _ in found]
    n_exporters = codes[0].max() + 1
    n_effects = n_exporters + codes[1].max() + 1
    # centred, so that the constant and the slope do not take each other's place in the arithmetic
    plain = np.column_stack([np.ones(len(gap)), log_km - log_km.mean(), contiguous])
    places = np.concatenate([codes[0], codes[1] + n_exporters])
    effects = csr_array((np.ones(len(places)), (np.tile(np.arange(len(gap)), 2), places)), shape=(len(gap), n_effects))
    design = hstack([csr_array(plain), effects], format="csr")
    squared = (design.T @ design).toarray()
    penalty = np.full(len(squared), RIDGE)
    penalty[0] = penalty[1] = 0.0
    inverse = np.linalg.inv(squared + np.diag(penalty))
    solved = inverse @ (design.T @ gap)
    missed = gap - design @ solved
    freedom = max(len(gap) - np.einsum("ij,ji->", inverse, squared), 1.0)
    borders = [3, 3 + n_exporters, len(squared)]
    # the constant with typical effects in it; alone it is not determined
    typical = np.eye(3, len(squared))
    coefficients = solved[:3].copy()
    for start, end in pairwise(borders):
        typical[0, start:end] = 1 / (end - start)
        coefficients[0] += np.median(solved[start:end])
    covariance = typical @ inverse @ typical.T * (missed @ missed / freedom)
    for (start, end), (_, sides) in zip(pairwise(borders), found, strict=True):
        covariance[0, 0] += level_variance(pd.Series(solved[start:end], index=sides.str.split("|").str[0]))
    if covariance[0, 0] > MAX_SE**2:
        return None
    return coefficients, covariance, log_km.mean(), len(gap)


def level_variance(effects):
    """Variance of the median of the habits of one side: effects by reporter and year, indexed by the reporter."""
    habits = effects.groupby(level=0).mean()
    spread = 1.4826 * (habits - habits.median()).abs().median()
    return np.pi / 2 * spread**2 / len(habits)


def predicted(fitted, rows):
    """tau, method, standard error and sample size of each row."""
    coefficients, covariance, mean_log_km, n_observations = fitted
    is_known = rows["distance_km"].notna().to_numpy()
    offset = np.zeros(len(rows))
    offset[is_known] = np.log(rows.loc[is_known, "distance_km"].astype(float)) - mean_log_km
    contiguous = rows["is_contiguous"].astype("boolean").fillna(False).to_numpy(dtype=float)
    design = np.column_stack([np.ones(len(rows)), offset, contiguous])
    ratio = np.exp(design @ coefficients)
    variance = np.maximum(np.einsum("ij,jk,ik->i", design, covariance, design), 0.0)
    method = np.where(is_known, "gravity", "gravity_mean_distance")
    values = {"tau": np.clip(ratio - 1, 0, MAX_TAU), "tau_method": method, "tau_se": ratio * np.sqrt(variance)}
    return pd.DataFrame({**values, "n_observations": n_observations}, index=rows.index)


def model(dbt, session):
    """The dbt model: margins of all reports of importers."""
    dbt.config(materialized="table")
    pairs = dbt.ref("int_mirror_pair")
    found = margins(pairs.df() if hasattr(pairs, "df") else pairs.toPandas())
    # without a row pandas does not know that codes are text
    return found.astype({**dict.fromkeys([*KEY, "tau_method"], "string"), "tau": "float64", "tau_se": "float64"})
