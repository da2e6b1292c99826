"""What the columns of a table are, guessed from their names and values: the roles of flows/contracts/trade_roles.py.

Nothing is guessed that the names or the values do not show; what stays open is asked (see questions.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel

from flows.contracts import code_list
from flows.formats.figures import is_word
from flows.formats.matrix import Layout
from flows.formats.words import RATE_WORDS, VALUE_WORDS, is_quantity, month_of
from flows.inbox.own.classifications import (
    COLUMN_NAME,
    names_hs,
    other_around,
    other_in_column,
    other_than_hs,
)
from flows.inbox.own.codes import FITS, area_named, area_of, area_system, hs_code, is_total, totals_in
from flows.inbox.own.flow_column import FLOW_NAME, contradicts, flow_words, named_flow
from flows.inbox.own.numbers import Spelling, guess_spelling, is_figures, is_numeric, is_open
from flows.inbox.own.periods import guess_frequency, guess_layouts
from flows.inbox.own.row_units import UNIT_NAME, RowUnits, quantities_only, row_units
from flows.inbox.own.sample import Sample
from flows.inbox.own.scale import SCALE_NAME, Scale, scale_in
from flows.inbox.own.units import (
    CURRENCY_CODES,
    CURRENCY_CODES_NO_WORDS,
    currency_in,
    economies_in_doubt,
    is_in_doubt,
    kilograms_in,
    multiplier_in,
)

_REPORTER = re.compile(r"report|declar|exporter|origin|from", re.IGNORECASE)
_PARTNER = re.compile(r"partner|партн|伙伴|counterpart|importer|destination|\bto\b", re.IGNORECASE)
_AREA = re.compile(r"country|area|econom|iso|land|стран|geo|国|地区", re.IGNORECASE)
_ORIGIN = re.compile(r"origin|herkunft|ursprung|происхожд|原产", re.IGNORECASE)
_CONSIGNMENT = re.compile(
    r"consign|dispatch|provenance|procedencia|shipment|purchase|versend|отправлен|торгующ|起运|贸易国", re.IGNORECASE
)
_SIDE = re.compile(r"partner|counterpart|reporter|country|страна|国家|地区|伙伴", re.IGNORECASE)
# A column of any other codes, such as FAO's "Item Code", is none of HS codes, however many of them look like some.
_PRODUCT = re.compile(
    r"product|commod|cmd|\bhs|hs\d|tariff|\bcn|good|^\W*code\W*$|тн\s*вэд|код товара|商品编码|warennummer",
    re.IGNORECASE,
)
_IS_PRODUCT = re.compile(r"product|commod|cmd|\bhs|hs\d", re.IGNORECASE)
_NAMES_PRODUCT = re.compile(
    rf"{_IS_PRODUCT.pattern}|\bitems?\b|produ[ck]t|produit|mercanc|mercador|marchandise|waren|güter|товар|продукц|商品|品名|品目|"
    r"ürün|arancel|fracci[oó]n|partida|tariff",
    re.IGNORECASE,
)
_CODE_OF_GOODS = re.compile(r"\d{6}(?:\d\d){0,2}")
_YEAR = re.compile(
    r"year|jahr|год|年|(?<![^\W_])(?:a[nñ][oó]s?|ann[eé]e|anno|rok|y\u0131l|jaar|år|tahun|рік|жыл)(?![^\W_])",
    re.IGNORECASE,
)
_MONTH = re.compile(
    r"month|monat|месяц|月份|(?<![^\W_])(?:m[eê]s|mois|mese|miesi[aą]c|ay|maand|måned|månad|місяць|月)(?![^\W_])",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    rf"p[eé]r[ií]od|month|date|time|quarter|дата|период|时间|日期|{_YEAR.pattern}|(?<![^\W_])(?:fecha|data|datum|tarih)(?![^\W_])",
    re.IGNORECASE,
)
_VALUE = re.compile(
    rf"{VALUE_WORDS}|usd|eur|cny|rub|\$|fob|cif|(?<![a-z])(?:{'|'.join(sorted(CURRENCY_CODES_NO_WORDS))})(?![a-z])",
    re.IGNORECASE,
)
_CURRENCY = re.compile(r"currency|waehrung|währung|devise|moneda|валют|币种|货币", re.IGNORECASE)
_CODE = re.compile("[A-Z]{3}")
_NOT_VALUE = re.compile(
    rf"{RATE_WORDS}|change|rank|index|(?<!current )(?<!constant )price|rate|kg|"
    r"weight|ton|qty|quant|unit|footnote|missing",
    re.IGNORECASE,
)
# Columns about a figure, and figures of another year or of things that are counted.
_ABOUT_FIGURE = re.compile(
    r"code|flag|status|(?<![a-z])(?:id|counts?)(?![a-z])|(?<![a-z])is[ _]|\bn(?:umber|o\.?) of\b|transactions|"
    r"previous|prior|last year|year.?ago|(?<![^\W_])код|статус|признак|прошл|предыдущ|число|代码|编码|标志|上年|去年",
    re.IGNORECASE,
)
# Beside a value at current prices these are another figure of the same trade.
_ADJUSTED = re.compile(
    r"constant|real terms|chain(?:ed)?[ -]|deflated|seasonally|(?<![a-z])(?:s\.?a\.?|adjusted)(?![a-z])"
    r"|сопоставимых|постоянных|сезон|不变价|季节调整",
    re.IGNORECASE,
)
_WEIGHT = re.compile(r"weight|netw|\bkg\b|_kg|tonnes?|tons?\b|masse|вес", re.IGNORECASE)
_QUANTITY = re.compile(r"quant|qty|suppl", re.IGNORECASE)
_HS_YEARS = {"92": "H0", "96": "H1", "02": "H2", "07": "H3", "12": "H4", "17": "H5", "22": "H6"}
_HS_REVISION = re.compile(r"hs[ _-]?(?:19|20)?(92|96|02|07|12|17|22)\b", re.IGNORECASE)
_AREA_NUMBERS = ("m49", "comtrade")  # lists of numbers, which other columns are full of
_AREA_ORDER = {"iso3": 0, "m49": 1, "comtrade": 1, "iso2": 2, "comext": 2, "name": 3}
_ENOUGH = 0.6  # of the different values of a column of areas known to the code list


class Guess(BaseModel):
    """Columns by role, as positions in the header; none where the table does not show it.

    `is_spelling_open` where 1,234 may be 1234 or 1.234.
    `partners_open` are two columns of which one is the partner: the country of origin, and that of consignment.
    `is_flow_in_doubt` where a column of flows says another than the name of the values.
    `product_words` is a column that is called a product and holds no HS codes, but perhaps those of
    `other_classification`: what it is has to be asked. `may_be_goods` where its digits alone show it.
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


