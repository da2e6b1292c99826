"""The fields of the forms in the Prefect UI: drop-downs by name, and types that refuse a wrong value in the form.

A drop-down shows the values of an Enum. So a value is what a person reads, `China (CHN)`, and the member's name is the
code the steps work with, `CHN`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from flows.contracts import code_list, load_contracts
from flows.contracts.seeds import seed_rows
from flows.ledger import RUN_ID, utc_now
from flows.settings import Settings, get_settings
from flows.steps.fetching.span import Span


class _Choice(str, Enum):  # noqa: UP042  what Prefect sends is its value, and repr and str stay those of an Enum
    """A drop-down, which takes a member by what a person reads or by its code.

    The form shows the list of values, so those come first; whoever asks without it, through the API or `prefect
    deployment run`, gives the code, as on our command line.
    """

    @classmethod
    def _missing_(cls, value: object) -> Any:
        return cls.__members__.get(value) if isinstance(value, str) else None

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        described = handler.resolve_ref_schema(schema)
        described["enum"] = [*described["enum"], *(code for code in cls.__members__ if code not in described["enum"])]
        return schema


_choice: Any = _Choice  # called with a name and members it makes an Enum


def _drop_down(name: str, labels: dict[str, str]) -> Any:
    """An Enum of codes with what a person reads, in the order a person looks for it."""
    members = {code: f"{label} ({code})" for code, label in labels.items()}
    return _choice(name, dict(sorted(members.items(), key=lambda member: member[1].casefold())))


def _economies(settings: Settings) -> dict[str, str]:
    """Names of the economies of today and of the past, by alpha-3 code."""
    codes = code_list("iso3", settings.seeds)
    areas = [row for row in seed_rows(settings.seeds, "area") if row["area_kind"] == "economy"]
    return {area["area_code"]: area["area_name"] for area in areas if area["area_code"] in codes}


_SETTINGS = get_settings()
_CONTRACTS = load_contracts(_SETTINGS.contracts)

Source = _drop_down("Source", {name: source.publisher for name, source in _CONTRACTS.items()})
LiveSource = _drop_down("LiveSource", {name: source.publisher for name, source in _CONTRACTS.items() if source.hosts})
Economy = _drop_down("Economy", _economies(_SETTINGS))
_FREQUENCIES = {"A": "Yearly (A)", "Q": "Quarterly (Q)", "M": "Monthly (M)"}
StatisticFrequency = _choice("StatisticFrequency", _FREQUENCIES)

# What a flow takes where no run is chosen, as its form says it.
IF_LEFT_ALONE = {
    "audit": "The published release",
    "publish": "The newest built run",
    "rollback": "The release before the published one",
    "accept": "The newest run that was judged",
}


def _id_in(chosen: Any) -> str:
    """The id in an entry of a form's list (flows/ui/choices.py), empty for the one that names no run."""
    return "" if chosen in IF_LEFT_ALONE.values() else str(chosen).partition(" (")[0]


def _check_in(chosen: Any) -> str:
    """The check in an entry of a form's list, which says in brackets how many rows fail it."""
    return str(chosen).partition(" (")[0]


CHECK_PATTERN = "^[a-z0-9_]+$"
# A check by its name; served forms offer those that fail in a list.
CheckName = Annotated[str, BeforeValidator(_check_in), Field(pattern=CHECK_PATTERN)]
# Empty, or the id of a run; served forms offer a list.
RunId = Annotated[str, BeforeValidator(_id_in), Field(pattern=rf"^({RUN_ID})?$")]
# A date picker. Who starts a run without the form is held to the pattern only, so both say what a date is. It may not
# stay empty: for a `date | None` the form asks for the type first.
_DAY = {"type": "string", "format": "date", "pattern": r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"}
Day = Annotated[date, WithJsonSchema(_DAY)]


def titled(title: str, choices: Iterable[int] = ()) -> Any:
    """The title of a field; without it the form shows the name of the parameter.

    `choices` make it a drop-down: the form knows no least and no most number, so a wrong one would be refused elsewhere
    than beside its field.
    """
    extra: dict[str, Any] = {"title": title}
    if choices:
        extra["enum"] = [*choices]
    return Field(json_schema_extra=extra)


def codes(chosen: tuple[Enum, ...]) -> tuple[str, ...]:
    """The codes of what was chosen in a drop-down."""
    return tuple(choice.name for choice in chosen)


def days_of(first: str, last: str | None) -> tuple[date, date]:
    """Days in the first and the last month of two periods such as 2015 and 2021-03; up to today without a last one.

    Raises EntrepotError for a text that is no period, and where they are the wrong way round.
    """
    span = Span.between(first, last or f"{utc_now():%Y-%m}")
    begin, end = (date.fromisoformat(f"{month}-01") for month in (span.first, span.last))
    return begin, end
