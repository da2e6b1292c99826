"""Refusing a raw file that keeps its contract and is wrong all the same: nothing of it is used, and its bytes stay.

The last good file of its partition is used in its place. A file that a release was made of is refused no more: what was
known at that time stays known, and the right figures are a new vintage, or corrections.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from flows.contracts import load_contracts
from flows.errors import EntrepotError
from flows.ledger import Ledger, RawFileRecord, Refusal
from flows.settings import Settings
from flows.steps import land

_SHOWN_FILES = 5


def refuse(ledger: Ledger, named: str, reason: str, refused_by: str) -> RawFileRecord:
    """Refuse the newest raw file of that id, partition (`source/table/partition`) or name in the inbox.

    Raises EntrepotError where there is none or it is one of several, where a release was made of it, or where reason or
    person are missing. Nothing is built here: the next run does without the file.
    """
    if not reason.strip() or not refused_by.strip():
        raise EntrepotError("A refusal says why the file is wrong (--why) and who refuses it (--by).")
    settings = ledger.settings
    with ledger.writing("refuse"):
        record = _named(ledger, named)
        if record.refusal:
            raise EntrepotError(f"There is nothing to do: {record.file_id} is {record.refusal}.")
        if release := _made_of(settings, record):
            raise EntrepotError(
                f"Release {release} was made of {record.file_id}, and what was known then stays known. Put the right "
                "file into the inbox, or correct its figures (docs/how-to/correct.md)."
            )
        land.prepare(settings)
        # first: wherever a kill comes, the file is pending, and lands as its record says
        land.take_out(settings, record)
        said = Refusal(reason=reason.strip(), refused_by=refused_by.strip(), refused_at=ledger.now())
        record = ledger.note_refusal(record, said)
        land.land_file(settings, ledger, record)
    return record


def withdraw(ledger: Ledger, file_id: str) -> RawFileRecord:
    """Take back the refusal of a raw file: its bytes count as received now, and land with the next run.

    The refused file and the word about it stay. Raises EntrepotError where no such file is refused, or another one of
    its partition has come since.
    """
    with ledger.writing("withdraw"):
        refused = next((record for record in ledger.raw_files() if record.file_id == file_id and record.refusal), None)
        if refused is None:
            raise EntrepotError(f"There is no refused file {file_id!r}; `entrepot status` names those of a run.")
        latest = ledger.latest_raw(refused.source, refused.table, refused.partition)
        if latest != refused:
            raise EntrepotError(f"{latest and latest.file_id} has come since; it is used in the place of {file_id}.")
        return ledger.receive_again(refused, ledger.now())


def _named(ledger: Ledger, named: str) -> RawFileRecord:
    settings = ledger.settings
    path = Path(named).absolute()
    brought = f"inbox/{path.relative_to(settings.inbox) if path.is_relative_to(settings.inbox) else named}"
    contracts = load_contracts(settings.contracts)
    found: dict[str, RawFileRecord] = {}
    for record in ledger.raw_files():
        partition = f"{record.source}/{record.table}/{record.partition}"
        is_named = named in (record.file_id, partition) or record.url == brought or record.url.startswith(f"{brought}!")
        if is_named and record.source in contracts:
            found[partition] = record
    if not found:
        raise EntrepotError(
            f"There is no raw file {named!r}. Name one by its id, such as {_example(ledger)}, by its partition, or by "
            "its name in the inbox; `entrepot status` lists what the last run brought."
        )
    if len(found) > 1:
        ids = [record.file_id for record in found.values()]
        more = f" and {len(ids) - _SHOWN_FILES} more" if len(ids) > _SHOWN_FILES else ""
        raise EntrepotError(f"{named} is {len(ids)} files; name one of {', '.join(ids[:_SHOWN_FILES])}{more}.")
    return next(iter(found.values()))


def _example(ledger: Ledger) -> str:
    return next((record.file_id for record in ledger.raw_files()), "source/table/partition/0123456789ab")


def _made_of(settings: Settings, record: RawFileRecord) -> str:
    """The newest release there is that was made of the file; empty without one."""
    for release in sorted(settings.releases.glob("*/trade.duckdb"), reverse=True):
        with duckdb.connect(str(release), read_only=True, config=settings.duckdb_config) as con:
            if con.execute(
                "select 1 from core.dim_raw_file where file_id = ? and known_from is not null", [record.file_id]
            ).fetchone():
                return release.parent.name
    return ""
