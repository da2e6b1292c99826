"""Land: one raw file and its contract become typed rows of landed.duckdb, or a list of reasons why not.

landed.duckdb is a pure function of the raw store and the contracts: delete it and every file lands again.
Rows of superseded files stay; that is the history. Rejected rows go to `raw.reject`, never nowhere.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import duckdb

from expectations.landing import Rule, quote, rules
from flows.contracts import Table, load_contracts
from flows.errors import FileRefused, WriterBusy
from flows.ledger import Ledger, Outcome, RawFileRecord
from flows.settings import Settings
from flows.steps import vintage
from flows.steps.compare import difference
from flows.steps.parse import new_columns, parse

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
    file_id varchar, line bigint, column_name varchar, value varchar, reason varchar
);
alter table raw.file add column if not exists vintage_of varchar;
alter table raw.file add column if not exists edition_of varchar;
alter table raw.file add column if not exists edition_parts integer;
alter table raw.file add column if not exists known_from timestamp;
"""


@contextlib.contextmanager
def landed(settings: Settings, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to landed.duckdb with its own tables in place."""
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    try:
        connection = duckdb.connect(str(settings.landed), read_only=read_only, config=settings.duckdb_config)
    except duckdb.IOException as error:
        if "lock" not in str(error):
            raise
        raise WriterBusy(f"Another program has {settings.landed} open; close it there, then try again.") from error
    try:
        if not read_only:
            connection.execute(_SCHEMA)
        yield connection
    finally:
        connection.close()


def prepare(settings: Settings) -> None:
    """Make every contract table exist. A table whose contract changed is emptied, so its files land again.

    What landed by a contract that is gone is taken out: landed.duckdb is made from the raw files and the contracts.
    """
    tables = _tables(settings)
    with landed(settings) as con:
        there = con.execute("select distinct source_code, table_name from raw.file").fetchall()
        con.execute("begin")
        for source_name, table_name in (name for name in there if name not in tables):
            _forget(con, source_name, table_name)
        for table in tables.values():
            _prepare_table(con, table)
        con.execute("commit")


def _tables(settings: Settings) -> dict[tuple[str, str], Table]:
    """Every contract table by source and name."""
    sources = load_contracts(settings.contracts).values()
    return {(source.name, table.name): table for source in sources for table in source.tables}


def _prepare_table(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    columns = ", ".join(f"{column.name} {column.data_type}" for column in table.columns)
    stale = con.execute(
        "select count(*) from raw.file where source_code = ? and table_name = ? and contract_fingerprint <> ?",
        [table.source, table.name, table.fingerprint],
    ).fetchone()
    if stale and stale[0]:
        _forget(con, table.source, table.name)
    con.execute(f"create table if not exists raw.{table.landed_name} ({columns}, file_id varchar, line bigint)")


def _forget(con: duckdb.DuckDBPyConnection, source_name: str, table_name: str) -> None:
    """Take what landed of a table out again."""
    con.execute(f"drop table if exists raw.{source_name}__{table_name}")
    files = "select file_id from raw.file where source_code = ? and table_name = ?"
    con.execute(f"delete from raw.reject where file_id in ({files})", [source_name, table_name])
    con.execute("delete from raw.file where source_code = ? and table_name = ?", [source_name, table_name])


def pending(settings: Settings, ledger: Ledger) -> list[RawFileRecord]:
    """Raw files not landed yet that have a contract, in the order they were fetched."""
    known = _tables(settings)
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
    """Land one raw file in one transaction. A refused file leaves its rejects and the last good file stands in."""
    table = load_contracts(settings.contracts)[record.source].table(record.table)
    path = ledger.raw_path(record)
    with landed(settings) as con:
        try:
            parse(con, table, path)
            rejects = _collect_rejects(con, table, settings.seeds)
            rows = _accept(con, table, record, rejects)
            state, reason = "landed", " ".join(filter(None, (new_columns(table, path), _not_as_announced(con, record))))
        except FileRefused as refusal:
            rows, state, reason = 0, "refused", str(refusal)
            rejects = _count(con, "select count(*) from rejects") if _has_rejects(con) else 0
        earlier = _current(con, table, record)
        con.execute("begin")
        if state == "landed":
            _insert(con, table, record)
        if _has_rejects(con):
            con.execute(
                "insert into raw.reject select ?, line, column_name, value, reason from rejects", [record.file_id]
            )
        _register(con, ledger, record, table, rows, rejects, state, reason)
        vintage.mark(con, table)
        con.execute("commit")
        changed = difference(con, table, earlier[0], record.file_id) if earlier and state == "landed" else None
    return restate(settings, record.outcome("new")).model_copy(update={"difference": changed})


def restate(settings: Settings, outcome: Outcome) -> Outcome:
    """`outcome` with what landed.duckdb holds of its file: rows, rejects, and failed where it was refused."""
    return restate_all(settings, [outcome])[0]


def restate_all(settings: Settings, outcomes: list[Outcome]) -> list[Outcome]:
    """The same for many outcomes at once."""
    if not any(outcome.file_id for outcome in outcomes):
        return outcomes
    with landed(settings) as con:
        rows = con.execute("select file_id, row_count, reject_count, state, reason from raw.file").fetchall()
    found = {row[0]: row[1:] for row in rows}
    return [_restated(settings, o, *found[o.file_id]) if o.file_id else o for o in outcomes]


def _restated(settings: Settings, outcome: Outcome, rows: int, rejects: int, state: str, reason: str) -> Outcome:
    update = {"rows": rows, "rejects": rejects, "notice": outcome.notice or reason}
    if state == "refused":
        table = load_contracts(settings.contracts)[outcome.source].table(outcome.table)
        update |= {"outcome": "failed", "stops_run": table.on_failure == "stop", "reason": reason, "notice": ""}
    return outcome.model_copy(update=update)


def note_held_back(settings: Settings, outcomes: list[Outcome]) -> list[Outcome]:
    """The outcomes, those with a notice whose files have landed and are not published before their release is whole."""
    with landed(settings) as con:
        sentences = vintage.held_back(con)
    return [
        outcome.model_copy(update={"notice": " ".join(filter(None, (outcome.notice, sentences[outcome.file_id])))})
        if outcome.file_id in sentences
        else outcome
        for outcome in outcomes
    ]


def _collect_rejects(con: duckdb.DuckDBPyConnection, table: Table, seeds: Path) -> int:
    """Make the temp table `rejects`; return the number of rejected lines."""
    con.execute(
        "create or replace temp table rejects (line bigint, column_name varchar, value varchar, reason varchar)"
    )
    checks = rules(table, seeds)
    cheap = " or ".join(f"({rule.breaks})" for rule in checks[:-1])
    bad = _count(con, f"select count(*) from parsed where {cheap}") if cheap else 0
    for rule in [*(checks[:-1] if bad else []), checks[-1]]:
        con.execute(
            f"insert into rejects select line, {_shown(rule)}, {quote(rule.reason)} from parsed where {rule.breaks}"
        )
    return _count(con, "select count(distinct line) from rejects")


def _shown(rule: Rule) -> str:
    columns = rule.column.split(", ")
    value = columns[0] if len(columns) == 1 else " || ', ' || ".join(f"coalesce({name}, '')" for name in columns)
    return f"{quote(rule.column)}, {value}"


def _accept(con: duckdb.DuckDBPyConnection, table: Table, record: RawFileRecord, rejects: int) -> int:
    """Number of good rows. Raises FileRefused when the file as a whole breaks the contract."""
    total = _count(con, "select count(*) from parsed")
    rows = total - rejects
    cap = int(record.labels.get("cap", table.cap or 0))
    if cap and total >= cap:
        raise FileRefused(
            f"{record.url}: {total} rows are as many as {table.source} hands out at once ({cap}); "
            "the answer was cut short and has to be asked for in smaller pieces."
        )
    if rejects > table.max_reject_share * total:
        raise FileRefused(
            f"{record.url}: {rejects} of {total} rows break the contract of {table.source}.{table.name} "
            f"(allowed {table.max_reject_share:.1%}); {_first_reject(con)}"
        )
    if rows < table.row_floor:
        raise FileRefused(
            f"{record.url}: {rows} rows where {table.source}.{table.name} needs at least {table.row_floor}."
        )
    last = _current(con, table, record)
    if last and table.max_shrink is not None and rows < last[1] * (1 - table.max_shrink):
        raise FileRefused(
            f"{record.url}: {rows} rows where the last good file of {_vintage_of(table, record)} had {last[1]}; "
            f"a loss of more than {table.max_shrink:.0%} is taken for a cut-off file."
        )
    return rows


def _current(con: duckdb.DuckDBPyConnection, table: Table, record: RawFileRecord) -> tuple[str, int] | None:
    """Id and row count of the file `record` would take the place of; an earlier release takes that of no later one."""
    release = record.labels.get("release", "") if table.edition_of else None
    return con.execute(
        "select file_id, row_count from raw.file where source_code = ? and table_name = ? and vintage_of = ? "
        "and is_current and (? is null or coalesce(release_label, '') <= ?)",
        [record.source, record.table, _vintage_of(table, record), release, release],
    ).fetchone()


def _not_as_announced(con: duckdb.DuckDBPyConnection, record: RawFileRecord) -> str:
    """A sentence where the file holds another number of records than the publisher says there are."""
    announced, total = int(record.labels.get("announced", 0)), _count(con, "select count(*) from parsed")
    if announced in (0, total):
        return ""
    return f"{record.url} holds {total} records where the publisher counts {announced}."


def _first_reject(con: duckdb.DuckDBPyConnection) -> str:
    row = con.execute(
        "select line, column_name, value, reason from rejects order by line, column_name limit 1"
    ).fetchone()
    assert row is not None
    return f"first: line {row[0]}, column {row[1]}, value {row[2]!r}: {row[3]}."


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
        "fetched_at": record.fetched_at.replace(tzinfo=None),
        "row_count": rows,
        "reject_count": rejects,
        "is_current": False,
        "hs_revision": labels.get("hs_revision"),
        "release_label": labels.get("release"),
        "state": state,
        "reason": reason,
        "contract_fingerprint": table.fingerprint,
        "vintage_of": _vintage_of(table, record),
        "edition_of": table.edition_of and table.edition_of.format_map(defaultdict(str, labels)),
        "edition_parts": int(labels["parts"]) if table.edition_of and "parts" in labels else None,
    }
    marks = ", ".join("?" for _ in values)
    con.execute(f"insert into raw.file ({', '.join(values)}) values ({marks})", list(values.values()))


def _vintage_of(table: Table, record: RawFileRecord) -> str:
    """What the file is a vintage of: its partition, or what the contract makes of its labels."""
    return table.vintage_of.format_map(defaultdict(str, record.labels)) if table.vintage_of else record.partition


def _has_rejects(con: duckdb.DuckDBPyConnection) -> bool:
    return bool(_count(con, "select count(*) from duckdb_tables() where table_name = 'rejects' and temporary"))


def _count(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = con.execute(sql).fetchone()
    assert row is not None
    return int(row[0])
