"""Corrections of published figures: read for the build, and named where they no longer fit what has landed.

Those that ship with the project are the seed `correction`; a warehouse has its own in `corrections.csv`, with the same
columns. dbt applies both (models/intermediate/correction) and judges them (meta.correction_outcome).
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self

import duckdb
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from flows.errors import EntrepotError, of_a_value
from flows.records import utc_timestamp
from flows.settings import Settings
from flows.sources import source_names

_MAY_BE_NEGATIVE = frozenset({"yoy_pct"})
_FLOWS = {"X": "exports", "M": "imports", "T": "turnover"}


def _moment(text: str) -> datetime:
    """The moment a text gives; it is UTC unless it says how far it is from it. Raises ValueError where it is none."""
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"{text[:40]!r} cannot be read as a date; write YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SS with the time"
        ) from error


Text = Annotated[str, Field(min_length=1)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Figure = Annotated[Decimal, Field(max_digits=28, decimal_places=9)]


class Correction(BaseModel):
    """One row of a list of corrections; the seed's YAML says what the columns mean."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    correction_code: Text
    source_code: Text
    publication_id: str
    reporter_code: Text
    partner_code: Text
    flow_code: Text
    product_key: Text
    period_code: Text
    measure_code: Literal["value_usd", "value_original", "quantity", "net_weight_kg", "yoy_pct"]
    expected_value: Figure
    new_value: Figure
    reason: Text
    evidence: Text
    corrected_by: Text
    corrected_at: Moment

    @model_validator(mode="after")
    def _makes_a_difference(self) -> Self:
        if self.new_value == self.expected_value:
            raise ValueError("new_value and expected_value are the same")
        if self.corrected_at > datetime.now(UTC):
            raise ValueError("corrected_at lies in the future (it is UTC)")
        if self.new_value < 0 and self.measure_code not in _MAY_BE_NEGATIVE:
            raise ValueError(f"new_value is negative, and {self.measure_code} never is; write what it should be")
        return self

    @property
    def figure(self) -> tuple[str, ...]:
        """What the correction is of: two of one figure would contradict each other."""
        cell = (self.source_code, self.publication_id, self.reporter_code, self.partner_code, self.flow_code)
        return (*cell, self.product_key, self.period_code, self.measure_code)


COLUMNS = tuple(Correction.model_fields)
TABLE = """
create or replace table ledger.{name} (
    correction_code varchar, source_code varchar, publication_id varchar, reporter_code varchar, partner_code varchar,
    flow_code varchar, product_key varchar, period_code varchar, measure_code varchar, expected_value decimal(28, 9),
    new_value decimal(28, 9), reason varchar, evidence varchar, corrected_by varchar, corrected_at timestamp,
    known_from timestamp
)
"""


def read(path: Path, sources: frozenset[str]) -> Iterator[Correction]:
    """The corrections in a CSV file; none where there is no such file.

    Raises EntrepotError naming file, line, column and what is wrong with it, or a file that is there and is none.
    """
    if not _is_there(path):
        return
    with _said_if_not_text(path), path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise EntrepotError(f"{path}, line 1: the columns of corrections are {','.join(COLUMNS)}.")
        for row in rows:
            yield _correction(f"{path}, line {rows.line_num}", row, sources)


def _is_there(path: Path) -> bool:
    """Whether there is such a file. Raises EntrepotError for what has its name and cannot be read, such as a link to a
    share that is not mounted: to take that for no corrections would publish what they correct.
    """
    if not os.path.lexists(path):
        return False
    if not path.is_file():
        raise EntrepotError(f"{path} is not a file, or a link that leads to none; put it back, or delete it.")
    return True


@contextlib.contextmanager
def _said_if_not_text(path: Path) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:
        raise EntrepotError(f"{path} is not a CSV file in UTF-8 ({error}); save it as one.") from error
    except csv.Error as error:
        if "field limit" in str(error):
            raise EntrepotError(
                f"{path} has a text of more than {csv.field_size_limit():,} characters, as where a double quote is "
                "never closed; close it, or shorten the text."
            ) from error
        raise EntrepotError(f"{path} is not a well-formed CSV file ({error}); mend it, or save it anew.") from error


