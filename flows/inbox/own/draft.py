"""A contract drafted for a table of one's own: the YAML that stands for guesses and answers."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from flows.contracts import check_own_contract, load_contracts
from flows.contracts.own_contracts import is_template
from flows.errors import EntrepotError
from flows.formats.figures import bare, is_word
from flows.formats.matrix import ON_SHEETS
from flows.formats.workbook import EVERY_SHEET
from flows.inbox.own.answers import Answers
from flows.inbox.own.column_names import source_called
from flows.inbox.own.dimensions import said_columns
from flows.inbox.own.draft_key import DraftKey
from flows.inbox.own.numbers import NULL_TEXTS, TOO_LARGE, TOO_LARGE_A_MEASURE, is_numeric, is_spelt_otherwise
from flows.inbox.own.roles import Roles
from flows.inbox.own.sample import Row
from flows.inbox.own.units_above import units_said
from flows.inbox.unread_layouts import ACTIONS_OF_FIGURES, action_at
from flows.redaction import legible_name

_MOST_SHOWN = 4  # texts of sheets

__all__ = ["Answers", "Draft", "checked", "save"]


class Draft(Roles):
    """A table and its roles; `text` is the contract."""

    @property
    def name(self) -> str:
        """Id of the source: as said, else from the file's name."""
        return self.answers.name or source_called(self.sample.path.name) or "my_table"

    @property
    def path(self) -> Path:
        """Where the contract is written."""
        return self.settings.own_contracts / f"{self.name}.yml"

    def answer(self, field: str, said: str) -> None:
        """Take the answer to a question."""
        self.answers = self.answers.model_copy(update={field: [said] if field == "values" else said})
        if field in ("decimal_mark", "values"):
            self.guess = self._guessed_roles()

    def require_new(self) -> None:
        """Raises EntrepotError when the name of the source is taken."""
        if self.path.exists():
            raise EntrepotError(f"{self.path} exists; delete it, or give the source another name with --name.")
        if self.name in load_contracts(self.settings.contracts):
            raise EntrepotError(f"There is a source {self.name} already; give yours another name with --name.")

    def trade(self) -> dict[str, Any]:
        """The `trade` block of the contract."""
        block: dict[str, Any] = {"reporter": self.area("reporter"), "partner": self.area("partner")}
        if flow := self.flow():
            block["flow"] = flow
        block |= {"product": self.product(), "period": self.period(), "values": self.values()}
        optional = {"weight": self.weight(), "quantity": self.quantity()}
        return block | {name: part for name, part in optional.items() if part}

    def contract(self) -> dict[str, Any]:
        """The whole contract. Questions must be answered before (see questions.py)."""
        said = self.answers
        trade = self.trade()
        meta = {
            "publisher": said.publisher,
            "statistic_code": self.name.upper(),
            "landing_page": said.landing_page or "",
            "licence": said.licence,
            "redistributable": said.redistributable,
            "origin": "drop_box",
            "cadence": self.cadence(),
            "max_age_days": None,
            "priority": 90,
            "valuation": self.valuation(),
        }
        self._require_text_in_roles(trade)
        if large := list(self.too_large().values()):
            self.notes.append(
                f"{', '.join(map(repr, large[:3]))} or what it is worth is more than anybody trades (1e15), so the run "
                "refuses the file; correct the figure or the multiplier."
            )
        key = self.key(trade)
        key.check()
        self.notes += key.notes
        described = f"One row per {', '.join(key.columns)}; drafted from {self._file_name}."
        table = {
            "name": said.table,
            "identifier": f"{self.name}__{said.table}",
            "description": described,
            "config": {
                "meta": {
                    **self._form(),
                    "key": key.columns,
                    "on_failure": "stand_in",
                    **self._checks(trade),
                    "trade": trade,
                }
            },
            "columns": [self._column(at, trade) for at in range(len(self.names)) if self._is_column(at)],
        }
        source = {
            "name": self.name,
            "description": (said.description or f"Your table: {self._file_name}").rstrip(".") + ".",
            "database": "landed",
            "schema": "raw",
            "config": {"meta": meta},
            "tables": [table],
        }
        return {"version": 2, "sources": [source]}

    def _checks(self, trade: dict[str, Any]) -> dict[str, Any]:
        """The rule that a figure has a scale, where rows say theirs."""
        scaled = [value for value in trade["values"] if "multiplier_column" in value]
        checks = [
            {
                "column": value["multiplier_column"],
                "holds": f"{value['multiplier_column']} is not null or {value['column']} is null",
                "reason": "the scale of the figure is missing",
            }
            for value in scaled
        ]
        return {"checks": checks} if checks else {}

    @property
    def _file_name(self) -> str:
        """Name of the file as a text dbt only reads."""
        name = legible_name(self.sample.path.name)
        return re.sub(r"\{(?=[{%#])", "(", name)

    def _is_column(self, at: int) -> bool:
        """Whether a column can be one of the contract: it has a name, and one dbt would not run."""
        header = self.sample.header[at]
        if is_template(header):
            self.notes.append(f"The column {header!r} is left out: dbt would run its name.")
        return bool(header) and not is_template(header)

    def _require_text_in_roles(self, trade: dict[str, Any]) -> None:
        """Raises EntrepotError where a role is read from a column that has no name, or one that dbt would run."""
        said = said_columns(trade) | {value["column"] for value in trade["values"]}
        header = dict(zip(self.names, self.sample.header, strict=True))
        if nameless := [at for at, name in enumerate(self.names, start=1) if name in said and not header[name]]:
            raise EntrepotError(
                f"Column {nameless[0]} of {self.sample.path.name} has no name in its header; write one there."
            )
        if bad := [header[name] for name in sorted(said) if is_template(header.get(name, ""))]:
            raise EntrepotError(f"dbt would run the name of the column {bad[0]!r}; rename it in the file.")

    def _form(self) -> dict[str, Any]:
        """How the file is read, where that is not the default."""
        sample, spelling = self.sample, self.guess.spelling
        form: dict[str, Any] = {"format": sample.format}
        form |= {"delimiter": sample.delimiter} if sample.format == "csv" and sample.delimiter != "," else {}
        form |= {"encoding": sample.encoding} if sample.encoding != "utf-8" else {}
        form |= {"sheet": sample.sheet} if sample.sheet else {}
        form |= {"layout": sample.layout} if sample.layout else {}
        form |= {"header_row": sample.header_row} if sample.header_row != 1 else {}
        form |= {"units_above": list(units_said(sample.title_texts))} if sample.layout or sample.header_row > 1 else {}
        form |= {"decimal_mark": spelling.decimal} if spelling.decimal != "." else {}
        form |= {"thousands_mark": spelling.thousands} if spelling.thousands else {}
        columns = {*self.guess.numeric, *(self.names.index(value["column"]) for value in self.values())}
        texts = [text for at in columns for text in self.sample.column(at)]  # a number and the same text are not alike
        form |= {"printed_figures": True} if any(bare(text) != text for text in texts) else {}
        words = {text for text in texts if text in NULL_TEXTS or is_word(text)}
        if odd := sorted({text for text in texts if text not in words and not spelling.is_number(text)}):
            self.notes.append(
                f"{', '.join(map(repr, odd[:3]))} cannot be read as numbers, so the run refuses the file; "
                "correct them before."
            )
        return form | ({"null_texts": sorted(words)} if words else {})

    def _column(self, at: int, trade: dict[str, Any]) -> dict[str, Any]:
        name, header = self.names[at], self.sample.header[at]
        data_type = "varchar"
        if name in {value["column"] for value in trade["values"]}:
            data_type = "decimal(24,9)"
        elif at in self.guess.numeric and name not in said_columns(trade) | scales_of(trade):
            data_type = "double"
        elif name not in said_columns(trade) and self._is_spelt_otherwise(at):
            self.notes.append(
                f"The figures of the column {header!r} are not used: they are spelt otherwise than the others, such as "
                f"{self.sample.column(at)[0]!r}. Spell all of them alike."
            )
        meta: dict[str, Any] = {} if header == name else {"header": header}
        if at == self.guess.currency_column and any("currency_column" in value for value in trade["values"]):
            meta["code_list"] = "currency"  # a later file with another code is refused alone
        if accepted := self._accepted(at):
            meta["accepted"] = accepted
        config = {"config": {"meta": meta}} if meta else {}
        return {"name": name, "data_type": data_type, "description": f"{header} as delivered.", **config}

    def _accepted(self, at: int) -> list[str]:
        """The texts a column may have in a later file, where they say the worth of a figure, that it is of all goods,
        or that it is one; any where they say neither.
        """
        if (scale := self.scale()) is not None and at == scale.column:
            return list(scale.factors)
        if at == action_at(self.sample.header):
            return list(ACTIONS_OF_FIGURES)
        guess = self.guess
        is_fixed = {guess.unit_of_all, guess.scale.column if guess.scale else None, *guess.product_totals}
        return list(dict.fromkeys(self.sample.column(at))) if at in is_fixed else []

    def _is_spelt_otherwise(self, at: int) -> bool:
        values = self.sample.column(at)
        return is_spelt_otherwise(values) and not is_numeric(values, self.guess.spelling)

    def key(self, trade: dict[str, Any]) -> DraftKey:
        """The key of a table with these roles."""
        return DraftKey(self.sample, self.names, self.guess, trade)

    def too_large(self) -> dict[int, str]:
        """Positions of the rows with a figure the warehouse does not hold, and the figure: a run refuses them.

        That is a value of which one or all units come to 1e15, or any other figure of 1e14.
        """
        at = {name: position for position, name in enumerate(self.names)}
        trade, read = self.trade(), self.guess.spelling.read
        valued = {at[value["column"]]: value for value in trade["values"]}
        codes = said_columns(trade) | scales_of(trade)
        others = [n for n in self.guess.numeric if n not in valued and self.names[n] not in codes]
        found: dict[int, str] = {}
        for position, row in enumerate(self.sample.rows):
            for place, value in valued.items():
                worth = max(Decimal(1), Decimal(str(_worth_in(value, row, at))))
                if abs(read(row[place]) or Decimal(0)) * worth >= TOO_LARGE:
                    found[position] = row[place] or ""
            for place in others:
                if abs(read(row[place]) or Decimal(0)) >= TOO_LARGE_A_MEASURE:
                    found[position] = row[place] or ""
        return found

    def text(self) -> str:
        """The YAML file, with what was noticed as comments at its head."""
        self.notes.clear()
        if self.sample.unread_sheets:
            names = ", ".join(map(repr, self.sample.unread_sheets))
            which = (
                "Only sheets with the header of the first are"
                if self.sample.sheet == EVERY_SHEET
                else "Only the first sheet is"
            )
            which = "Hidden sheets are not" if self.sample.layout else which
            self.notes.append(f"{which} read; a contract with another `sheet:` reads {names}.")
        if self.sample.unread_columns:
            names = ", ".join(map(repr, self.sample.unread_columns))
            self.notes.append(f"The layout `{self.sample.layout}` does not read the columns {names}.")
        body = yaml.safe_dump(self.contract(), sort_keys=False, allow_unicode=True, width=110)
        head = [f"# Contract of {self._file_name}, drafted by `entrepot sources new`. Yours to edit.", ""]
        notes = [f"# - {note}" for note in dict.fromkeys(self.notes)]
        return "\n".join([head[0], *notes, body])

    def summary(self) -> list[tuple[str, str, str]]:
        """What each role is read from and as, for a person to look over."""
        header = dict(zip(self.names, self.sample.header, strict=True))
        trade = self.trade()
        shown: list[tuple[str, str, str]] = []
        for role in ("reporter", "partner", "flow", "product", "period", "weight", "quantity"):
            if part := trade.get(role):
                places = [header[part[place]] for place in ("column", "year", "month") if part.get(place)]
                rest = {
                    name: rule for name, rule in part.items() if name not in ("column", "year", "month", "constant")
                }
                told = [*(f"{name}: {_told(rule)}" for name, rule in rest.items()), *self._said_here(places)]
                shown.append((role, ", ".join(places) or f"always {part.get('constant')}", "; ".join(told)))
        for value in trade["values"]:
            flow = f"flow {value['flow']}; " if "flow" in value else ""
            shown.append(("value", header[value["column"]], f"{flow}{_told_units(value, header)}"))
        return shown

    def _said_here(self, places: Sequence[str]) -> list[str]:
        """What the sheets of this file say of a role that has no column; a later file says its own."""
        columns = [self.sample.column(self.sample.header.index(place)) for place in places if place.endswith(ON_SHEETS)]
        texts = list(dict.fromkeys(text for column in columns for text in column))
        more = ["..."] if len(texts) > _MOST_SHOWN else []
        return [f"here {', '.join([*texts[:_MOST_SHOWN], *more])}"] if texts else []


