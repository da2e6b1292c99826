"""The lake: what landed of large sources as Parquet, a file for each raw file, and what a build on Spark makes of it.

    landed/<source>__<table>/source=<source>/period=<partition>/<file>.parquet     written when a build needs it
    builds/<run>/<database>__<schema>__<table>/                                    gone with the build

Spark's workers read and write both, so on a cluster the lake is a folder that all of its machines see under one path.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb

from flows.contracts import load_contracts
from flows.contracts.relations import quote
from flows.errors import BuildFailed
from flows.ledger import Ledger, Run
from flows.settings import ROOT, Settings

PYTHON = ROOT / ".venv-spark" / "bin" / "python"
_LOG = "spark.log"
_LINK = "lake"
_BUILDS = "builds"
_LOOPBACK = "127.0.0.1"
_LANDED = "landed_files"
_OPTIONS = {
    # a cast that loses something and a sum that overflows stop the build, as on DuckDB
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.parser.escapedStringLiterals": "true",
    # else a product of decimals is rounded twice
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.shuffle.partitions": "16",
    "spark.driver.memory": "2g",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
# where nobody else has to reach Spark's own ports
_ON_LOOPBACK = {"spark.driver.bindAddress": _LOOPBACK, "spark.driver.host": _LOOPBACK}


def is_wanted(settings: Settings) -> bool:
    """Whether the heavy models are made on Spark."""
    return settings.heavy_engine == "spark"


def require(settings: Settings) -> None:
    """Raise BuildFailed, with what to do, where heavy models are to be made on Spark and it is not installed."""
    if not is_wanted(settings):
        return
    if lacking := missing(settings):
        raise BuildFailed(f"ENTREPOT_HEAVY_ENGINE is spark, and Spark lacks {lacking}. Nothing was published.")


def missing(settings: Settings) -> str:
    """What Spark lacks on this machine, and what to do; an empty text where it has all."""
    if not PYTHON.is_file():
        return "its environment; `make spark` installs it"
    java = Path(settings.tool_environment().get("JAVA_HOME", "")) / "bin" / "java"
    if _has_server(_master(settings)) or shutil.which("java") or java.is_file():
        return ""
    return "Java 17 or newer; install it, or set JAVA_HOME"


@contextlib.contextmanager
def of_build(settings: Settings, ledger: Ledger, run: Run, candidate: Path, landed: Path) -> Iterator[None]:
    """The lake of a build, while it goes on: its folder, the landed files it may read, a link beside the candidate.

    What Spark says besides its answers is in `spark.log` in the folder of dbt, until the next build.
    """
    left = list((settings.lake_folder / _BUILDS).glob("*"))  # of builds that were killed: who builds has the lock
    ours = {past.run_id for past in ledger.heads()} if left else set()
    for folder in left:
        if folder.name in ours:
            shutil.rmtree(folder, ignore_errors=True)
    if not is_wanted(settings):
        yield
        return
    here, link = _folder(settings, run), candidate.parent / _LINK
    here.mkdir(parents=True)
    with duckdb.connect(str(landed), read_only=True, config=settings.duckdb_config) as con:
        files = keep_landed(settings, con)
    (here / _LANDED).write_text(json.dumps(files), encoding="utf-8")
    link.symlink_to(here.resolve())
    try:
        yield
    finally:
        link.unlink(missing_ok=True)
        shutil.rmtree(here, ignore_errors=True)


def environment(settings: Settings) -> dict[str, str]:
    """What dbt's environment says of Spark: the same for every build."""
    if not is_wanted(settings):
        return {}
    here = {"SPARK_LOCAL_IP": _LOOPBACK} if _is_here(_master(settings)) else {}
    return {"ENTREPOT_DBT_TARGET": "spark", "ENTREPOT_SPARK": told(settings), **here}


def told(settings: Settings) -> str:
    """What the plugin of dbt's profile has to know of the session, as JSON."""
    master = _master(settings)
    options = {**_own_options(master), **dict(word.split("=", 1) for word in settings.spark_options)}
    return json.dumps(
        {
            "python": str(PYTHON),
            "lake": f"../build/{_LINK}",
            "landed": _LANDED,
            "log": f"../{_LOG}",
            "master": master,
            "options": options,
            "patience": settings.spark_patience_seconds,
        }
    )


def _master(settings: Settings) -> str:
    return settings.spark_master or f"local[{settings.threads}]"


def keep_landed(settings: Settings, con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Write what landed from each raw file of a large source as Parquet, unless it is there; the files by relation.

    `con` is a connection to landed.duckdb. Files of rows that are no longer there are deleted.
    """
    kept: dict[str, list[str]] = {}
    for source in load_contracts(settings.contracts).values():
        for table in source.tables:
            files = [] if table.publish_raw else _landed_files(con, source.name, table.name)
            if files:
                paths = [_kept(settings, con, table.landed_name, *file) for file in files]
                kept[f"landed__raw__{table.landed_name}"] = [str(path) for path in paths]
    known = {path for paths in kept.values() for path in paths}
    for path in _landed(settings).rglob("*.parquet*"):
        if str(path) not in known:
            path.unlink()
    return kept


def _landed_files(con: duckdb.DuckDBPyConnection, source: str, table: str) -> list[tuple[str, str, str, str]]:
    return con.execute(
        "select source_code, partition_key, file_id, sha256 || '-' || contract_fingerprint from raw.file "
        "where (source_code, table_name, state) = (?, ?, 'landed') order by file_id",
        [source, table],
    ).fetchall()


def _kept(
    settings: Settings,
    con: duckdb.DuckDBPyConnection,
    table: str,
    source: str,
    partition: str,
    file_id: str,
    made_of: str,
) -> Path:
    """The Parquet file of a raw file, written whole or not at all."""
    folder = _landed(settings) / table / f"source={source}" / f"period={re.sub(r'[^A-Za-z0-9.-]+', '_', partition)}"
    path = folder / f"{made_of}.parquet"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".parquet.{os.getpid()}")
        rows = f"select * from raw.{table} where file_id = {quote(file_id)}"
        con.execute(f"copy ({rows}) to {quote(unfinished)} (format parquet, compression zstd)")
        unfinished.replace(path)
    return path


def _landed(settings: Settings) -> Path:
    return settings.lake_folder.resolve() / "landed"


def _folder(settings: Settings, run: Run) -> Path:
    return settings.lake_folder / _BUILDS / run.run_id


def _own_options(master: str) -> dict[str, str]:
    """The project's options of a session: the server of Spark Connect has memory and ports of its own."""
    if _has_server(master):
        return {name: value for name, value in _OPTIONS.items() if name.startswith("spark.sql.")}
    return {**_OPTIONS, **(_ON_LOOPBACK if _is_here(master) else {})}


def _has_server(master: str) -> bool:
    """Whether Spark runs behind a server of Spark Connect, and not as a program of this machine."""
    return master.startswith("sc://")


def _is_here(master: str) -> bool:
    return master.startswith("local") or f"//{_LOOPBACK}" in master or "//localhost" in master