def guess_roles(sample: Sample, seeds: Path, decimal_mark: str | None = None, said_values: Sequence[int] = ()) -> Guess:
    """What the names and values of the columns show; `decimal_mark` and columns of values where a person says them."""
    columns = [sample.column(position) for position in range(len(sample.header))]
    prefers_comma = sample.delimiter == ";"
    spelling = guess_spelling(columns, prefers_comma, decimal_mark)
    found = Guess(spelling=spelling.model_copy(update={"has_cells": sample.format == "xlsx"}))
    found.numeric = [at for at, values in enumerate(columns) if is_numeric(values, found.spelling)]
    _guess_period(found, sample, columns)
    taken = {found.period, found.year, found.month}
    taken |= {at for at, name in enumerate(sample.header) if _names_no_area(name)}
    _guess_areas(found, sample.header, [[] if at in taken else values for at, values in enumerate(columns)], seeds)
    _guess_flow(found, sample.header, columns, code_list("flow", seeds))
    _guess_product(found, sample, columns)
    _guess_measures(found, sample, columns, said_values)
    found.is_spelling_open = decimal_mark is None and _is_spelling_open(found, sample, columns)
    return found


def _is_spelling_open(found: Guess, sample: Sample, columns: Sequence[Sequence[str]]) -> bool:
    """Whether the values may be a thousand times more or less: 1.234 and 1,234 where no figure shows what the mark is.

    A workbook gives numbers with a point and without zeros behind them.
    """
    values = [value for at in found.values for value in columns[at]]
    roles = {found.product, found.product_words, found.period, found.year, found.month}
    others = [value for at in found.numeric if at not in roles for value in columns[at]]
    if not is_open(values, others):
        return False
    has_comma = any("," in value for value in values)
    if sample.format == "xlsx" and not has_comma:
        return any("." in value and value.endswith("0") for value in values)
    return True


