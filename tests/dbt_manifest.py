"""The manifest dbt makes of the project, without a build."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import duckdb

from flows.settings import Settings
from flows.steps.building import dbt, project


def parse_manifest(folder: Path) -> dict[str, Any]:
    """Parse the project into `folder` and return its manifest."""
    manifest_of(folder, "parse")
    parsed: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return parsed


def manifest_of(folder: Path, verb: str, *more: str) -> None:
    """The manifest a verb of dbt leaves, as `folder`/manifest.json; in a warehouse there in which nothing has landed.

    So that dbt need not read again what it has read for another warehouse.
    """
    settings = Settings(warehouse=folder / "warehouse")
    settings.warehouse.mkdir(parents=True)
    duckdb.connect(str(settings.landed)).close()
    dbt.stage(settings, folder / "trade.duckdb", settings.landed, None)
    command = dbt.command(settings, verb, settings.dbt_home / "target", "--quiet", *more)
    where = {"env": dbt.environment(settings), "cwd": project.folder(settings)}
    done = subprocess.run(command, **where, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    if "--target" not in more:  # dbt reads all anew for another target: that parse would be of no use to anybody else
        project.keep_parse(settings)
    shutil.copyfile(settings.dbt_home / "target" / "manifest.json", folder / "manifest.json")
