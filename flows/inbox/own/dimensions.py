"""What a row of a table is about: reporter, partner, flow, product and period, from guesses and answers."""

from __future__ import annotations

import re
from typing import Any, get_args

from flows.contracts import code_list
from flows.contracts.trade_roles import Classification
from flows.errors import EntrepotError
from flows.inbox.own.answers import AnsweredTable
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
from flows.inbox.own.periods import (
    LAYOUT_PARTS,
    PERIOD_NAME,
    REWRITTEN,
    guess_frequency,
    guess_layouts,
    is_fiscal_year,
    is_split_year,
    misread_months,
    read_period,
    unread_months,
    unread_period,
    worded_periods,
    year_of_other_calendar,
)
from flows.read.areas import area_typed

REMEDY_OF_OTHER_CODES = (
    "name a column of HS codes with --product, or keep only the rows of all products and say --product TOTAL"
)
_DIGIT = re.compile(r"\d")


class Dimensions(AnsweredTable):
    """The roles that say what a figure is about, each as the `trade` block of the contract has it."""

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
        if area := area_typed(said):
            return area
        raise EntrepotError(
            f"--{role} {said!r} is neither a column of {self.sample.path.name} nor a known economy, by name or code."
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
            self._require_gregorian(at)
            text = unread_period(self.sample.column(at))
            if text and (is_split_year(text) or is_fiscal_year(text)):
                what = "fiscal years" if is_fiscal_year(text) else "years that end in the next"
                raise EntrepotError(
                    f"{self.sample.header[at]!r} has {what}, such as {text!r}; the warehouse has "
                    "calendar years, quarters and months, so get the table by one of these."
                )
            if text:
                raise EntrepotError(
                    f"No layout reads the periods of {self.sample.header[at]!r} in {self.sample.path.name}, such as "
                    f"{text!r}; write them in the file as {REWRITTEN}."
                )
            if self.sample.layout is None and (text := worded_periods(self.sample.column(at))):
                raise EntrepotError(
                    f"{self.sample.header[at]!r} has periods in words such as {text!r}; read them with --layout "
                    "'periods down'."
                )

    def _require_gregorian(self, at: int) -> None:
        """Raises EntrepotError where a column that is called a year, or said to be, has those of another calendar."""
        header = self.sample.header[at]
        if self.answers.period is None and not PERIOD_NAME.search(header):
            return
        if other := year_of_other_calendar(self.sample.column(at)):
            text, calendar, year = other
            remedy = f"write them as calendar years ({year}) in {self.sample.path.name}"
            if calendar != "Buddhist":  # whose years are those of everybody else, counted from another one
                remedy = f"the warehouse has calendar years, so get the table by these; {text} began in {year}"
            raise EntrepotError(f"{header!r} has years of the {calendar} calendar, such as {text!r}; {remedy}.")

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


def said_columns(trade: dict[str, Any]) -> set[str]:
    """Columns that reporter, partner, flow, product and period stand on."""
    parts = [trade[name] for name in ("reporter", "partner", "flow", "product", "period") if trade.get(name)]
    return {part[place] for part in parts for place in ("column", "year", "month") if part.get(place)}
