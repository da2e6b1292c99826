"""Export: what is made from a release for others to read. A folder is finished first and swapped in as a whole."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb

from flows.settings import Settings
from flows.steps.licence import EXPORTED_SCHEMAS, attribution, require_redistributable
from flows.steps.publish import release_path, require_link, swap_link

_RUN_ID = re.compile(r"\d{8}T\d{9}-[0-9a-f]{4}")


def export_release(settings: Settings, run_id: str) -> None:
    """What follows every change of the published link: one's own Parquet, and the public one where it is set up."""
    export_parquet(settings, run_id)
    if settings.public_export is not None:
        export_public(settings, release_path(settings, run_id), run_id, settings.public_export)


def export_parquet(settings: Settings, run_id: str) -> Path:
    """Write the star schema and the marts of a release as Parquet, for oneself: all of it, whatever the licence."""
    folder = settings.export / f"parquet-{run_id}"
    _write_tables(release_path(settings, run_id), folder)
    return swap_folder(settings.export / "parquet", folder)


def export_public(settings: Settings, release: Path, run_id: str, target: Path) -> Path:
    """Write the tables of `release` and their terms to a place open to others.

    `target` becomes a link to the finished folder beside it. With nothing written, raises LicenceRefused when the
    release holds figures that may not be passed on, and PublishRefused when a folder or file is in the way.
    """
    require_link(target)
    require_redistributable(settings, release, target)
    folder = target.with_name(f"{target.name}-{run_id}")
    _write_tables(release, folder)
    (folder / "SOURCES.md").write_text(attribution(settings, release), encoding="utf-8")
    return swap_folder(target, folder)


def swap_folder(link: Path, folder: Path) -> Path:
    """Point `link` to the finished `folder` and delete the folders of earlier runs it pointed to."""
    swap_link(link, folder)
    for stale in link.parent.glob(f"{link.name}-*"):
        if stale != folder and _RUN_ID.fullmatch(stale.name.removeprefix(f"{link.name}-")):
            shutil.rmtree(stale, ignore_errors=True)
    return link


def _write_tables(release: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with duckdb.connect(str(release), read_only=True) as con:
        tables = con.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name in (?, ?) order by all",
            list(EXPORTED_SCHEMAS),
        ).fetchall()
        for schema, table in tables:
            (folder / schema).mkdir(parents=True, exist_ok=True)
            path = str(folder / schema / f"{table}.parquet").replace("'", "''")
            con.execute(f"copy {schema}.{table} to '{path}' (format parquet, compression zstd)")
