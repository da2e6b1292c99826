"""Land: one raw file and its contract become typed rows of landed.duckdb, or a list of reasons why not.

landed.duckdb is a pure function of the raw store and the contracts: delete it and every file lands again.
Rows of superseded files stay; that is the history. Rejected rows go to `raw.reject`, never nowhere.
"""

from __future__ import annotations

import contextlib
import errno
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import duckdb

from flows.contracts import Table, load_contracts, tables_of
from flows.errors import FileRefused, LandedDamaged, WriterBusy, of_the_machine
from flows.formats.bounds import within
from flows.formats.dropped import Dropped
from flows.formats.sevenzip import plain
from flows.inbox.own.units_above import require_units
from flows.ledger import Ledger, Outcome, RawFileRecord
from flows.machine import file_sha256
from flows.records import utc_timestamp
from flows.redaction import legible_name
from flows.settings import Settings
from flows.steps.landing import accept, one_code, one_pass, vintage
from flows.steps.landing.compare import difference
from flows.steps.landing.parse import news, parse

_SCHEMA = """
create schema if not exists raw;
create table if not exists raw.file (
    file_id varchar primary key, source_code varchar, table_name varchar, partition_key varchar, sha256 varchar,
    path varchar, url varchar, bytes bigint, fetched_at timestamp, row_count bigint, reject_count bigint,
    is_current boolean, known_to timestamp, hs_revision varchar, release_label varchar,
    state varchar, reason varchar, contract_fingerprint varchar,
    vintage_of varchar, edition_of varchar, edition_parts integer, known_from timestamp
);
create table if not exists raw.reject (
    file_id varchar, line bigint, column_name varchar, value varchar, reason varchar,
    value_original decimal(18, 3), original_currency_code varchar
);
alter table raw.file add column if not exists vintage_of varchar;
alter table raw.file add column if not exists edition_of varchar;
alter table raw.file add column if not exists edition_parts integer;
alter table raw.file add column if not exists known_from timestamp;
alter table raw.reject add column if not exists value_original decimal(18, 3);
alter table raw.reject add column if not exists original_currency_code varchar;
"""

_LOCKED = "Could not set lock"
_DAMAGED = (
    "Corrupt database file", "not a valid DuckDB database file", "Could not read enough bytes", "Corrupt WAL file",
    "Failure while replaying WAL file",
)  # fmt: skip
WHAT_TO_DO_WITH_DAMAGE = "`entrepot doctor --repair` sets it aside, and the next run lands every raw file again."
_GONE = (errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR)