def _matching(names: Sequence[str], pattern: re.Pattern[str], among: Iterable[int]) -> list[int]:
    return [at for at in among if pattern.search(names[at])]


def _guess_period(found: Guess, sample: Sample, columns: Sequence[Sequence[str]]) -> None:
    if sample.layout and _period_of_layout(found, sample):
        return
    layouts = {at: guess_layouts(values) for at, values in enumerate(columns)}
    fitting = [at for at in _matching(sample.header, _PERIOD, layouts) if layouts[at]]
    fitting += [at for at in layouts if layouts[at] and layouts[at] != ("YYYY",) and at not in found.numeric]
    called = [at for at in _matching(sample.header, _MONTH, range(len(columns))) if columns[at] and not layouts[at]]
    by_layout = Layout.of(sample.layout).headers if sample.layout else ()
    months = [at for at in called if _are_mostly(month_of, columns[at])]
    months.sort(key=lambda at: sample.header[at] not in by_layout)  # the column whose words the layout has read
    years = [at for at in fitting if layouts[at] == ("YYYY",)]
    finer = [at for at in fitting if layouts[at] != ("YYYY",)]
    if finer:
        found.period, found.layouts = finer[0], layouts[finer[0]]
        found.frequency = guess_frequency(found.layouts, columns[finer[0]])
    elif years and months:
        found.year, found.month = years[0], months[0]
    elif years:
        found.period, found.layouts = years[0], ("YYYY",)


def _period_of_layout(found: Guess, sample: Sample) -> bool:
    """The period where the layout says it: months of years, or years and months, or years alone."""
    said = {name.partition(" ")[0]: sample.header.index(name) for name in Layout.of(sample.layout or "").headers}
    if "periods" in said:
        found.period, found.layouts = said["periods"], ("YYYY-MM",)
    elif "years" in said and "months" in said:
        found.year, found.month = said["years"], said["months"]
    elif "years" in said and not any(_MONTH.search(name) for name in sample.header):
        found.period, found.layouts = said["years"], ("YYYY",)
    return bool(said.keys() & {"periods", "years"}) and (found.period is not None or found.year is not None)


def _names_no_area(name: str) -> bool:
    """Whether a column is called a currency, a unit or a scale: EUR is the euro there, not the euro area."""
    return any(pattern.search(name) for pattern in (_CURRENCY, UNIT_NAME, SCALE_NAME))


def _are_mostly(reads: Callable[[str], object], values: Sequence[str]) -> bool:
    """Whether at least half of the texts of a column are read; others, such as the total of a year, are left out."""
    texts = set(values)
    return 2 * sum(bool(reads(text)) for text in texts) >= len(texts)


def _guess_areas(found: Guess, names: Sequence[str], columns: Sequence[Sequence[str]], seeds: Path) -> None:
    areas = _area_columns(names, columns, seeds)
    sure = [
        at
        for at, (system, _) in areas.items()
        if any(pattern.search(names[at]) for pattern in (_REPORTER, _PARTNER, _AREA))
        or (system in ("iso3", "name") and at not in found.numeric)
    ]
    found.areas = {at: areas[at][0] for at in sure}
    has_names = any(system == "name" for system, _ in areas.values())
    found.numbers_of_areas = [at for at, (system, _) in areas.items() if system in _AREA_NUMBERS and has_names]
    likeliest = sorted(sure, key=lambda at: (-round(areas[at][1], 1), _AREA_ORDER[areas[at][0]], at))
    found.reporter, found.partner = _sides(names, columns, likeliest)
    _leave_partner_open(found, names, sure)


