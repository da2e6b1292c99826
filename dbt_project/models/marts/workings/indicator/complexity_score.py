"""Economic and product complexity (Hidalgo and Hausmann 2009, "The building blocks of economic complexity", PNAS 106).

M is 1 where an economy has an advantage in a product. Complexity of economies is the second eigenvector of
D_c^-1 M D_k^-1 M', with mean 0 and standard deviation 1 over the economies, its sign such that it goes with diversity;
complexity of products is on the same scale, so that an economy's is the mean of its products'. D_c holds the number of
products of an economy (diversity), D_k the number of economies of a product (ubiquity).

The eigenvector is unique only in a matrix that hangs together: everything outside its largest connected part has no
score. Cost: 0.02 s for 200 economies and 5,000 products.
"""

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

COLUMNS = ["source_code", "period_code", "side", "code", "degree", "score", "n_economies"]
MIN_ECONOMIES = 10  # as min_reporters_of_a_world
TIE = 1e-9  # eigenvalues this close leave the vector open
# Economies with less than 0.005 % of the exports of all are left out, about a billion dollars of the trade of today:
# their few cells would decide which products count as complex.
ADVANTAGE = """
    with
        exports as (select * from indicators where product_level = 'subheading' and null_reason is null),
        economies as (
            select reporter_code
            from exports
            group by reporter_code
            having sum(exports_usd)::double / nullif((select sum(exports_usd) from exports)::double, 0) >= 0.00005
        )
    select source_code, period_code, reporter_code, product_key
    from indicators
    inner join economies using (reporter_code)
    where has_advantage and product_level = 'subheading'
"""


def complexity(matrix):
    """Scores of economies and of products from a 0/1 matrix, economies by rows; NaN where there is none."""
    economies = np.full(matrix.shape[0], np.nan)
    products = np.full(matrix.shape[1], np.nan)
    rows, columns = _largest_part(matrix)
    if len(rows) < 3:
        return economies, products
    part = matrix[np.ix_(rows, columns)].astype(float)
    diversity, ubiquity = part.sum(axis=1), part.sum(axis=0)
    half = part / np.sqrt(diversity)[:, None] / np.sqrt(ubiquity)[None, :]
    values, vectors = np.linalg.eigh(half @ half.T)
    if values[-2] < TIE or values[-2] - values[-3] < TIE:
        return economies, products
    score = vectors[:, -2] / np.sqrt(diversity)
    together = np.corrcoef(score, diversity)[0, 1] if np.ptp(diversity) else 0.0
    # where diversity does not decide, the first economy is positive, so that the answer is always the same
    if together < -TIE or (abs(np.nan_to_num(together)) <= TIE and score[0] < 0):
        score = -score
    spread, mean = score.std(), score.mean()
    economies[rows] = (score - mean) / spread
    products[columns] = ((part / ubiquity[None, :]).T @ score / values[-2] - mean) / spread
    return economies, products


def _largest_part(matrix):
    """Rows and columns of the largest connected part by number of economies; of equals the first."""
    n_rows, n_columns = matrix.shape
    row, column = np.nonzero(matrix)
    edges = coo_array((np.ones(len(row)), (row, column + n_rows)), shape=(n_rows + n_columns, n_rows + n_columns))
    _, label = connected_components(edges, directed=False)
    largest = np.bincount(label[:n_rows]).argmax()
    return np.flatnonzero(label[:n_rows] == largest), np.flatnonzero(label[n_rows:] == largest)


def advantage_of(indicators):
    """Rows of product_indicator of one source and year that are a 1 of its matrix."""
    return indicators.query("indicators", ADVANTAGE).df()


def scores(indicators):
    """One row per source, year and economy or product in a matrix, from a relation like product_indicator."""
    subheadings = indicators.filter("product_level = 'subheading' and has_advantage")
    years = subheadings.project("source_code, period_code").distinct().order("all").fetchall()
    found = []
    for source, period in years:
        group = advantage_of(indicators.filter(f"source_code = '{source}' and period_code = '{period}'"))
        if group.empty:
            continue
        economy, economies = pd.factorize(group["reporter_code"], sort=True)
        product, products = pd.factorize(group["product_key"], sort=True)
        matrix = np.zeros((len(economies), len(products)), dtype=bool)
        matrix[economy, product] = True
        pairs = complexity(matrix) if len(economies) >= MIN_ECONOMIES else (np.nan, np.nan)
        sides = zip(("economy", "product"), (economies, products), (1, 0), pairs, strict=True)
        for side, codes, axis, score in sides:
            rows = {"side": side, "code": codes, "degree": matrix.sum(axis=axis), "score": score}
            rows |= {"source_code": source, "period_code": period, "n_economies": len(economies)}
            found.append(pd.DataFrame(rows))
    return pd.concat(found, ignore_index=True)[COLUMNS] if found else pd.DataFrame(columns=COLUMNS)


def model(dbt, session):
    """The dbt model: scores of every source and year with enough economies."""
    dbt.config(materialized="table")
    texts = dict.fromkeys(["source_code", "period_code", "side", "code"], "string")
    return scores(dbt.ref("product_indicator")).astype(
        {**texts, "degree": "int64", "score": "float64", "n_economies": "int64"}
    )