def checked(draft: Draft) -> str:
    """The contract as text, checked as a run would check it. Raises ContractError, by the name it would have."""
    text = draft.text()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / draft.path.name
        place.write_text(text, encoding="utf-8")
        check_own_contract(place, draft.settings.seeds)
    return text


def save(draft: Draft, text: str | None = None) -> Path:
    """Write the contract, checked unless its text is given, and return its path. Raises EntrepotError if it exists."""
    draft.require_new()
    text = text or checked(draft)
    draft.path.parent.mkdir(parents=True, exist_ok=True)
    temporary = draft.path.with_suffix(".draft")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(draft.path)
    return draft.path


def scales_of(trade: dict[str, Any]) -> set[str]:
    """Columns that say the scale of a value; they hold codes, though these be numbers."""
    return {value["multiplier_column"] for value in trade["values"] if "multiplier_column" in value}


def scale_of(value: dict[str, Any], row: Row, at: dict[str, int]) -> Decimal | None:
    """What the scale of a row multiplies its value by, 1 where rows have none; none where the row does not say it."""
    if "multiplier_column" not in value:
        return Decimal(1)
    factors = {text.lower(): factor for text, factor in value["multipliers"].items()}
    factor = factors.get((row[at[value["multiplier_column"]]] or "").lower())
    return None if factor is None else Decimal(str(factor))


