"""What a person says about the columns of a table, beside what is guessed of them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from flows.contracts import code_list
from flows.contracts.own_settings import CADENCES, VALUATIONS, unknown_cadence, unknown_valuation
from flows.errors import EntrepotError
from flows.inbox.own.codes import flow_of
from flows.inbox.own.column_names import column_names
from flows.inbox.own.column_roles import guess_roles
from flows.inbox.own.guess import Guess
from flows.inbox.own.sample import Sample
from flows.settings import Settings


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


class AnsweredTable:
    """A table, what is guessed of its columns, and what a person says about them."""

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
