"""The smallest warehouse that goes the whole way, so that hundreds of runs of it can be cut short.

Its figures are three bundled tables. All of a run is the product's own: fetch, land, the frame of the build, the report
of the audit, publish, the Parquet export, retention, the ledger. Only dbt and Great Expectations, which take most of a
run's time and write nothing but the candidate, are replaced: the candidate has the dimensions of a real release without
their rows, and the current rows of what has landed. Runs with both are cut short too, fewer of them (real.py).
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from expectations.checks import Check, Result
from flows import pipeline, recording
from flows.contracts import load_contracts
from flows.contracts.relations import workings_of
from flows.errors import WriterBusy
from flows.ledger import Ledger, Run
from flows.settings import ROOT, Settings
from flows.steps import audit, build, fetch, land, publish
from flows.steps.building import dbt, last_release, unit_tests

SOURCES = ("partner_quoted", "fcs_quoted")
CHANGED = SOURCES[0]  # what a run finds changed; the other source is kept
TABLES = [(name, table) for name in SOURCES for table in load_contracts(Settings().contracts)[name].tables]


PASSED = Result(check=Check(name="nothing", table="core.trade", description="Nothing is asked."), passed=True)


class Small:
    """A small warehouse in a folder; `template` is a release without rows."""

    def __init__(self, folder: Path, template: Path) -> None:
        self.folder = folder
        self.template = template

    @property
    def settings(self) -> Settings:
        return Settings.alone(
            warehouse=self.folder / "warehouse",
            bundled=self.folder / "bundled",
            followers=("parquet",),
            lock_timeout_seconds=0.2,
            threads=1,
            memory_limit="500MB",
        )

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.settings)

    def copy(self, folder: Path) -> Small:
        """The same in another folder."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder, symlinks=True)
        return Small(folder, self.template)

    def fill(self) -> None:
        """The figures it begins with."""
        for name in SOURCES:
            shutil.copytree(ROOT / "warehouse" / "bundled" / name, self.folder / "bundled" / name)

    def revise(self) -> None:
        """Change a figure, so that the next run has something to fetch, land and publish."""
        (path,) = (self.folder / "bundled" / CHANGED).glob("*.csv")
        text = path.read_text(encoding="utf-8")
        assert ",12.1," in text
        path.write_text(text.replace(",12.1,", ",77.7,"), encoding="utf-8")

    def make_small(self) -> None:
        """Do in this process without Prefect, dbt and Great Expectations."""
        _without_prefect()
        pipeline.build_candidate = build.build  # type: ignore[assignment]
        build.reading = lambda *args, **options: contextlib.nullcontext()  # type: ignore[assignment]
        build.code_fingerprint = lambda: "the same"
        audit.make_ready = lambda settings: None
        pipeline.audit_candidate = lambda *args, **options: [PASSED]  # type: ignore[assignment]
        unit_tests.record = lambda settings, ledger, run: None
        last_release._lacking_columns = lambda settings: []
        dbt.build = self._candidate  # type: ignore[assignment]

    def run(self) -> Run:
        """A run from fetch to the export, in this process, which has been made small.

        Raises WriterBusy where another one goes on, as the flow does to whoever calls it.
        """
        ledger = self.ledger

        def work(run: Run) -> None:
            pipeline.execute(ledger, run, SOURCES, "refresh")

        ended: object = recording.recorded(ledger, "run", work)
        if isinstance(busy := getattr(ended, "data", None), WriterBusy):
            raise busy
        return ledger.runs()[-1]

    def _candidate(
        self,
        settings: Settings,
        details: Path,
        *more: str,
        reader: object = None,
        with_unit_tests: bool = False,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> list[Result]:
        """What dbt does, in short: both files of the candidate, made from what has landed; what failed."""
        try:
            self._make(settings)
        except duckdb.Error as error:
            details.write_text(str(error), encoding="utf-8")
            return [PASSED.model_copy(update={"passed": False, "observed": str(error)})]
        return []

    def _make(self, settings: Settings) -> None:
        candidate = (settings.dbt_home / "build" / "trade.duckdb").resolve()
        shutil.copyfile(self.template, candidate)
        with duckdb.connect(str(candidate)) as con:
            con.execute(f"attach '{settings.dbt_home / 'build' / 'landed.duckdb'}' as landed (read_only)")
            for name, table in TABLES:
                con.execute(
                    f"create table core.{name}_{table.name} as select record.* exclude (file_id), file.path "
                    f"from landed.raw.{table.landed_name} as record "
                    "inner join landed.raw.file as file on record.file_id = file.file_id and file.is_current "
                    "order by all"
                )
        with duckdb.connect(str(workings_of(candidate))) as con:
            con.execute("create table made as select 1 as is_made")


def _without_prefect() -> None:
    """Let the pipeline call its steps, and nobody be told."""
    pipeline.plan_fetch = fetch.plan  # type: ignore[assignment]
    pipeline.fetch_partition = fetch.fetch_partition  # type: ignore[assignment]
    pipeline.land_file = land.land_file  # type: ignore[assignment]
    pipeline.publish_candidate = publish.publish  # type: ignore[assignment]
    pipeline.follow_release = lambda name, step: step()  # type: ignore[assignment]
    pipeline.create_progress_artifact = lambda *args, **options: None  # type: ignore[assignment]
    pipeline.update_progress_artifact = lambda *args, **options: None  # type: ignore[assignment]
    recording.describe = lambda settings, run, kind: None


_LEFT_OUT = """
select view_name, 'view' from duckdb_views() where database_name = 'trade' and schema_name = 'core' and not internal
union all
select table_name, 'table' from duckdb_tables()
where database_name = 'trade' and schema_name = 'core' and table_name not like 'dim_%'
"""
_FILLED = """
select schema_name || '.' || table_name from duckdb_tables()
where database_name = 'whole' and (schema_name = 'meta' or table_name = 'dim_source')
"""


def template_of(release: Path, path: Path) -> Path:
    """The dimensions of a release without rows, but for what its own description needs."""
    path.unlink(missing_ok=True)
    with duckdb.connect() as con:
        con.execute(f"attach '{release}' as whole (read_only)")
        con.execute(f"attach '{path}' as trade (storage_version 'v1.4.0')")
        con.execute("copy from database whole to trade (schema)")
        con.execute("drop schema trade.marts cascade; create schema trade.marts")
        for name, kind in con.execute(_LEFT_OUT).fetchall():
            con.execute(f"drop {kind} trade.core.{name}")
        for (table,) in con.execute(_FILLED).fetchall():
            con.execute(f"insert into trade.{table} select * from whole.{table}")
    return path


def content(warehouse: Path) -> dict[str, Any]:
    """What the small warehouse publishes and keeps, all but times and names of runs."""
    found: dict[str, Any] = {}
    release = warehouse / "trade.duckdb"
    with duckdb.connect(str(release), read_only=True) as con:
        for name, table in TABLES:
            found[f"{name}.{table.name}"] = con.execute(f"from core.{name}_{table.name} order by all").fetchall()
    with duckdb.connect(str(warehouse / "landed.duckdb"), read_only=True) as con:
        kept = "file_id, sha256, row_count, reject_count, is_current, state, known_to is null"
        found["landed files"] = con.execute(f"select {kept} from raw.file order by all").fetchall()
        for _, table in TABLES:
            found[f"landed {table.landed_name}"] = con.execute(f"from raw.{table.landed_name} order by all").fetchall()
    exported = (warehouse / "export" / "parquet").resolve()
    found["export"] = sorted(str(path.relative_to(exported)) for path in exported.rglob("*.parquet"))
    return found