def _area_columns(names: Sequence[str], columns: Sequence[Sequence[str]], seeds: Path) -> dict[int, tuple[str, float]]:
    """The columns that may hold areas: of each the list that knows most of its values, and the share it knows."""
    systems = {at: area_system(values, seeds) for at, values in enumerate(columns) if values}
    areas = {
        at: (system, share)
        for at, (system, share) in systems.items()
        if share >= _ENOUGH or (share > 0 and system == "name" and _SIDE.search(names[at]))
    }
    for at in [at for at, (system, _) in areas.items() if system in _AREA_NUMBERS]:
        if _contradicted(at, areas, columns, seeds):
            del areas[at]
    return areas


def _sides(
    names: Sequence[str], columns: Sequence[Sequence[str]], likeliest: Sequence[int]
) -> tuple[int | None, int | None]:
    """The columns of the reporter and of the partner among those of areas, by their names; what no name says of one
    side is the other, and of two columns without such a name the one with fewer areas is whose statistic it is.
    """
    partners = _matching(names, _PARTNER, likeliest)
    reporters = [at for at in _matching(names, _REPORTER, likeliest) if at not in partners]
    others = [at for at in likeliest if at not in partners and at not in reporters]
    if not partners and not reporters and len(others) > 1:
        first, second = sorted(others[:2])
        is_first = len(set(columns[first])) <= len(set(columns[second]))
        return (first, second) if is_first else (second, first)
    if not partners:
        partners = others
    elif not reporters:
        reporters = others
    return next(iter(reporters), None), next(iter(partners), None)


def _leave_partner_open(found: Guess, names: Sequence[str], areas: Sequence[int]) -> None:
    """Leave the partner to a person where one column is the country of origin and one that of consignment."""
    origins, consignors = _matching(names, _ORIGIN, areas), _matching(names, _CONSIGNMENT, areas)
    if origins and consignors:
        found.partners_open = (origins[0], consignors[0])
        found.reporter = None if found.reporter in (*origins, *consignors) else found.reporter
        found.partner = None


def _contradicted(at: int, areas: dict[int, tuple[str, float]], columns: Sequence[Sequence[str]], seeds: Path) -> bool:
    """Whether the numbers of a column mean other areas than the names beside them: other lists use the same numbers."""
    for other, (system, _) in areas.items():
        if system != "name" or len(columns[other]) != len(columns[at]):
            continue
        pairs = set(zip(columns[at], columns[other], strict=True))
        if len({name for _, name in pairs}) != len({code for code, _ in pairs}):
            continue  # the names of the other side
        known = [(area_of(code, areas[at][0], seeds), area_named(name, seeds)) for code, name in pairs]
        both = [(code, name) for code, name in known if name is not None]
        if both and sum(code == name for code, name in both) < FITS * len(both):
            return True
    return False


def _guess_flow(
    found: Guess, names: Sequence[str], columns: Sequence[Sequence[str]], flow_codes: frozenset[str]
) -> None:
    by_name = sorted(range(len(names)), key=lambda at: FLOW_NAME.search(names[at]) is None)
    of_values = {flow for at in _valued(found, names, columns) if (flow := named_flow(names[at]))}
    for at in by_name:
        codes = {} if at in found.areas else flow_words(names[at], columns[at], flow_codes, of_values)
        if codes:
            found.is_flow_in_doubt = contradicts(codes, of_values)
            found.flow = None if found.is_flow_in_doubt else at
            found.flow_words = {word: code for word, code in codes.items() if word.upper() != code}
            return
    is_named = found.reporter is not None and re.search("exporter", names[found.reporter], re.IGNORECASE)
    if is_named and found.partner is not None and re.search("importer", names[found.partner], re.IGNORECASE):
        found.flow_constant = "X"


def _valued(found: Guess, names: Sequence[str], columns: Sequence[Sequence[str]]) -> list[int]:
    """Columns of figures that are called values."""
    figures = [at for at in _called_values(found, names) if is_figures(columns[at], found.spelling)]
    return [at for at in figures if not _ADJUSTED.search(names[at])] or figures


def _called_values(found: Guess, names: Sequence[str]) -> list[int]:
    """Columns that are called values, whatever they hold."""
    taken = {found.reporter, found.partner, found.flow, found.product, found.period, found.year, found.month}
    return [
        at
        for at in _matching(names, _VALUE, range(len(names)))
        if at not in taken
        and at not in found.areas
        and not _NOT_VALUE.search(names[at])
        and not _ABOUT_FIGURE.search(names[at])
        and not _is_measured(names[at])
    ]