def _correction(place: str, row: dict[str, str], sources: frozenset[str]) -> Correction:
    try:
        found = Correction.model_validate({name: (text or "").strip() for name, text in row.items() if name})
    except ValidationError as error:
        first = error.errors()[0]
        column = f"{first['loc'][0]}: " if first["loc"] else ""
        raise EntrepotError(f"{place}: {column}{of_a_value(first['msg'])}.") from error
    if None in row:
        raise EntrepotError(f"{place}: more values than columns; put texts with commas in double quotes.")
    if found.source_code not in sources:
        known = ", ".join(sorted(sources))
        raise EntrepotError(f"{place}: source_code: there is no source {found.source_code!r}; sources are {known}.")
    return found


def own(settings: Settings) -> list[Correction]:
    """The corrections of this warehouse.

    Raises EntrepotError where one is badly written, or is of a figure, or has the code, of another one.
    """
    sources = frozenset(source_names(settings))
    shipped = list(read(settings.seeds / "correction.csv", sources))
    mine = list(read(settings.own_corrections, sources))
    seen: dict[tuple[str, ...], str] = {}
    for correction in (*shipped, *mine):
        for key in ((correction.correction_code,), correction.figure):
            if key in seen:
                raise EntrepotError(
                    f"{settings.own_corrections}: {correction.correction_code!r} has the code or the figure of the "
                    f"correction {seen[key]!r}; keep one of them."
                )
            seen[key] = correction.correction_code
    return mine


def create_tables(con: duckdb.DuckDBPyConnection) -> None:
    """The tables for dbt: the corrections of this warehouse, and those it had once and has no more."""
    for name in ("correction", "past_correction"):
        con.execute(TABLE.format(name=name))
    con.execute("alter table ledger.past_correction add column known_to timestamp")


def write(
    con: duckdb.DuckDBPyConnection, correction: Correction, known_from: datetime, known_to: datetime | None
) -> None:
    """Put a correction with the span it was known for where dbt finds it."""
    row = {
        **correction.model_dump(),
        "publication_id": correction.publication_id or None,
        "corrected_at": utc_timestamp(correction.corrected_at),
        "known_from": utc_timestamp(known_from),
    }
    if known_to is not None:
        row["known_to"] = utc_timestamp(known_to)
    name, marks = "past_correction" if known_to else "correction", ", ".join("?" for _ in row)
    con.execute(f"insert into ledger.{name} ({', '.join(row)}) values ({marks})", list(row.values()))


def fingerprint(settings: Settings) -> list[str]:
    """Changes when the corrections of this warehouse do; nothing where there is none. Raises what `read` does for a
    file that is there and is none.
    """
    path = settings.own_corrections
    return [hashlib.sha256(path.read_bytes()).hexdigest()[:16]] if _is_there(path) else []


def stale(candidate: Path, settings: Settings) -> list[str]:
    """A sentence for every correction that stops the build of `candidate`; none where none was judged yet."""
    with duckdb.connect(str(candidate), read_only=True) as con:
        if not con.execute(
            "select 1 from duckdb_tables() where schema_name = 'meta' and table_name = 'correction_outcome'"
        ).fetchall():
            return []
        answer = con.execute(
            "select * from meta.correction_outcome where correction_state not in ('applied', 'source_absent') "
            "order by correction_code"
        )
        names = [column[0] for column in answer.description]
        return [_sentence(dict(zip(names, row, strict=True)), settings) for row in answer.fetchall()]


def _sentence(row: dict[str, object], settings: Settings) -> str:
    place = settings.seeds / "correction.csv" if row["declared_in"] == "project" else settings.own_corrections
    flow = _FLOWS.get(str(row["flow_code"]), f"flow {row['flow_code']}")
    of = f"{flow} of {row['reporter_code']} with {row['partner_code']}, {row['product_key']}, {row['period_code']}"
    by = f"{row['source_code']} ({row['publication_id']})" if row["publication_id"] else str(row["source_code"])
    expected, new, found = (f"{row[name]:,.15g}" if row[name] is not None else "" for name in _FIGURES)
    what = {
        "value_changed": f"{by} now says {found}; look at it again and correct or delete the line",
        "already_right": f"{by} now says {new} itself; delete the line",
        "no_figure": f"{by} has no such figure; correct the codes or delete the line",
    }[str(row["correction_state"])]
    return (
        f"The correction {row['correction_code']!r} expects {row['measure_code']} {expected} for {of}, "
        f"but {what} in {place}."
    )


_FIGURES = ("expected_value", "new_value", "found_value")
