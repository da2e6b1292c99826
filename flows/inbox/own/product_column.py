"""Which column says the product: by HS codes, or, to be asked about, by its name or its digits."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.inbox.own.classifications import (
    COLUMN_NAME,
    names_hs,
    other_around,
    other_in_column,
    other_than_hs,
)
from flows.inbox.own.codes import FITS, hs_code, is_total, totals_in
from flows.inbox.own.guess import Guess, matching
from flows.inbox.own.periods import guess_layouts
from flows.inbox.own.sample import Sample
from flows.inbox.own.value_columns import NOT_VALUE_NAME, QUANTITY_NAME, VALUE_NAME, WEIGHT_NAME, valued_columns

# A column of any other codes, such as FAO's "Item Code", is none of HS codes, however many of them look like some.
_PRODUCT = re.compile(
    r"product|commod|cmd|\bhs|hs\d|tariff|\bcn|good|^\W*code\W*$|тн\s*вэд|tn_?ved|код товара|商品编码|warennummer",
    re.IGNORECASE,
)
_IS_PRODUCT = re.compile(r"product|commod|cmd|\bhs|hs\d", re.IGNORECASE)
_NAMES_PRODUCT = re.compile(
    rf"{_IS_PRODUCT.pattern}|\bitems?\b|\bgoods?\b|produ[ck]t|produit|mercanc|mercador|marchandise|waren|güter|товар|продукц|商品|品名|品目|"
    r"ürün|arancel|fracci[oó]n|partida|tariff",
    re.IGNORECASE,
)
_CODE_OF_GOODS = re.compile(r"\d{6}(?:\d\d){0,2}")
_HS_YEARS = {"92": "H0", "96": "H1", "02": "H2", "07": "H3", "12": "H4", "17": "H5", "22": "H6"}
_HS_REVISION = re.compile(r"hs[ _-]?(?:19|20)?(92|96|02|07|12|17|22)\b", re.IGNORECASE)


def guess_product(found: Guess, sample: Sample, columns: Sequence[Sequence[str]]) -> None:
    """Note the column of HS codes and its revision, or the column that has to be asked about."""
    names = sample.header
    roles = {found.reporter, found.partner, found.flow, found.period, found.year, found.month}
    taken = roles | {at for at in found.areas if not _is_total_of_products(names[at], columns[at])}
    around = _other_around(sample, columns)
    left: list[int] = []  # columns of codes of another classification
    for at in [at for at, name in enumerate(names) if _PRODUCT.search(name) or names_hs(name)]:
        values = set(columns[at])
        if at in found.numbers_of_areas and not _IS_PRODUCT.search(names[at]):
            continue
        if at in taken or not values or re.search(r"desc|name|text|unit|flow", names[at], re.IGNORECASE):
            continue
        totals = totals_in(values)
        codes = [value for value in values if value not in totals and hs_code(value)]
        if len(codes) + len(totals) < FITS * len(values):
            continue
        if other := other_than_hs(names[at]) or (None if names_hs(names[at]) else around):
            left.append(at)
            found.other_classification = other
            continue
        found.product, found.other_classification = at, None
        revision = _HS_REVISION.search(names[at])
        found.classification = _HS_YEARS[revision[1]] if revision else None
        found.numeric = [n for n in found.numeric if n != at]  # codes tell rows apart, figures do not
        return
    _ask_for_product(found, names, columns, left, taken)


def _is_total_of_products(name: str, values: Sequence[str]) -> bool:
    """Whether a column of products has no word but for all of them, which of areas is a word for the World too."""
    return _NAMES_PRODUCT.search(name) is not None and bool(values) and all(map(is_total, set(values)))


def _other_around(sample: Sample, columns: Sequence[Sequence[str]]) -> str | None:
    """The classification other than HS that a column of classifications, a title, or a sheet's or file's name says."""
    for at in matching(sample.header, COLUMN_NAME, range(len(columns))):
        if other := other_in_column(dict.fromkeys(columns[at])):
            return other
    return other_around([sample.titles, sample.sheet_name, sample.path.name])


def _ask_for_product(
    found: Guess, names: Sequence[str], columns: Sequence[Sequence[str]], left: list[int], taken: set[int | None]
) -> None:
    """Note the column that says a product and holds no HS codes, so that it is asked about."""
    free = [at for at in range(len(names)) if at not in taken and at not in valued_columns(found, names, columns)]
    classified = [at for at in free if other_than_hs(names[at])]
    named = [at for at in matching(names, _NAMES_PRODUCT, range(len(names))) if at not in taken]
    found.product_totals = [at for at in named if _is_total_of_products(names[at], columns[at])]
    coded = [at for at in free if _holds_codes_of_goods(names[at], columns[at])]
    open_ = [
        at for at in [*left, *classified, *named, *coded] if not all(is_total(value) for value in set(columns[at]))
    ]
    found.product_words = open_[0] if open_ else None
    if found.product_words is not None:
        found.other_classification = other_than_hs(names[open_[0]]) or found.other_classification
        found.may_be_goods = found.other_classification is None and open_[0] in coded
    found.numeric = [at for at in found.numeric if at not in (*left, *classified)]


def _holds_codes_of_goods(name: str, values: Sequence[str]) -> bool:
    """Whether a column that is called nothing known holds digits as codes of goods are: all as long, none a date."""
    texts = set(values)
    are_codes = len({len(text) for text in texts}) == 1 and all(map(_CODE_OF_GOODS.fullmatch, texts))
    is_figure = any(pattern.search(name) for pattern in (VALUE_NAME, WEIGHT_NAME, QUANTITY_NAME, NOT_VALUE_NAME))
    return are_codes and not is_figure and all(map(hs_code, texts)) and not guess_layouts(values)