def _unread_value(found: Guess, names: Sequence[str], columns: Sequence[Sequence[str]]) -> tuple[int, str] | None:
    """A column that is called a value and most of whose texts have digits, with one that is no number."""
    for at in _called_values(found, names):
        digits = [value for value in columns[at] if not is_word(value)]
        odd = [value for value in digits if not found.spelling.is_number(value)]
        if odd and 2 * len(digits) > len(columns[at]):
            return at, odd[0]
    return None


def _is_measured(name: str) -> bool:
    """Whether a column is called by a weight or a quantity and by no currency: Экспорт, тонн or 出口数量."""
    is_measure = is_quantity(name) or kilograms_in(name) is not None
    return is_measure and currency_in(name) is None


def _guess_product(found: Guess, sample: Sample, columns: Sequence[Sequence[str]]) -> None:
    names = sample.header
    taken = {found.reporter, found.partner, found.flow, found.period, found.year, found.month} | set(found.areas)
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


def _other_around(sample: Sample, columns: Sequence[Sequence[str]]) -> str | None:
    """The classification other than HS that a column of classifications, a title, or a sheet's or file's name says."""
    for at in _matching(sample.header, COLUMN_NAME, range(len(columns))):
        if other := other_in_column(dict.fromkeys(columns[at])):
            return other
    return other_around([sample.titles, sample.sheet_name, sample.path.name])


def _ask_for_product(
    found: Guess, names: Sequence[str], columns: Sequence[Sequence[str]], left: list[int], taken: set[int | None]
) -> None:
    """Note the column that says a product and holds no HS codes, so that it is asked about."""
    free = [at for at in range(len(names)) if at not in taken and at not in _valued(found, names, columns)]
    classified = [at for at in free if other_than_hs(names[at])]
    named = [at for at in _matching(names, _NAMES_PRODUCT, range(len(names))) if at not in taken]
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
    is_figure = any(pattern.search(name) for pattern in (_VALUE, _WEIGHT, _QUANTITY, _NOT_VALUE))
    return are_codes and not is_figure and all(map(hs_code, texts)) and not guess_layouts(values)


def _guess_measures(found: Guess, sample: Sample, columns: Sequence[Sequence[str]], said_values: Sequence[int]) -> None:
    names = sample.header
    taken = {found.reporter, found.partner, found.flow, found.product, found.period, found.year, found.month}
    free = [at for at in found.numeric if at not in taken and at not in found.areas]
    valued = _valued(found, names, columns)
    by_flow: dict[str, int] = {}  # the first column of each
    for at in valued:
        if flow := named_flow(names[at]):
            by_flow.setdefault(flow, at)
    if said_values:
        found.values = dict.fromkeys(said_values)
    elif found.flow is None and found.flow_constant is None and not found.is_flow_in_doubt and by_flow:
        found.values = {at: flow for flow, at in by_flow.items()}
    else:
        found.values = dict.fromkeys(valued[:1])
    found.unread_values = None if found.values else _unread_value(found, names, columns)
    weighed = [at for at in _matching(names, _WEIGHT, free) if not _ABOUT_FIGURE.search(names[at])]
    weights = [at for at in weighed if at not in found.values]
    if weights:
        found.weight = weights[0]
        found.kg_per_unit = kilograms_in(names[weights[0]])
    counted = [at for at in _matching(names, _QUANTITY, free) if not _ABOUT_FIGURE.search(names[at])]
    quantities = [at for at in counted if at not in found.values and at != found.weight]
    found.quantity = quantities[0] if quantities else None
    units = [at for at in _matching(names, UNIT_NAME, range(len(names))) if not SCALE_NAME.search(names[at])]
    found.unit = next((at for at in units if at not in found.numeric), None)
    found.currency_column = next((at for at, name in enumerate(names) if _are_currencies(name, columns[at])), None)
    _guess_units(found, names, columns, " ".join([*(sample.heading(at) for at in found.values), sample.titles]))
    _compare_titles(found, sample.title_texts)
    _compare_scale(found, columns)


