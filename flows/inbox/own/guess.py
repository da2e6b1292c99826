"""What is guessed of the columns of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from pydantic import BaseModel

from flows.inbox.own.numbers import Spelling
from flows.inbox.own.row_units import RowUnits
from flows.inbox.own.scale import Scale


class Guess(BaseModel):
    """Columns by role, as positions in the header; none where the table does not show it.

    `is_spelling_open` where 1,234 may be 1234 or 1.234.
    `partners_open` are two columns of which one is the partner: the country of origin, and that of consignment.
    `is_flow_in_doubt` where a column of flows says another than the name of the values.
    `product_words` is a column that is called a product and holds no HS codes, but perhaps those of
    `other_classification`: what it is has to be asked. `may_be_goods` where its digits alone show it.
    `product_totals` are columns of products without a word but for all of them, which a later file need not have.
    `units` where rows differ in what they hold; `no_money` is a column of units none of which is money.
    `currency_of_others` are economies that may mean their own money by the word or sign taken for `currency`.
    `unread_values` is a column that is called a value, and a text of it with digits that is no number.
    `multiplier_in_doubt` is a heading or unit with a word for thousands in one language and millions in another.
    `titles_differ` are titles that say different units or currencies.
    `unit_of_all` is a column that says the same unit of all rows, which a later file need not.
    `scale` is a column that says thousands or millions of each row.
    """

    spelling: Spelling = Spelling()
    is_spelling_open: bool = False
    numeric: list[int] = []
    areas: dict[int, str] = {}
    numbers_of_areas: list[int] = []
    reporter: int | None = None
    partner: int | None = None
    partners_open: tuple[int, int] | None = None
    flow: int | None = None
    flow_constant: str | None = None
    flow_words: dict[str, str] = {}
    is_flow_in_doubt: bool = False
    product: int | None = None
    product_words: int | None = None
    product_totals: list[int] = []
    may_be_goods: bool = False
    other_classification: str | None = None
    classification: str | None = None
    period: int | None = None
    layouts: tuple[str, ...] = ()
    frequency: str | None = None
    year: int | None = None
    month: int | None = None
    values: dict[int, str | None] = {}
    unread_values: tuple[int, str] | None = None
    currency: str | None = None
    currency_of_others: frozenset[str] = frozenset()
    currency_column: int | None = None
    units: RowUnits | None = None
    unit_of_all: int | None = None
    no_money: int | None = None
    scale: Scale | None = None
    multiplier: Decimal | None = None
    multiplier_in_doubt: str | None = None
    titles_differ: tuple[str, ...] = ()
    weight: int | None = None
    kg_per_unit: Decimal | None = None
    quantity: int | None = None
    unit: int | None = None


def matching(names: Sequence[str], pattern: re.Pattern[str], among: Iterable[int]) -> list[int]:
    """Columns among those given whose name a pattern finds, as positions in the header."""
    return [at for at in among if pattern.search(names[at])]
