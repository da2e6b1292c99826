"""The roles of a table's columns, from guesses and from what a person says about them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict

from flows.contracts import code_list
from flows.contracts.own_contracts import reserved_words
from flows.contracts.own_settings import (
    CADENCES,
    VALUATIONS,
    unknown_cadence,
    unknown_currency,
    unknown_valuation,
)
from flows.contracts.trade_roles import Classification
from flows.errors import EntrepotError
from flows.inbox.own.classifications import names_hs, other_than_hs
from flows.inbox.own.codes import (
    NO_VALUE,
    area_named,
    area_of,
    area_system,
    flow_of,
    likely_areas,
    totals_in,
    unknown_areas,
)
from flows.inbox.own.guess import Guess, guess_roles
from flows.inbox.own.periods import (
    LAYOUT_PARTS,
    REWRITTEN,
    guess_frequency,
    guess_layouts,
    misread_months,
    read_period,
    unread_months,
    unread_period,
    worded_periods,
)
from flows.inbox.own.row_units import RowUnits
from flows.inbox.own.sample import Sample
from flows.inbox.own.scale import Scale
from flows.inbox.own.units import currency_in, is_in_doubt, multiplier_in
from flows.settings import Settings

REMEDY_OF_OTHER_CODES = (
    "name a column of HS codes with --product, or keep only the rows of all products and say --product TOTAL"
)
_DIGIT = re.compile(r"\d")
_KG = {"kg": Decimal(1), "t": Decimal(1000), "g": Decimal("0.001"), "lb": Decimal("0.45359237")}


class Answers(BaseModel):
    """What a person says about the table: every field may be left out and is then guessed, or asked.

    A role is the name of a column; reporter, partner and flow may be a code instead that holds for the whole table.
    """

    model_config = ConfigDict(extra="forbid")

    name: str | None = None
    table: str = "trade"
    description: str | None = None
    publisher: str | None = None
    licence: str | None = None
    landing_page: str | None = None
    redistributable: bool = False
    cadence: str = "irregular"
    reporter: str | None = None
    partner: str | None = None
    flow: str | None = None
    product: str | None = None
    hs: str | None = None
    period: str | None = None
    period_layout: str | None = None
    cumulative: str | None = None
    decimal_mark: str | None = None
    values: list[str] = []
    currency: str | None = None
    multiplier: str | None = None
    weight: str | None = None
    weight_unit: str | None = None
    quantity: str | None = None
    quantity_unit: str | None = None
    exports_valuation: str | None = None
    imports_valuation: str | None = None


class Roles:
    """A table, what is guessed of it, and what a person says; each role as the `trade` block of the contract has it."""

    def __init__(self, settings: Settings, sample: Sample, answers: Answers) -> None:
        self.settings = settings
        self.sample = sample
        self.answers = answers
        self.guess: Guess = self._guessed_roles()
        self.names = column_names(sample.header)
        self.notes: list[str] = []

    def _guessed_roles(self) -> Guess:
        """What the table shows, given the decimal mark a person says. Raises EntrepotError for one that is none."""
        said = self.answers.decimal_mark
        if said not in (None, ".", ","):
            raise EntrepotError(f"--decimal-mark {said!r} is neither . nor ,")
        values = [self._said_value(value)[0] for value in self.answers.values]
        return guess_roles(self.sample, self.settings.seeds, said, values)

    def _said_value(self, said: str) -> tuple[int, str | None]:
        """The column and the flow of a value, said as COLUMN or COLUMN=FLOW. Raises EntrepotError for no column."""
        column, _, flow = said.rpartition("=") if self.column(said, None) is None else (said, "", "")
        code = flow_of(flow, code_list("flow", self.settings.seeds)) if flow else None
        return self.required_column(column or said, "--value"), code

    def column(self, said: str | None, guessed: int | None) -> int | None:
        """Position of the column a person names, else of the one that is guessed; none where it is not a column."""
        if said is None:
            return guessed
        return next((at for at, name in enumerate(self.sample.header) if name.casefold() == said.casefold()), None)

    def required_column(self, said: str, option: str) -> int:
        """Position of the column a person names. Raises EntrepotError when there is none of this name."""
        at = self.column(said, None)
        if at is None:
            names = ", ".join(repr(name) for name in self.sample.header)
            raise EntrepotError(f"{option} {said!r} is not a column of {self.sample.path.name}; it has {names}.")
        return at

    def cadence(self) -> str:
        """How often the table appears. Raises EntrepotError for a word nobody knows."""
        said = self.answers.cadence.lower()
        if said not in CADENCES:
            raise EntrepotError(f"--cadence {unknown_cadence(self.answers.cadence)}.")
        return said

    def valuation(self) -> dict[str, str]:
        """How exports and imports are valued. Raises EntrepotError for a valuation nobody knows."""
        known = {code.casefold(): code for code in VALUATIONS}
        found = {}
        for flow, option, usual in (("X", "exports_valuation", "FOB"), ("M", "imports_valuation", "CIF")):
            said = getattr(self.answers, option) or usual
            if said.casefold() not in known:
                raise EntrepotError(f"--{option.replace('_', '-')} {unknown_valuation(said)}.")
            found[flow] = known[said.casefold()]
        return found

    # -- roles ------------------------------------------------------------------------------------------

    def area(self, role: str) -> dict[str, Any] | None:
        """Reporter or partner as the contract has it; none where it is neither said nor shown."""
        said: str | None = getattr(self.answers, role)
        at = self.column(said, getattr(self.guess, role))
        if at is None:
            return {"constant": self._area_constant(said, role)} if said else None
        values = self.sample.column(at)
        system = self.guess.areas.get(at) or area_system(values, self.settings.seeds)[0]
        terms = list(dict.fromkeys(values))
        named = {term: area_named(term, self.settings.seeds) for term in terms} if system == "name" else {}
        words = {
            term: area for term, area in named.items() if area and area_of(term, "name", self.settings.seeds) != area
        }
        unknown = [term for term in unknown_areas(values, system, self.settings.seeds) if term not in words]
        if unknown := [term for term in unknown if term in self._with_figures(at)]:
            self.notes.append(
                f"{len(unknown)} of {len(terms)} names in {self.sample.header[at]!r} are not known areas; their "
                "rows are kept and count in no total. Give those you know a code under `values`:"
            )
            self.notes += [f"  {self._guessed(term)}" for term in unknown]
        return {"column": self.names[at], "codes": system, **({"values": words} if words else {})}

    def _with_figures(self, at: int) -> frozenset[str | None]:
        """What stands in a column beside a figure: footnotes and keys to marks do not."""
        columns = self.guess.values or range(len(self.sample.header))
        return frozenset(
            row[at] for row in self.sample.rows if any(_DIGIT.search(row[n] or "") for n in columns if n != at)
        )

    def _guessed(self, term: str) -> str:
        """A name without a code, as a line for `values`, with the areas it may be."""
        likely = likely_areas(term, self.settings.seeds)
        return f"{term!r}: " + (f"perhaps {' or '.join(likely)}" if likely else "no area is called much like it")

    def _area_constant(self, said: str, role: str) -> str:
        for system in ("iso3", "name", "iso2"):
            if area := area_of(said, system, self.settings.seeds):
                return area
        raise EntrepotError(
            f"--{role} {said!r} is neither a column of {self.sample.path.name} nor an ISO 3166 code of an area."
        )

    def flow(self) -> dict[str, Any] | None:
        """The flow as the contract has it; none where each column of values has its own, or where it is not known."""
        said, found = self.answers.flow, self.guess
        at = self.column(said, found.flow)
        codes = code_list("flow", self.settings.seeds)
        if at is None:
            code = flow_of(said, codes) if said else found.flow_constant
            if said and code is None:
                raise EntrepotError(
                    f"--flow {said!r} is neither a column nor a flow; say X for exports, M for imports."
                )
            return {"constant": code} if code else None
        words = {word: flow_of(word, codes) for word in dict.fromkeys(self.sample.column(at))}
        values = found.flow_words if at == found.flow else {w: c for w, c in words.items() if c and c != w.upper()}
        given = {*values, *codes, NO_VALUE}
        if unknown := [word for word in words if word not in given and word.upper() not in given]:
            self.notes.append(f"Not known as flows: {', '.join(unknown[:5])}; give them a code under `values`.")
        return {"column": self.names[at], **({"values": values} if values else {})}

    def product(self) -> dict[str, Any]:
        """The product as the contract has it; the total where the table has no codes of products."""
        said, found = self.answers.product, self.guess
        if said is not None and said.upper() == "TOTAL":
            self._require_no_total_beside_parts()
            return {"constant": "TOTAL"}
        at = self.required_column(said, "--product") if said else found.product
        if at is None:
            return {"constant": "TOTAL"}
        header = self.sample.header[at]
        if (other := other_than_hs(header)) and not names_hs(header):
            raise EntrepotError(f"--product {header!r} names codes of {other}, not of HS: {REMEDY_OF_OTHER_CODES}.")
        classification = (self.answers.hs or found.classification or "HS").upper()
        if classification not in get_args(Classification):
            raise EntrepotError(
                f"--hs {self.answers.hs!r} is no revision of HS; say H0 (1992) to H6 (2022), or HS if it is not known."
            )
        totals = [word for word in totals_in(self.sample.column(at)) if word.upper() != "TOTAL"]
        return {"column": self.names[at], "classification": classification, "total": ["TOTAL", *totals]}

    def _require_no_total_beside_parts(self) -> None:
        """Raises EntrepotError where one cell has rows of all products and rows of some: added up they count twice."""
        said, found = self.answers, self.guess
        others = [self.column(getattr(said, role), getattr(found, role)) for role in ("reporter", "partner", "flow")]
        places = [
            at for at in (*others, self.column(said.period, found.period), found.year, found.month) if at is not None
        ]
        for at in [at for at in (found.product, found.product_words) if at is not None]:
            totals = totals_in(self.sample.column(at))
            cells = [{tuple(row[n] for n in places) for row in self.sample.rows if (row[at] in totals) is is_total}
                     for is_total in (True, False)]  # fmt: skip
            if cells[0] & cells[1]:
                raise EntrepotError(
                    f"{self.sample.header[at]!r} has rows of all products ({totals[0]!r}) beside rows of some, and "
                    "--product TOTAL would count both; keep only the rows of all products in the file."
                )

    def period(self) -> dict[str, Any] | None:
        """The period as the contract has it; none where no column shows it or its layout is open."""
        period = self._period_said()
        is_cumulative = (self.answers.cumulative or "").lower() == "yes"
        if not period or not is_cumulative:
            return period
        # a sum up to March of every year is no figure of a year, as a date of one month is
        return {**{part: said for part, said in period.items() if part != "frequency"}, "is_cumulative": True}

    def _period_said(self) -> dict[str, Any] | None:
        said, found = self.answers.period, self.guess
        if said is None and found.year is not None and found.month is not None:
            return {"year": self.names[found.year], "month": self.names[found.month]}
        at = self.required_column(said, "--period") if said else found.period
        if at is None:
            return None
        values = self.sample.column(at)
        layouts = [self.answers.period_layout] if self.answers.period_layout else list(guess_layouts(values))
        if not layouts:
            return None
        if values and not any(read_period(layout, value) for layout in layouts for value in set(values)):
            raise EntrepotError(
                f"--period-layout {layouts[0]!r} reads no period of {self.sample.header[at]!r}, such as {values[0]!r}; "
                f"write {LAYOUT_PARTS}."
            )
        frequency = guess_frequency(layouts, values)
        return {"column": self.names[at], "layouts": layouts, **({"frequency": frequency} if frequency else {})}

    def require_readable_periods(self) -> None:
        """Raises EntrepotError where the column of periods is one no layout can read; a person has to rewrite it."""
        said = self.answers.period
        for at in [self.required_column(said, "--period")] if said else range(len(self.sample.header)):
            if at in self.guess.areas:
                continue
            if text := unread_period(self.sample.column(at)):
                raise EntrepotError(
                    f"No layout reads the periods of {self.sample.header[at]!r} in {self.sample.path.name}, such as "
                    f"{text!r}; write them in the file as {REWRITTEN}."
                )
            if self.sample.layout is None and (text := worded_periods(self.sample.column(at))):
                raise EntrepotError(
                    f"{self.sample.header[at]!r} has periods in words such as {text!r}; read them with --layout "
                    "'periods down'."
                )

    def require_readable_months(self) -> None:
        """Raises EntrepotError where a column of months has words that only a layout reads: янв., or Jan-Mar."""
        at = self.guess.month
        if at is None or self.answers.period is not None or self.sample.layout is not None:
            return
        header, values = self.sample.header[at], self.sample.column(at)
        if odd := misread_months(values):
            raise EntrepotError(
                f"{header!r} has {odd[0]!r} beside months, which is no single month. Take these rows out of "
                f"{self.sample.path.name}, or leave them out with --layout 'months down'."
            )
        if names := unread_months(values):
            raise EntrepotError(
                f"{header!r} has months by names such as {names[0]!r}; read them with --layout 'months down', or write "
                "them as 1 to 12."
            )

    def values(self) -> list[dict[str, Any]]:
        """The columns of values as the contract has them; said as COLUMN, or COLUMN=FLOW."""
        columns: dict[int, str | None] = dict(map(self._said_value, self.answers.values)) or dict(self.guess.values)
        if self.flow() is not None:
            columns = dict.fromkeys(columns)
        currency = self._currency()
        multiplier = self.answers.multiplier or self.guess.multiplier or 1
        shared: dict[str, Any] = {"currency": (currency or "").upper(), "multiplier": _number(multiplier)}
        if self.guess.currency_column is not None and self.answers.currency is None:
            codes = set(self.sample.column(self.guess.currency_column))
            usual = codes.pop() if len(codes) == 1 else "USD"
            shared = {"currency_column": self.names[self.guess.currency_column], **shared, "currency": usual}
        if self.guess.units is not None:
            units = self._worth_of_units(self.guess.units)
            shared |= {"unit_column": self.names[self.guess.units.column], "units": units, "multiplier": 1}
        if (scale := self.scale()) is not None:
            factors = {text: _number(factor) for text, factor in scale.factors.items()}
            shared |= {"multiplier_column": self.names[scale.column], "multipliers": factors}
        own = self._units_of(list(columns), shared)
        return [
            {"column": self.names[at], **({"flow": flow} if flow else {}), **shared, **own[at]}
            for at, flow in columns.items()
        ]

    def _units_of(self, columns: list[int], shared: dict[str, Any]) -> dict[int, dict[str, Any]]:
        """What the heading of each column of values says of its currency and unit, where rows say none of theirs.

        Raises EntrepotError where a person says one of them for columns that say several.
        """
        own: dict[int, dict[str, Any]] = {at: {} for at in columns}
        for part, read, beside in (("currency", currency_in, "currency_column"), ("multiplier", multiplier_in, "")):
            told = {at: said for at in columns if (said := read(self.sample.heading(at))) is not None}
            if {"unit_column", "multiplier_column", beside} & shared.keys():
                continue
            said = getattr(self.answers, part)
            if said is not None and len(set(told.values())) > 1:
                headings = " and ".join(repr(self.sample.header[at]) for at in list(told)[:2])
                raise EntrepotError(f"--{part} {said!r} would hold for {headings}, which say theirs; leave it out.")
            if said is None:
                for at, each in told.items():
                    own[at][part] = _number(each) if part == "multiplier" else each
        return own

    def are_units_open(self) -> bool:
        """Whether nothing says what one unit of a value is worth, neither the heading nor its row."""
        units, scale = self.guess.units, self.guess.scale
        if scale is not None:
            return scale.is_open
        if units is None:
            return self.guess.multiplier is None
        return None in self._told_worth(units).values()

    def scale(self) -> Scale | None:
        """The column that says the scale of each row; none where there is none, or where a person says one for all.

        Raises EntrepotError where a person says one and the rows have several.
        """
        scale, said = self.guess.scale, self.answers.multiplier
        if scale is None or scale.is_open or said is None:
            return None if scale is None or scale.is_open else scale
        if len(set(self.sample.column(scale.column))) > 1:
            raise EntrepotError(
                f"--multiplier {said!r} would hold for all rows; leave it out, since "
                f"{self.sample.header[scale.column]!r} says the scale of each."
            )
        return None

    def _told_worth(self, units: RowUnits) -> dict[str, Decimal | None]:
        """What the table says of the worth of each unit of its currency; a currency alone is worth one of it."""
        currency = (self.answers.currency or self.guess.currency or "").upper()
        heading = self.guess.multiplier
        return {
            text: worth or heading or (Decimal(1) if units.currencies[text] and not is_in_doubt(text) else None)
            for text, worth in units.of(currency or None).items()
        }

    def _worth_of_units(self, units: RowUnits) -> dict[str, int | float]:
        """The worth of each unit of money, by the table or as said.

        Raises EntrepotError where no unit is of the currency said, or where one multiplier is said for several.
        """
        told, said, header = self._told_worth(units), self.answers.multiplier, self.sample.header[units.column]
        if not told and self.answers.currency:
            raise EntrepotError(
                f"--currency {self.answers.currency!r} is the currency of no unit of {header!r}; it has "
                f"{', '.join(units.named)}."
            )
        if said is not None and None not in told.values():
            if len(set(told.values())) > 1:
                raise EntrepotError(
                    f"--multiplier {said!r} would hold for all of {', '.join(map(repr, told))}; leave it out, since "
                    f"{header!r} says what each is worth."
                )
            return dict.fromkeys(told, _number(said))
        return {text: _number(worth or said or 1) for text, worth in told.items()}

    def require_money(self) -> None:
        """Raises EntrepotError where the only units the rows have are weights or counts, and nobody says otherwise."""
        at = self.guess.no_money
        if at is not None and self.values() and (self.answers.currency is None or self.answers.multiplier is None):
            raise EntrepotError(
                f"{self.sample.header[at]!r} says that the figures are in {self.sample.column(at)[0]!r}, which is no "
                "money. If they are money, say --currency and --multiplier; else the table has no values of trade."
            )

    def doubt_of_currency(self) -> str | None:
        """The reporter who may mean its own money by the sign of the currency; none where a person says which it is."""
        if self.answers.currency is not None or self.guess.currency_column is not None:
            return None
        return next((area for area in self._reporters() if area in self.guess.currency_of_others), None)

    def _reporters(self) -> list[str]:
        """The economies whose statistic the table is, as far as they are known."""
        said = self.area("reporter") or {}
        if "column" not in said:
            return [said["constant"]] if said else []
        terms = dict.fromkeys(self.sample.column(self.names.index(said["column"])))
        seeds, words = self.settings.seeds, said.get("values", {})
        known = (words.get(term) or area_of(term, said["codes"], seeds) for term in terms)
        return [area for area in known if area is not None]

    def _currency(self) -> str | None:
        """The currency said or shown. Raises EntrepotError where the warehouse has no code for it."""
        currency = (self.answers.currency or self.guess.currency or "").upper()
        at, codes = self.guess.currency_column, code_list("currency", self.settings.seeds)
        if currency and currency not in codes:
            raise EntrepotError(f"--currency {unknown_currency(self.answers.currency or currency)}.")
        if at is not None and not self.answers.currency and (odd := sorted(set(self.sample.column(at)) - codes)):
            raise EntrepotError(f"{self.sample.header[at]!r}: {unknown_currency(odd[0])}.")
        return currency or None

    def weight(self) -> dict[str, Any] | None:
        """The net weight as the contract has it; none where there is none or its unit is not known."""
        said, found = self.answers.weight, self.guess
        at = self.required_column(said, "--weight") if said else found.weight
        unit = self.answers.weight_unit
        if unit and unit not in _KG:
            raise EntrepotError(f"--weight-unit {unit!r} is not known; say {', '.join(_KG)}.")
        factor = _KG[unit] if unit else found.kg_per_unit if at == found.weight else None
        if at is not None and factor is None:
            self.notes.append(f"{self.sample.header[at]!r} looks like a weight; say --weight-unit kg or t to have it.")
        return {"column": self.names[at], "kg_per_unit": _number(factor)} if at is not None and factor else None

    def quantity(self) -> dict[str, Any] | None:
        """The quantity as the contract has it; none where there is none or its unit is not known."""
        said, unit, found = self.answers.quantity, self.answers.quantity_unit, self.guess
        at = self.required_column(said, "--quantity") if said else found.quantity
        if at is None:
            return None
        unit_at = self.column(unit, found.unit)
        if unit_at is not None:
            return {"column": self.names[at], "unit_column": self.names[unit_at]}
        if unit is None:
            self.notes.append(f"{self.sample.header[at]!r} looks like a quantity; say --quantity-unit to have it.")
            return None
        return {"column": self.names[at], "unit": unit}


def column_names(header: tuple[str, ...]) -> list[str]:
    """A name for every column: the header in lower-case ASCII, unlike any other and any word of SQL."""
    names: list[str] = []
    for position, text in enumerate(header, start=1):
        name = slug(text) or f"column_{position}"
        name = f"{name}_column" if name in reserved_words() else name
        while name in names:
            name = f"{name}_{position}"
        names.append(name)
    return names


def slug(text: str) -> str:
    """The ASCII letters and digits of a text in lower case, words joined by underscores."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = "_".join(re.findall(r"[a-z0-9]+", plain))
    return f"c_{words}" if words[:1].isdigit() else words


def said_columns(trade: dict[str, Any]) -> set[str]:
    """Columns that reporter, partner, flow, product and period stand on."""
    parts = [trade[name] for name in ("reporter", "partner", "flow", "product", "period") if trade.get(name)]
    return {part[place] for part in parts for place in ("column", "year", "month") if part.get(place)}


def _number(value: Decimal | str | int) -> int | float:
    try:
        number = Decimal(str(value).replace(" ", ""))
    except ArithmeticError as error:
        raise EntrepotError(f"--multiplier {value!r} is not a number; say 1000 for thousands.") from error
    return int(number) if number == number.to_integral() else float(number)