def _guess_units(found: Guess, names: Sequence[str], columns: Sequence[Sequence[str]], heading: str) -> None:
    """What one unit of a value is worth, by the heading, and by the column that says it of each row, if there is one.

    A currency in the heading that no row has leaves the currency open.
    """
    sides = {found.reporter, found.partner, found.product, found.product_words, found.period, found.year, found.month}
    taken = sides | {found.currency_column} | set(found.areas)
    others = {found.flow, found.weight, found.quantity, *found.values}
    found.scale = scale_in(names, columns, [at for at in range(len(names)) if at not in taken | others])
    taken |= {*found.numeric, found.scale.column if found.scale else None}
    free = [at for at in range(len(names)) if at not in taken]
    if found.quantity is not None:  # a unit that is no money is that of the quantity
        free = [at for at in free if not UNIT_NAME.search(names[at]) or any(map(_is_money, set(columns[at])))]
    units = row_units(names, columns, free)
    by_flow = units is not None and units.column == found.flow
    if units is not None and by_flow and not units.named:
        units = None  # the words of the flow tell quantities apart by themselves
    found.currency, found.multiplier = currency_in(heading), multiplier_in(heading)
    found.multiplier_in_doubt = heading if is_in_doubt(heading) else None
    found.currency_of_others = economies_in_doubt(heading, found.currency)
    if found.currency_column is not None and found.currency not in {None, *columns[found.currency_column]}:
        found.currency_column = found.currency = None  # the heading says one that no row has
    if units is None:
        found.no_money = quantities_only(names, columns, free) if found.currency is None else None
        return
    if units.named and found.currency not in units.named:
        is_open = found.currency is not None
        found.currency = None if is_open else currency_in(" ".join(units.named))
        said = " ".join(text for text, code in units.currencies.items() if code)
        found.currency_of_others = economies_in_doubt(said, found.currency)
    worth = set(units.of(found.currency).values())
    doubted = [text for text in units.of(found.currency) if is_in_doubt(text)]
    found.multiplier_in_doubt = doubted[0] if doubted and found.multiplier is None else found.multiplier_in_doubt
    if units.splits(found.currency) and not (by_flow and len(worth) == 1):
        found.units = units
        return
    found.unit_of_all = None if by_flow else units.column
    if len(worth) == 1:
        found.multiplier = worth.pop() or found.multiplier


def _compare_titles(found: Guess, titles: Sequence[str]) -> None:
    """Leave open what titles say differently: no one unit holds for a sheet in millions and one in thousands."""
    if found.units is not None:
        return
    money = [text for text in titles if not _is_measured(text)]
    worth = {worth: text for text in reversed(money) if (worth := multiplier_in(text))}
    if len(worth) > 1 and found.scale is None:
        found.multiplier, found.titles_differ = None, tuple(worth.values())
    currencies = {code: text for text in reversed(money) if (code := currency_in(text))}
    if len(currencies) > 1 and found.currency_column is None:
        found.currency, found.titles_differ = None, tuple(currencies.values())


def _compare_scale(found: Guess, columns: Sequence[Sequence[str]]) -> None:
    """Leave the scale open where a heading or a unit says another; where both say the same it is meant once."""
    if found.scale is None or found.scale.is_open:
        return
    said = {found.multiplier} if found.units is None else {*found.units.worth.values()}
    said -= {None}
    if said and {found.scale.of(text) for text in columns[found.scale.column]} != said:
        found.scale = Scale(column=found.scale.column, is_open=True)
        return
    found.multiplier = None
    if found.units is not None:
        found.units = found.units.model_copy(update={"worth": dict.fromkeys(found.units.worth)})


def _is_money(text: str) -> bool:
    return currency_in(text) is not None


def _are_currencies(name: str, values: Sequence[str]) -> bool:
    """Whether a column holds codes of several currencies, or, where it is called so, of any, known or not."""
    different, is_called = set(values), _CURRENCY.search(name) is not None
    if is_called:
        return bool(different) and all(map(_CODE.fullmatch, different))
    return len(different) > 1 and different <= CURRENCY_CODES
