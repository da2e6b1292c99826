"""The roles of a table's columns, from guesses and from what a person says about them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flows.contracts import code_list
from flows.contracts.own_settings import unknown_currency
from flows.errors import EntrepotError
from flows.inbox.own.codes import area_of
from flows.inbox.own.dimensions import Dimensions
from flows.inbox.own.row_units import RowUnits
from flows.inbox.own.scale import Scale
from flows.inbox.own.units import currency_in, is_in_doubt, multiplier_in

_KG = {"kg": Decimal(1), "t": Decimal(1000), "g": Decimal("0.001"), "lb": Decimal("0.45359237")}


class Roles(Dimensions):
    """All roles of a table: what a row is about, its values, weight and quantity; each as the `trade` block has it."""

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


def _number(value: Decimal | str | int) -> int | float:
    try:
        number = Decimal(str(value).replace(" ", ""))
    except ArithmeticError as error:
        raise EntrepotError(f"--multiplier {value!r} is not a number; say 1000 for thousands.") from error
    return int(number) if number == number.to_integral() else float(number)
