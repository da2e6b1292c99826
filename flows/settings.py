"""The only reader of the environment; every path of the warehouse is derived here.

Any field can be set by an environment variable with the prefix `ENTREPOT_`, or in a file `.env` in the
project folder: `ENTREPOT_WAREHOUSE=/data/trade entrepot run`.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]

# Quiet, private defaults for the tools we drive. A value the user has set always wins.
_TOOL_DEFAULTS = {
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "entrepot",  # what the steps log shows in the UI beside each run
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
}


class Settings(BaseSettings):
    """Where things are and how much of the machine may be used."""

    model_config = SettingsConfigDict(env_prefix="ENTREPOT_", env_file=ROOT / ".env", extra="ignore", frozen=True)

    warehouse: Path = Field(ROOT / "warehouse", description="Folder that holds raw files, runs and releases.")
    bundled: Path = Field(ROOT / "warehouse" / "bundled", description="Figures that ship with the project.")
    dbt_project: Path = Field(ROOT / "dbt_project", description="The dbt project; its sources are the contracts.")
    memory_limit: str = Field("4GB", description="Memory DuckDB may use.")
    threads: int = Field(2, ge=1, description="Threads DuckDB and dbt may use.")
    lock_timeout_seconds: float = Field(10, ge=0, description="How long to wait for another writer.")
    keep_releases: int = Field(5, ge=1, description="Releases kept for rollback, the published one included.")
    host: str = Field("127.0.0.1", description="Address `entrepot serve` binds to.")
    port: int = Field(4200, ge=1, le=65535, description="Port `entrepot serve` binds to.")

    @property
    def root(self) -> Path:
        """The project folder."""
        return ROOT

    @property
    def contracts(self) -> Path:
        """Folder of the staging models, one folder and one contract per source."""
        return self.dbt_project / "models" / "staging"

    @property
    def seeds(self) -> Path:
        """Folder of the code lists."""
        return self.dbt_project / "seeds"

    @property
    def raw(self) -> Path:
        """Immutable bytes as received."""
        return self.warehouse / "raw"

    @property
    def inbox(self) -> Path:
        """The drop box."""
        return self.warehouse / "inbox"

    @property
    def landed(self) -> Path:
        """Typed rows of every raw file; may be deleted at any time."""
        return self.warehouse / "landed.duckdb"

    @property
    def builds(self) -> Path:
        """Candidates, one folder per run."""
        return self.warehouse / "build"

    @property
    def runs(self) -> Path:
        """Run records, one JSON file per run."""
        return self.warehouse / "runs"

    @property
    def releases(self) -> Path:
        """Published files, one folder per run."""
        return self.warehouse / "releases"

    @property
    def export(self) -> Path:
        """What is made from a release for others: Parquet, Data Docs."""
        return self.warehouse / "export"

    @property
    def published(self) -> Path:
        """The link people and tools open."""
        return self.warehouse / "trade.duckdb"

    @property
    def lock(self) -> Path:
        """The writer's lock file."""
        return self.warehouse / ".writer.lock"

    @property
    def duckdb_config(self) -> dict[str, str | bool | int | float | list[str]]:
        """How much of the machine a DuckDB connection may use."""
        return {"memory_limit": self.memory_limit, "threads": self.threads}

    def tool_environment(self, **extra: str) -> dict[str, str]:
        """The environment for a child process, the quiet defaults and `extra` included."""
        return {**_TOOL_DEFAULTS, **os.environ, **extra}

    def prepare_process(self) -> None:
        """Set the quiet defaults for this process; call before importing prefect or great_expectations."""
        prefect_home = self.warehouse / ".prefect"
        prefect_home.mkdir(parents=True, exist_ok=True)
        for name, value in {**_TOOL_DEFAULTS, "PREFECT_HOME": str(prefect_home)}.items():
            os.environ.setdefault(name, value)

    def set_environment(self, **values: str) -> None:
        """Set variables for this process and its children; a value the user has set is replaced."""
        os.environ.update(values)

    def tool(self, name: str) -> str:
        """Path of a command installed beside this Python, such as `dbt`."""
        return str(Path(sys.executable).parent / name)


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
