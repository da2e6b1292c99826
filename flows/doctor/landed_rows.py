"""landed.duckdb: it opens, all of it can be read, and it holds of every raw file what the records say."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import duckdb

from flows.doctor.finding import Finding, Part
from flows.errors import LandedDamaged, WriterBusy
from flows.ledger import Ledger, Outcome
from flows.read.wording.numbers import plural
from flows.settings import Settings
from flows.steps.land import landed
from flows.steps.landing.damage import set_aside

_TABLES = "select table_name from duckdb_tables() where schema_name = 'raw' and table_name not in ('file', 'reject')"


def examine(ledger: Ledger, raw_is_sound: bool) -> Part:
    """What landed against the ledger. Only where `raw_is_sound` can all of it be landed again, and so be repaired."""
    settings = ledger.settings
    if not settings.landed.is_file():
        return Part()
    try:
        with landed(settings, read_only=True) as con:
            _read_all(con)
            files, counts, rejects = _files(con), _counts(con), _rejects(con)
    except WriterBusy:
        return Part(skipped=[f"{settings.landed}, which another program has open"])
    except (LandedDamaged, duckdb.CatalogException) as error:
        said = f"{settings.landed} is damaged or not made by Entrepôt: {str(error.__cause__ or error).splitlines()[0]}"
        return Part([_again(settings, raw_is_sound, "landed_damaged", settings.landed.name, said)])
    orphans = [_orphan(settings, file_id) for file_id in sorted(files.keys() - _ids(ledger))]
    sound = raw_is_sound and not orphans
    wrong = [*_miscounted(files, counts, rejects), *_strays(files, counts, rejects), *_untold(ledger, files)]
    found = [_again(settings, sound, "landed_rows", place, said) for place, said in wrong]
    return Part([*orphans, *found], [plural(sum(counts.values()), "landed row")])


def _read_all(con: duckdb.DuckDBPyConnection) -> None:
    """Read every row, and look every file up by its key, so that a damaged block of a table or an index is met."""
    for (table,) in con.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall():
        con.execute(f"select bit_xor(hash(record)) from {table} as record")
    for key in con.execute("select file_id from raw.file").fetchall():
        con.execute("select file_id from raw.file where file_id = ?", key)


def _ids(ledger: Ledger) -> set[str]:
    return {record.file_id for record in ledger.raw_files()}


def _files(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """What landed.duckdb says of every file it holds."""
    rows = con.execute("select file_id, row_count, reject_count, state, sha256 from raw.file").fetchall()
    return {row[0]: dict(zip(("rows", "rejects", "state", "sha256"), row[1:], strict=True)) for row in rows}


def _counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows of every file in the tables of the contracts."""
    found: dict[str, int] = {}
    for (table,) in con.execute(_TABLES).fetchall():
        rows = con.execute(f"select file_id, count(*) from raw.{table} group by 1")
        for file_id, count in rows.fetchall():
            found[file_id] = found.get(file_id, 0) + count
    return found


def _rejects(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    return dict(con.execute("select file_id, count(distinct line) from raw.reject group by 1").fetchall())


def _miscounted(
    files: dict[str, dict[str, Any]], counts: dict[str, int], rejects: dict[str, int]
) -> list[tuple[str, str]]:
    """Files of which there are more or fewer rows than were counted when they landed."""
    return [
        (file_id, f"Of {file_id} there are {there:,} {what} in landed.duckdb, and {file[key]:,} were counted.")
        for file_id, file in files.items()
        for key, what, there in (
            ("rows", "rows", counts.get(file_id, 0)),
            ("rejects", "rejected lines", rejects.get(file_id, 0)),
        )
        if there != file[key]
    ]


def _strays(files: dict[str, dict[str, Any]], *held: dict[str, int]) -> list[tuple[str, str]]:
    """Rows of files that landed.duckdb itself does not know."""
    ids = sorted({file_id for counts in held for file_id in counts} - files.keys())
    return [(file_id, f"landed.duckdb holds rows of {file_id}, and no such file has landed.") for file_id in ids]


def _untold(ledger: Ledger, files: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    """Files whose rows are not as many as the last run that told of them says, where it ran with today's code."""
    sha256 = {record.file_id: record.sha256 for record in ledger.raw_files()}
    found = [
        (file_id, f"{file_id} landed from bytes whose SHA-256 differs from its record's.")
        for file_id, file in files.items()
        if sha256.get(file_id, file["sha256"]) != file["sha256"]
    ]
    for file_id, told in _told(ledger).items():
        file = files.get(file_id)
        if file and told.outcome != "failed" and (told.rows, told.rejects) != (file["rows"], file["rejects"]):
            here = f"{file['rows']:,} rows and {file['rejects']:,} rejected lines have landed"
            said = f"Of {file_id} {here}; the record of the run says {told.rows:,} and {told.rejects:,}."
            found.append((file_id, said))
    return found


def _told(ledger: Ledger) -> dict[str, Outcome]:
    """The last outcome of every file in the runs of the newest run's code: other code may have counted otherwise."""
    runs = ledger.runs()
    code = runs[-1].code_fingerprint if runs else ""
    outcomes = (outcome for run in runs if run.code_fingerprint == code for outcome in run.outcomes)
    return {outcome.file_id: outcome for outcome in outcomes if outcome.file_id}


def _orphan(settings: Settings, file_id: str) -> Finding:
    return Finding(
        "landed_without_record",
        file_id,
        f"Rows of {file_id} have landed, and raw/ has no record of it.",
        f"Put the raw file and its record back from a copy. If you deleted them on purpose, delete {settings.landed}: "
        "the next run lands what is in raw/.",
    )


def _again(settings: Settings, sound: bool, check: str, place: str, said: str) -> Finding:
    """A finding that landing everything again puts right, once all raw files are here."""
    if not sound:
        advice = "First put the raw files in order that are named here; then `entrepot doctor --repair` can help."
        return Finding(check, place, said, advice)
    advice = "`entrepot doctor --repair` sets landed.duckdb aside, and the next run lands every raw file again."
    return Finding(check, place, said, advice, lambda: set_aside(settings))


def examine_log(settings: Settings) -> Part:
    """A write-ahead log beside landed.duckdb: a process was killed before what it had committed was in the file."""
    if not Path(f"{settings.landed}.wal").exists():
        return Part()
    said = f"{settings.landed} has a write-ahead log beside it: a process was killed while it wrote."
    advice = "The next run takes it in, and so does `entrepot doctor --repair`."
    return Part([Finding("write_ahead_log", f"{settings.landed}.wal", said, advice, lambda: _take_in(settings))])


def _take_in(settings: Settings) -> None:
    with contextlib.suppress(LandedDamaged), landed(settings) as con:
        con.execute("checkpoint")
