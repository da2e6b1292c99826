"""The release before this one: what a build compares its figures with, so that readers see what changed and why."""

from __future__ import annotations

from pathlib import Path

import duckdb

from flows.contracts.yaml_file import read_yaml
from flows.ledger import Ledger, Run
from flows.settings import Settings

_CONTRACT = Path("models/staging/_last_release__sources.yml")


def comparable(settings: Settings, ledger: Ledger, run: Run) -> str | None:
    """The run whose release is published now, if the figures of `run` can be laid beside it; None otherwise.

    They can where it was built from the same sources, says when, and has the tables and columns the comparison reads.
    Where an older version of this project made it, a notice of the run says that changes are not listed.
    """
    published = ledger.published_run_id()
    if published is None:
        return None
    past = next((past for past in ledger.newest() if past.run_id == published), None)
    if past is None or past.left_out != run.left_out:
        return None
    lacking = [] if past.built_at else ["the time it was built"]
    lacking += _lacking_columns(settings)
    if lacking:
        run.notices.append(
            f"Release {published} was made by an older version and lacks {', '.join(lacking[:3])}; "
            "what changed since then is not listed, the next release lists changes again."
        )
        return None
    return published


def _lacking_columns(settings: Settings) -> list[str]:
    """Columns the comparison reads and the published file does not have."""
    contract = read_yaml(settings.dbt_project / _CONTRACT)
    wanted = {
        f"{source['schema']}.{table['name']}.{column['name']}"
        for source in contract["sources"]
        for table in source["tables"]
        for column in table["columns"]
    }
    with duckdb.connect(str(settings.published), read_only=True, config=settings.duckdb_config) as con:
        here = con.execute("select schema_name || '.' || table_name || '.' || column_name from duckdb_columns()")
        return sorted(wanted - {name for (name,) in here.fetchall()})
