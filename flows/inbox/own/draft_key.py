"""The key of a table of one's own: the columns that tell its rows apart, and which rows are added up to one cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flows.contracts.own_contracts import is_template
from flows.errors import EntrepotError
from flows.inbox.own.codes import NO_VALUE, is_sum, is_view
from flows.inbox.own.dimensions import said_columns
from flows.inbox.own.guess import Guess
from flows.inbox.own.sample import Row, Sample


class DraftKey:
    """Of a table whose roles are those of `trade`; `columns` is the key, and `notes` say what to know of it.

    A cell is what the roles say a row is about. Columns that tell apart rows of one cell are part of the key, and the
    figures of such rows are added up.
    """

    def __init__(self, sample: Sample, names: Sequence[str], guess: Guess, trade: dict[str, Any]) -> None:
        self.sample, self.guess, self.trade = sample, guess, trade
        self.notes: list[str] = []
        self._at = {name: position for position, name in enumerate(names)}
        said = said_columns(trade)
        self.columns = [name for name in names if name in said]
        self._beside = self._columns_beside()
        self.columns += self._beside

    def check(self) -> None:
        """Note what is added up, and what a run will refuse.

        Raises EntrepotError where what is added up is no sum of parts: a total beside them, or the same trade twice.
        """
        units = self._named("unit_column")
        currencies = self._named("currency_column")
        if currencies.intersection(self._beside):
            self.notes.append("Of rows that differ only in currency those in US dollars are used, else one currency.")
        adds_units = self._adds_units([name for name in self.columns if name not in units])
        told_apart = currencies if adds_units else currencies | units
        if added := [name for name in self._beside if name not in told_apart]:
            self._require_no_total_beside(added)
            self._require_one_view(added)
            differ = ", ".join(name for name in added if len(set(self._texts(name))) > 1)
            self.notes.append(f"Rows that differ only in {differ} are added up to one cell: take totals out.")
        if self._repeats(self.columns):
            self.notes.append(
                "Some rows differ in numbers only, so the run refuses the file: leave one row for each cell, or name "
                "the column that tells them apart."
            )
        self._require_one_word_a_flow()

    def repeated(self) -> frozenset[int]:
        """Positions of the rows whose key another row has too: a run rejects every one of them."""
        keys = [self._cell(row, self.columns) for row in self.sample.rows]
        count = Counter(keys)
        return frozenset(number for number, key in enumerate(keys) if count[key] > 1)

    def _columns_beside(self) -> list[str]:
        """Columns without a role that the key needs, until no two rows are alike; those of units first."""
        units = self._named("unit_column")
        rest = [
            name
            for name, at in self._at.items()
            if name not in self.columns and at not in self.guess.numeric and self._header(name)
        ]
        rest = [name for name in rest if not is_template(self._header(name))]
        rest.sort(key=lambda name: name not in units)
        beside: list[str] = []
        while self._repeats(self.columns + beside) and rest:
            beside.append(rest.pop(0))
        return beside

    def _require_no_total_beside(self, added: list[str]) -> None:
        """Raises EntrepotError where rows to be added up are a total and its parts, which would count twice."""
        for name in added:
            others = [other for other in self.columns if other != name]
            cells: dict[bool, set[Row]] = {True: set(), False: set()}
            for row in self.sample.rows:
                cells[is_sum(self._text(row, name))].add(self._cell(row, others))
            if cells[True] & cells[False]:
                said = next(text for text in self._texts(name) if is_sum(text))
                raise EntrepotError(
                    f"{self._header(name)!r} has rows of a total ({said!r}) beside rows of its parts, and both would "
                    f"be added up; leave one of them in {self.sample.path.name}."
                )

    def _require_one_view(self, added: list[str]) -> None:
        """Raises EntrepotError where rows to be added up are the same trade in two views, adjusted or not."""
        others = [other for other in self.columns if other not in added]
        cells = {self._cell(row, others) for row in self.sample.rows}
        for name in added:
            header, texts = self._header(name), list(dict.fromkeys(self._texts(name)))
            views = {self._cell(row, [name, *others]) for row in self.sample.rows}
            if len(texts) > 1 and len(views) > len(cells) and is_view(header, texts):
                raise self._same_trade(header, texts[0], texts[1])

    def _require_one_word_a_flow(self) -> None:
        """Raises EntrepotError where two words for one flow, such as total and special imports, have the same cell."""
        words = self.trade.get("flow", {}).get("values", {})
        if not words:
            return
        name = self.trade["flow"]["column"]
        others = [other for other in self.columns if other != name]
        found: dict[tuple[str | None, ...], str] = {}
        for row in self.sample.rows:
            word = self._text(row, name)
            code = words.get(word, word.upper())
            before = found.setdefault((code, *self._cell(row, others)), word)
            if before != word and code != NO_VALUE:
                raise self._same_trade(self._header(name), before, word)

    def _same_trade(self, header: str, one: str, other: str) -> EntrepotError:
        return EntrepotError(
            f"{header!r} has rows of {one!r} beside rows of {other!r} for the same trade, and both would be added up; "
            f"leave one of them in {self.sample.path.name}."
        )

    def _adds_units(self, columns: list[str]) -> bool:
        """Whether one cell has figures in two units of money, which then are added up: quantities never are."""
        units = self.guess.units
        if units is None:
            return False
        cells = [self._cell(row, columns) for row in self.sample.rows if row[units.column] in units.worth]
        return len(set(cells)) < len(cells)

    def _repeats(self, columns: list[str]) -> bool:
        return len({self._cell(row, columns) for row in self.sample.rows}) < len(self.sample.rows)

    def _named(self, part: str) -> set[str]:
        """The columns that values of the contract name for this."""
        return {value[part] for value in self.trade["values"] if part in value}

    def _cell(self, row: Row, columns: list[str]) -> Row:
        return tuple(row[self._at[name]] for name in columns)

    def _text(self, row: Row, name: str) -> str:
        return row[self._at[name]] or ""

    def _texts(self, name: str) -> list[str]:
        return self.sample.column(self._at[name])

    def _header(self, name: str) -> str:
        return self.sample.header[self._at[name]]
