"""What a stored answer of UN Comtrade says of itself: an error, how many records it has, and whether that was all.

A person may have saved it of either service. The one before 2023 puts it into `validation`: `status` with a number
that is 0 where all went well, `message`, and `count` with the number of records.
"""

from __future__ import annotations

from typing import Any

from flows.errors import CutShort, FileRefused
from flows.sources.comtrade.service import KEYED_ROWS, PREVIEW_ROWS

_GOOD = ("0", "ok")  # as the older service numbers and names the status of an answer that is whole
_LONGEST = 200  # letters of what the publisher says


def require_no_error(body: dict[str, Any], name: str) -> None:
    """Raise FileRefused for an answer of the file `name` that says it went wrong, whatever records it has."""
    if said := _error_of(body):
        raise FileRefused(f"{name} is an answer with an error: it says {said[:_LONGEST]!r}. Ask again, or move it out.")


def has_error(body: dict[str, Any]) -> bool:
    """Whether an answer says that it went wrong."""
    return bool(_error_of(body))


def announced_in(body: dict[str, Any], rows: list[Any], name: str) -> int:
    """How many records an answer with `data` or `dataset` announces; where the older service says nothing, `rows`.

    Raises FileRefused where there is no number in its place.
    """
    count = body.get("count") if "data" in body else _validation(body).get("count")
    if "data" not in body:
        if count is None or count == {}:
            return len(rows)
        count = count.get("value") if isinstance(count, dict) else count
    if (number := _whole(count)) is None:
        raise FileRefused(
            f"{name} does not say how many rows it holds (its `count` is missing or no number); download it again."
        )
    return number


def require_uncut(records: int, name: str) -> None:
    """Raise CutShort for as many records as a service hands out at once.

    It is for answers whose envelope is gone, or that were never sized beforehand: nothing else would tell.
    """
    if records in (PREVIEW_ROWS, KEYED_ROWS):
        raise CutShort(name, records, "comtrade_api", records)


def _error_of(body: dict[str, Any]) -> str:
    """What an answer says went wrong; empty where nothing did."""
    if body.get("error"):
        return str(body["error"])
    validation = _validation(body)
    status = validation.get("status")
    name, value = (status.get("name"), status.get("value")) if isinstance(status, dict) else (None, status)
    said = name if value is None else value
    if said is None or str(said).casefold() in _GOOD:
        return ""
    return str(validation.get("message") or name or f"status {value}")


def _validation(body: dict[str, Any]) -> dict[str, Any]:
    found = body.get("validation")
    return found if isinstance(found, dict) else {}


def _whole(value: Any) -> int | None:
    """A number of records, as JSON or as its digits; None for anything else."""
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdecimal() else None
    return value if type(value) is int and value >= 0 else None