@contextlib.contextmanager
def landed(settings: Settings, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to landed.duckdb with its own tables in place.

    Raises WriterBusy where another program keeps it open longer than the time-out of the lock, and LandedDamaged
    where it cannot be read.
    """
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    try:
        connection = _opened(settings, read_only)
        try:
            if not read_only:
                connection.execute(_SCHEMA)
            yield connection
        finally:
            connection.close()
    except duckdb.Error as error:
        if not is_of_damage(str(error)) or of_the_machine(error):
            raise
        raise LandedDamaged(
            f"{settings.landed} is damaged ({str(error).splitlines()[0][:150]}). {WHAT_TO_DO_WITH_DAMAGE}"
        ) from error


def is_of_damage(said: str) -> bool:
    """Whether what DuckDB says, or a tool that reads by it, is that a file of its is damaged."""
    return any(sign in said for sign in _DAMAGED)


def _opened(settings: Settings, read_only: bool) -> duckdb.DuckDBPyConnection:
    deadline = time.monotonic() + settings.lock_timeout_seconds
    while True:
        try:
            return duckdb.connect(str(settings.landed), read_only=read_only, config=settings.duckdb_config)
        except duckdb.IOException as error:
            if _LOCKED not in str(error):
                raise
            if time.monotonic() > deadline:
                said = f"Another program has {settings.landed} open; close it there, then try again."
                raise WriterBusy(said) from error
        time.sleep(0.1)


def prepare(settings: Settings) -> None:
    """Make every contract table exist. A table whose contract changed is emptied, so its files land again.

    What landed by a contract that is gone is taken out: landed.duckdb is made from the raw files and the contracts.
    """
    tables = tables_of(load_contracts(settings.contracts))
    with landed(settings) as con:
        there = con.execute("select distinct source_code, table_name, contract_fingerprint from raw.file").fetchall()
        stale = {(source, name) for source, name, made_by in there if _is_stale(tables.get((source, name)), made_by)}
        con.execute("begin")
        for source_name, table_name in sorted(stale):
            _forget(con, source_name, table_name)
        found = con.execute("select table_name from information_schema.tables where table_schema = 'raw'").fetchall()
        for table in tables.values():
            if (table.landed_name,) not in found:
                _create_table(con, table)
        con.execute("commit")


def _is_stale(table: Table | None, made_by: str | None) -> bool:
    """Whether what landed by a contract of that fingerprint is of a contract that is gone, or is another by now."""
    return table is None or made_by not in (None, table.fingerprint)


def _create_table(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    columns = ", ".join(f"{column.name} {column.data_type}" for column in table.columns)
    con.execute(f"create table raw.{table.landed_name} ({columns}, file_id varchar, line bigint)")


def _forget(con: duckdb.DuckDBPyConnection, source_name: str, table_name: str) -> None:
    """Take what landed of a table out again."""
    con.execute(f"drop table if exists raw.{source_name}__{table_name}")
    files = "select file_id from raw.file where source_code = ? and table_name = ?"
    con.execute(f"delete from raw.reject where file_id in ({files})", [source_name, table_name])
    con.execute("delete from raw.file where source_code = ? and table_name = ?", [source_name, table_name])


def pending(settings: Settings, ledger: Ledger) -> list[RawFileRecord]:
    """Raw files not landed yet that have a contract, in the order they were fetched."""
    known = tables_of(load_contracts(settings.contracts))
    with landed(settings) as con:
        done = {row[0] for row in con.execute("select file_id from raw.file").fetchall()}
    return [
        record for record in ledger.raw_files() if record.file_id not in done and (record.source, record.table) in known
    ]


def refused(settings: Settings) -> set[str]:
    """Ids of the raw files that broke their contract."""
    with landed(settings) as con:
        return {row[0] for row in con.execute("select file_id from raw.file where state = 'refused'").fetchall()}


def land_file(settings: Settings, ledger: Ledger, record: RawFileRecord) -> Outcome:
    """Land one raw file in one transaction. A refused file leaves its rejects and the last good file is used.

    A file whose every row keeps the contract lands while it is read, any other row by row with care.
    """
    table = load_contracts(settings.contracts)[record.source].table(record.table)
    with within(settings), landed(settings) as con:
        earlier = vintage.current(con, table, record)
        try:
            if record.refusal:
                raise FileRefused(f"{record.file_id} is {record.refusal}")
            if file_sha256(ledger.raw_path(record)) != record.sha256:
                return _altered(table, record)
            with plain(ledger.raw_path(record)) as readable:
                require_units(Dropped(path=readable), table)
                if not _landed_in_one_pass(settings, ledger, con, table, record, readable):
                    _land_with_care(settings, ledger, con, table, record, readable)
        except FileRefused as refusal:
            _refuse(ledger, con, table, record, _named(ledger, record, str(refusal)))
            earlier = None
        except OSError as error:
            if error.errno not in _GONE:
                raise
            return _not_there(table, record, error)
        changed = difference(con, table, earlier[0], record.file_id) if earlier else None
        return restate(settings, record.outcome("new"), con).model_copy(update={"difference": changed})


def take_out(settings: Settings, record: RawFileRecord) -> None:
    """Take out what landed of a file, which is pending again then."""
    table = load_contracts(settings.contracts)[record.source].table(record.table)
    with landed(settings) as con:
        con.execute("begin")
        for name in (table.landed_name, "reject", "file"):
            con.execute(f"delete from raw.{name} where file_id = ?", [record.file_id])
        con.execute("commit")


def _not_there(table: Table, record: RawFileRecord, error: OSError) -> Outcome:
    """The outcome of a raw file whose bytes are gone or locked; it lands once they are back, so nothing is noted."""
    said = f"The bytes of {record.file_id} cannot be read ({error.strerror}); put them back, or delete its record too."
    return _failed(table, record, said)


def _altered(table: Table, record: RawFileRecord) -> Outcome:
    """The outcome of a raw file whose bytes are not those that were received; it lands once they are back."""
    said = f"The bytes of {record.file_id} are not those that were received: their SHA-256 differs from its record's"
    return _failed(table, record, f"{said}. Put them back, or delete file and record to fetch it again.")


def _failed(table: Table, record: RawFileRecord, said: str) -> Outcome:
    return record.outcome("failed").model_copy(update={"reason": said, "stops_run": table.on_failure == "stop"})


def _landed_in_one_pass(
    settings: Settings, ledger: Ledger, con: duckdb.DuckDBPyConnection, table: Table, record: RawFileRecord, path: Path
) -> bool:
    """Whether the whole file kept its contract and has landed; where not, nothing is left of the attempt."""
    con.execute("begin")
    try:
        rows = one_pass.insert(con, table, record, path, settings.seeds)
        if rows is None:
            con.execute("rollback")
            return False
        _register(con, ledger, record, table, rows, 0, "landed", _notice(ledger, table, record, rows))
        vintage.mark(con, table)
        con.execute("commit")
    except FileRefused:
        con.execute("rollback")
        raise
    return True


def _land_with_care(
    settings: Settings, ledger: Ledger, con: duckdb.DuckDBPyConnection, table: Table, record: RawFileRecord, path: Path
) -> None:
    """Land the good rows, with a reason for each of the others. Raises FileRefused where the file may not land."""
    parse(con, table, path)
    rejects = accept.collect_rejects(con, table, settings.seeds, record.labels)
    total = accept.parsed_rows(con)
    rows = accept.require_whole(con, table, record, total, rejects)
    good = "(select * from parsed where line not in (select line from rejects))"
    one_code.require(con, table, record, good, settings.seeds)
    notice = _notice(ledger, table, record, total)
    con.execute("begin")
    _insert(con, table, record)
    _keep_rejects(con, record)
    _register(con, ledger, record, table, rows, rejects, "landed", notice)
    vintage.mark(con, table)
    con.execute("commit")


def _refuse(ledger: Ledger, con: duckdb.DuckDBPyConnection, table: Table, record: RawFileRecord, reason: str) -> None:
    """Note that the file may not land, and the rows that are the reason, where it could be parsed at all."""
    rejects = accept.noted_rejects(con)
    con.execute("begin")
    if rejects:
        _keep_rejects(con, record)
    _register(con, ledger, record, table, 0, rejects, "refused", reason)
    vintage.mark(con, table)
    con.execute("commit")


def _keep_rejects(con: duckdb.DuckDBPyConnection, record: RawFileRecord) -> None:
    con.execute("insert into raw.reject by name select ? as file_id, * from rejects", [record.file_id])


def _notice(ledger: Ledger, table: Table, record: RawFileRecord, total: int) -> str:
    said = news(table, ledger.raw_path(record))
    of_rows = (accept.not_as_announced(record, total), accept.may_be_cut_short(table, record, total))
    return _named(ledger, record, " ".join(filter(None, (said, *of_rows))))


def _named(ledger: Ledger, record: RawFileRecord, said: str) -> str:
    """What is said of a file, by the name it had in the inbox where a person has put it there."""
    name = record.url.removeprefix("inbox/") if record.url.startswith("inbox/") else ""
    return legible_name(said.replace(ledger.raw_path(record).name, name) if name else said)


def restate(settings: Settings, outcome: Outcome, con: duckdb.DuckDBPyConnection | None = None) -> Outcome:
    """`outcome` with what landed.duckdb holds of its file: rows, rejects, and failed where it was refused.

    `con` is a connection to it where there is one.
    """
    return restate_all(settings, [outcome], con)[0]


def restate_all(
    settings: Settings, outcomes: list[Outcome], con: duckdb.DuckDBPyConnection | None = None
) -> list[Outcome]:
    """The same for many outcomes at once; one whose file has not landed stays as it is."""
    if not any(outcome.file_id for outcome in outcomes):
        return outcomes
    with contextlib.nullcontext(con) if con else landed(settings) as there:
        rows = there.execute("select file_id, row_count, reject_count, state, reason from raw.file").fetchall()
    found = {row[0]: row[1:] for row in rows}
    return [_restated(settings, o, *found[o.file_id]) if o.file_id in found else o for o in outcomes]


def _restated(settings: Settings, outcome: Outcome, rows: int, rejects: int, state: str, reason: str) -> Outcome:
    update = {"rows": rows, "rejects": rejects, "notice": outcome.notice or reason}
    if state == "refused":
        table = load_contracts(settings.contracts)[outcome.source].table(outcome.table)
        update |= {"outcome": "failed", "stops_run": table.on_failure == "stop", "reason": reason, "notice": ""}
    return outcome.model_copy(update=update)


def note_held_back(settings: Settings, outcomes: list[Outcome]) -> list[Outcome]:
    """The outcomes, those with a notice whose files have landed and are not published before their release is whole:
    nothing that is published has changed by them.
    """
    with landed(settings) as con:
        sentences = vintage.held_back(con)
    return [
        outcome.model_copy(
            update={
                "notice": " ".join(filter(None, (outcome.notice, sentences[outcome.file_id]))),
                "difference": None,
            }
        )
        if outcome.file_id in sentences
        else outcome
        for outcome in outcomes
    ]


def _insert(con: duckdb.DuckDBPyConnection, table: Table, record: RawFileRecord) -> None:
    typed = ", ".join(f"cast({column.name} as {column.data_type})" for column in table.columns)
    con.execute(
        f"insert into raw.{table.landed_name} select {typed}, ?, line from parsed "
        "where line not in (select line from rejects)",
        [record.file_id],
    )


def _register(
    con: duckdb.DuckDBPyConnection,
    ledger: Ledger,
    record: RawFileRecord,
    table: Table,
    rows: int,
    rejects: int,
    state: str,
    reason: str,
) -> None:
    labels = record.labels
    values = {
        "file_id": record.file_id,
        "source_code": record.source,
        "table_name": record.table,
        "partition_key": record.partition,
        "sha256": record.sha256,
        "path": str(ledger.raw_path(record).relative_to(ledger.settings.warehouse)),
        "url": record.url,
        "bytes": record.bytes,
        "fetched_at": utc_timestamp(record.fetched_at),
        "row_count": rows,
        "reject_count": rejects,
        "is_current": False,
        "hs_revision": labels.get("hs_revision"),
        "release_label": labels.get("release"),
        "state": state,
        "reason": reason,
        "contract_fingerprint": table.fingerprint,
        "vintage_of": vintage.vintage_of(table, record),
        "edition_of": table.edition_of and table.edition_of.format_map(defaultdict(str, labels)),
        "edition_parts": int(labels["parts"]) if table.edition_of and "parts" in labels else None,
    }
    marks = ", ".join("?" for _ in values)
    con.execute(f"insert into raw.file ({', '.join(values)}) values ({marks})", list(values.values()))