def _worth_in(value: dict[str, Any], row: Row, at: dict[str, int]) -> float:
    """What one unit of a value is worth in a row; nothing where the row holds a quantity."""
    scale = float(scale_of(value, row, at) or 0)
    if "unit_column" not in value:
        return float(value["multiplier"]) * scale
    units = {unit.lower(): worth for unit, worth in value["units"].items()}
    return float(units.get((row[at[value["unit_column"]]] or "").lower(), 0)) * scale


def _told_units(value: dict[str, Any], header: dict[str, str]) -> str:
    """The currency of a value and what one unit of it is worth, in all rows or by the unit of each."""
    units: dict[str, Any] = value.get("units", {})
    worth = ", ".join(f"{unit} times {each}" for unit, each in units.items())
    told = f"{value['currency']}: {worth}" if units else f"{value['currency']} times {value['multiplier']}"
    scales = ", ".join(f"{text} is {each}" for text, each in value.get("multipliers", {}).items())
    return f"{told}, times {header[value['multiplier_column']]} ({scales})" if scales else told


def _told(rule: Any) -> str:
    if isinstance(rule, dict):
        return ", ".join(f"{word} is {code}" for word, code in rule.items())
    if isinstance(rule, bool):
        return "yes" if rule else "no"
    return ", ".join(rule) if isinstance(rule, list) else str(rule)
