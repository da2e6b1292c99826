"""The only reader of the environment; every path of the warehouse is derived here.

Any field can be set by an environment variable with the prefix `ENTREPOT_`, or in a file `.env` in the
project folder: `ENTREPOT_WAREHOUSE=/data/trade entrepot run`.
"""

from __future__ import annotations

import os
import re
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticUseDefault
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from flows.errors import EntrepotError, of_a_value
from flows.machine import half_of_memory, usable_cores

ROOT = Path(__file__).resolve().parents[1]

FOLLOWERS = ("parquet", "page", "data_docs")
_FOLDERS = ("warehouse", "bundled", "dbt_project", "lake", "public_export", "quotas")
_DEFAULT_IF_EMPTY = ("memory_limit", "threads", "pages_port", "comtrade_requests_per_day", "history_to")


def _state_folder() -> Path:
    """Where a user's programs keep what outlasts them, as XDG says."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "entrepot" / "quotas"


Words = Annotated[tuple[str, ...], NoDecode]  # in the environment: words separated by commas

# Quiet, private defaults for the tools we drive. A value the user has set always wins.
_TOOL_DEFAULTS = {
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_V2_ENABLED": "false",  # the newer UI asks hosts of its maker for usage statistics
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",  # seconds; see automations/run_is_gone.yaml
    "PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_CANCELLING_TIMEOUT_SECONDS": "60",  # where nobody is there to obey
    "PREFECT_LOGGING_EXTRA_LOGGERS": "entrepot",  # what the steps log shows in the UI beside each run
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
}


class Settings(BaseSettings):
    """Where things are and how much of the machine may be used."""

    model_config = SettingsConfigDict(
        env_prefix="ENTREPOT_", env_file=ROOT / ".env", extra="ignore", frozen=True, populate_by_name=True
    )

    warehouse: Path = Field(ROOT / "warehouse", description="Folder that holds raw files, runs and releases.")
    bundled: Path = Field(ROOT / "warehouse" / "bundled", description="Figures that ship with the project.")
    dbt_project: Path = Field(ROOT / "dbt_project", description="The dbt project; its sources are the contracts.")
    memory_limit: str = Field(
        default_factory=half_of_memory,
        description="Memory DuckDB may use, such as 4GB; half of the machine's if empty.",
    )
    threads: int = Field(
        default_factory=usable_cores, ge=1, description="Threads DuckDB and dbt may use; one for every core if empty."
    )
    heavy_engine: Literal["duckdb", "spark"] = Field(
        "duckdb",
        description="What makes the models that read trade cells: duckdb, or spark, once `make spark` has run.",
    )
    spark_master: str = Field(
        "",
        description="Master (spark://host:7077) or server of Spark Connect (sc://host:15002); this machine if empty.",
    )
    spark_options: Words = Field(
        (), description="Options of Spark's session: spark.executor.memory=4g,spark.sql.shuffle.partitions=200."
    )
    spark_patience_seconds: float = Field(
        120, gt=0, description="How long a build waits while no worker of the cluster of Spark is there."
    )
    lake: Path | None = Field(
        None,
        description="Folder of Parquet that Spark reads and writes, seen by all its machines; warehouse/lake if empty.",
    )
    followers: Words = Field(
        FOLLOWERS,
        description="What is made from every release: parquet, page, data_docs; none, or some, if you say so.",
    )
    largest_unpacked_mb: int = Field(16_000, ge=1, description="MB a file may have when unpacked, or when downloaded.")
    largest_document_mb: int = Field(2_000, ge=1, description="MB a JSON file of several answers may have.")
    largest_workbook_mb: int = Field(1_000, ge=1, description="MB the parts of a workbook may have when unpacked.")
    largest_page_mb: int = Field(16, ge=1, description="MB a web page or an XML file may have.")
    largest_answer_mb: int = Field(250, ge=1, description="MB one answer of a service may have when unpacked.")
    largest_expansion: int = Field(
        200, ge=2, description="Times its packed size a file may grow to; asked from 64 MB on, to stop packed bombs."
    )
    most_archive_members: int = Field(10_000, ge=1, description="Files an archive in the inbox may hold.")
    longest_record_kb: int = Field(1_000, ge=1, description="KB of text in one record of a JSON, XML or web page.")
    lock_timeout_seconds: float = Field(10, ge=0, description="How long to wait for another writer.")
    keep_releases: int = Field(5, ge=1, description="Newest releases kept; the published one stays, however old.")
    public_export: Path | None = Field(
        None, description="Folder open to others that gets every release as Parquet; guarded by the licences."
    )
    only_redistributable: bool = Field(False, description="Build without sources that are not redistributable.")
    postgres: SecretStr | None = Field(
        None, description="PostgreSQL database that gets a copy of every release: postgresql://user:password@host/db."
    )
    postgres_schema: str | None = Field(
        None, description="Prefix of the schemas of that copy: trade for trade_core; core, marts, meta if empty."
    )
    host: str = Field("127.0.0.1", description="Address `entrepot serve` binds to.")
    port: int = Field(4200, ge=1, le=65535, description="Port `entrepot serve` binds to.")
    host_names: Words = Field((), description="Names `entrepot serve` goes by besides its address: trade.example.org.")
    serve_without_credentials: bool = Field(
        False, description="Let everybody who reaches ENTREPOT_HOST run flows and read their keys."
    )
    pages_port: int | None = Field(
        None, ge=1, le=65535, description="Port of the pages `entrepot serve` shows; the one after `port` if empty."
    )
    pages_url: str | None = Field(
        None, description="Where a browser finds warehouse/export; summaries link there. `entrepot serve` sets it."
    )
    superset_port: int = Field(8088, ge=1, le=65535, description="Port `make superset` binds to.")
    superset_password: SecretStr | None = Field(
        None, description="Password of Superset's user admin; one is made and shown once if empty."
    )
    superset_reader_password: SecretStr | None = Field(
        None, description="Password of Superset's user reader, who may look and ask only; there is none if empty."
    )

    live_sources: Words = Field((), description="Live sources a run looks at when none is named, such as ecb,cbr.")
    stand_in: str | None = Field(
        None,
        validation_alias=AliasChoices("ENTREPOT_BASE_URL", "ENTREPOT_STAND_IN"),
        description="Server that stands in for every publisher, such as http://127.0.0.1:8900.",
    )
    comtrade_key: SecretStr | None = Field(None, description="UN Comtrade subscription key; public preview without.")
    comtrade_requests_per_day: int | None = Field(
        None, ge=1, description="Requests a day the UN Comtrade subscription grants: 500 if empty; premium has 5000."
    )
    census_key: SecretStr | None = Field(None, description="US Census key; optional.")
    fetch_by_workers: bool = Field(
        False,
        description="Let the workers of the pool entrepot-fetch fetch; they share the warehouse and ENTREPOT_QUOTAS.",
    )
    history_from: int = Field(2015, ge=1900, le=2100, description="First year live sources are asked for.")
    history_to: int | None = Field(None, ge=1900, le=2100, description="Last year asked for; this year if empty.")
    reporters: Words = Field(("CHN", "RUS"), description="Economies (ISO 3166 alpha-3) whose own reports are fetched.")
    partners: Words = Field((), description="Only these partners (alpha-3); all if empty.")
    currencies: Words = Field(("USD", "CNY", "RUB"), description="Currencies (ISO 4217) whose rates are fetched.")
    indicators: Words = Field(("NY.GDP.MKTP.CD", "SP.POP.TOTL"), description="World Bank indicators to fetch.")
    frequencies: Words = Field(("A", "M"), description="Annual (A), quarterly (Q), monthly (M) trade statistics.")
    comtrade_products: Words = Field((), description="UN Comtrade levels or codes; if empty TOTAL, with a key AG2 too.")
    requests_per_day: Words = Field((), description="Budgets other than the contracts': comtradeapi.un.org=10000,...")
    quotas: Path = Field(
        default_factory=_state_folder,
        description="Folder where requests to publishers are counted, shared by all warehouses that use the same keys; "
        "entrepot/quotas in the user's state folder if empty.",
    )
    http_proxies_from_environment: bool = Field(True, description="Use HTTP_PROXY, HTTPS_PROXY, NO_PROXY.")
    baci_revisions: Words = Field(("HS92",), description="HS revisions of CEPII BACI to fetch, HS92 to HS22.")
    baci_releases: Words = Field((), description="Releases of CEPII BACI, such as 202501,202601; the newest if empty.")
    census_levels: Words = Field(("TOTAL", "HS2"), description="US Census product levels: TOTAL, HS2, HS4, HS6.")
    comext_mode: Literal["sdmx", "bulk"] = Field(
        "sdmx", description="Eurostat Comext by chosen reporters and products (sdmx), or whole months as 7z (bulk)."
    )
    comext_reporters: Words = Field(
        (), description="EU members (alpha-3), or EU27_2020; if empty those among the reporters, else EU27_2020."
    )
    comext_products: Words = Field(("TOTAL", "HS2"), description="HS2 for all chapters, TOTAL, HS or CN codes.")
    http_tries: int = Field(5, ge=1, description="Times a request is tried before it counts as failed.")
    http_backoff_seconds: float = Field(1.0, ge=0, description="Wait before the second try; doubles each time.")
    http_longest_wait_seconds: float = Field(120.0, ge=0, description="A server asking for more ends the source's run.")
    http_timeout_seconds: float = Field(60.0, gt=0, description="Longest silence of a server.")
    http_slowest_bytes_per_second: float = Field(64.0, ge=0, description="A body slower than this is given up.")

    @classmethod
    def alone(cls, **values: Any) -> Settings:
        """Settings of these values and the defaults, whatever the environment and `.env` say."""
        return _Alone(**values)

    @field_validator(
        "host_names",
        "followers",
        "spark_options",
        "live_sources",
        "reporters",
        "partners",
        "currencies",
        "indicators",
        "frequencies",
        "comtrade_products",
        "requests_per_day",
        "baci_revisions",
        "baci_releases",
        "census_levels",
        "comext_reporters",
        "comext_products",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value

    @field_validator(*_FOLDERS, mode="before")
    @classmethod
    def _is_folder(cls, value: object) -> object:
        """A folder whatever the working folder of a child process is; `~` is the home folder."""
        if not isinstance(value, str):
            return value
        if re.match(r"\w+://", value):
            raise ValueError("an address is not a folder of this machine")
        try:
            folder = Path(value).expanduser().absolute()
        except RuntimeError as error:  # there is no such user
            raise ValueError("the home folder it begins with is not known") from error
        # Path.exists raises where a folder above may not be looked into
        if os.path.exists(folder) and not os.path.isdir(folder):  # noqa: PTH110, PTH112
            raise ValueError("it is a file, not a folder")
        if os.path.lexists(folder) and not os.path.exists(folder):  # noqa: PTH110
            raise ValueError("it is a link to what cannot be reached; is its disk mounted?")
        return folder

    @field_validator(*_FOLDERS, *_DEFAULT_IF_EMPTY, mode="before")
    @classmethod
    def _default_if_empty(cls, value: object) -> object:
        """An empty text is no value, and no folder: it would be the one the command was given in."""
        if isinstance(value, str) and not value.strip():
            raise PydanticUseDefault
        return value

    @field_validator("comtrade_key", "census_key")
    @classmethod
    def _without_blanks(cls, value: SecretStr | None) -> SecretStr | None:
        """A key as it was pasted, without the blanks and line ends around it."""
        return value if value is None else SecretStr(value.get_secret_value().strip())

    @field_validator("requests_per_day")
    @classmethod
    def _budgets(cls, value: Words) -> Words:
        if bad := [word for word in value if not re.fullmatch(r"[^=\s]+=\d+", word)]:
            raise ValueError(f"{bad[0]!r} is not host=number; write for example comtradeapi.un.org=10000")
        return value

    @field_validator("warehouse")
    @classmethod
    def _can_be_opened(cls, value: Path) -> Path:
        if "?" in f"{value.absolute()}{value.resolve()}":  # what is behind it is no part of a file's name to DuckDB
            raise ValueError("the question mark in its path keeps DuckDB from opening files there")
        return value

    @field_validator("stand_in")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        # Whoever names a stand-in means that no publisher is asked: an empty one, or no address, is a mistake.
        if value is not None and not re.fullmatch(r"https?://[^/\s]+[^\s]*", value):
            raise ValueError(
                "a stand-in has an address, such as http://127.0.0.1:8900; no publisher is asked in its place"
            )
        if value is not None and "@" in urlsplit(value).netloc:  # it would stand in every record
            raise ValueError("the address of a stand-in holds no name and no password")
        return value

    @field_validator("spark_options")
    @classmethod
    def _options(cls, value: Words) -> Words:
        if bad := [word for word in value if not re.fullmatch(r"spark\.[^=\s]+=.+", word)]:
            raise ValueError(f"{bad[0]!r} is not spark.name=value; write for example spark.executor.memory=4g")
        return value

    @field_validator("followers")
    @classmethod
    def _known_followers(cls, value: Words) -> Words:
        if bad := [word for word in value if word not in FOLLOWERS]:
            raise ValueError(f"{bad[0]!r} is none of {', '.join(FOLLOWERS)}")
        return value

    def budget(self, host: str) -> int | None:
        """Requests a day a person allows for `host`; None where its contract decides."""
        budgets = dict(word.split("=", 1) for word in self.requests_per_day)
        return int(budgets[host]) if host in budgets else None

    def base_url(self, address: str) -> str:
        """`address` of a publisher, or the same on the stand-in: scheme and host become its base and `/<host>`."""
        if self.stand_in is None or address.startswith(self.stand_in):
            return address
        parts = urlsplit(address)
        return f"{self.stand_in.rstrip('/')}/{parts.netloc}{address.partition(parts.netloc)[2]}"

    def years(self, today: date) -> range:
        """The years live sources are asked for."""
        return range(self.history_from, min(today.year, self.history_to or today.year) + 1)

    def has_key(self, name: str) -> bool:
        """Whether the subscription key called `name` is set."""
        return bool(self.key(name))

    def key(self, name: str) -> str:
        """The subscription key called `name`; an empty text where it is not set."""
        key: SecretStr | None = getattr(self, f"{name}_key")
        return "" if key is None else key.get_secret_value()

    def granted_requests(self, name: str) -> int | None:
        """Requests a day the subscription called `name` grants, where the user has said so."""
        granted: int | None = getattr(self, f"{name}_requests_per_day", None)
        return granted

    def missing_keys(self) -> list[str]:
        """Fields of keys that are not set."""
        fields = [name for name in type(self).model_fields if name.endswith("_key")]
        return [name for name in fields if not self.has_key(name.removesuffix("_key"))]

    def secrets(self) -> list[str]:
        """Values that may not appear in any log, record or message."""
        passwords = (self.superset_password, self.superset_reader_password)
        keys = (self.comtrade_key, self.census_key, self.postgres, *passwords)
        return [key.get_secret_value() for key in keys if key is not None and key.get_secret_value()]

    @property
    def root(self) -> Path:
        """The project folder."""
        return ROOT

    @property
    def contracts(self) -> tuple[Path, ...]:
        """Folder of the staging models, one folder and one contract per source; then that of contracts of one's own."""
        return self.dbt_project / "models" / "staging", self.own_contracts

    @property
    def own_contracts(self) -> Path:
        """Contracts of tables of one's own, one file per source; not part of the project, so an upgrade keeps them."""
        return self.warehouse / "contracts"

    @property
    def own_corrections(self) -> Path:
        """Corrections of published figures for this warehouse alone; columns as in the seed `correction`."""
        return self.warehouse / "corrections.csv"

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
        """Where a person puts files."""
        return self.warehouse / "inbox"

    @property
    def passing(self) -> Path:
        """Temporary files of what is unpacked or rewritten while it lands."""
        return self.warehouse / ".passing"

    @property
    def landed(self) -> Path:
        """Typed rows of every raw file; may be deleted at any time."""
        return self.warehouse / "landed.duckdb"

    @property
    def lake_folder(self) -> Path:
        """What Spark reads and writes; may be deleted at any time no run goes on."""
        return self.lake or self.warehouse / "lake"

    @property
    def builds(self) -> Path:
        """Candidates, one folder per run."""
        return self.warehouse / "build"

    @property
    def dbt_home(self) -> Path:
        """What dbt keeps between runs: its parse of the project. May be deleted at any time."""
        return self.warehouse / ".dbt"

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
    def pages_at(self) -> int:
        """Port at which `entrepot serve` shows the pages."""
        return self.pages_port or self.port + 1

    @property
    def superset(self) -> Path:
        """What Apache Superset keeps: its users, the imported dashboards, its secret key."""
        return self.warehouse / ".superset"

    @property
    def published(self) -> Path:
        """The link people and tools open."""
        return self.warehouse / "trade.duckdb"

    @property
    def workings(self) -> Path:
        """The link beside it, to what the published file was made from."""
        return self.warehouse / "workings.duckdb"

    @property
    def sql_history(self) -> Path:
        """What was typed at the SQL prompt."""
        return self.warehouse / ".sql_history"

    @property
    def prefect_home(self) -> Path:
        """What Prefect keeps: the database of its server."""
        return self.warehouse / ".prefect"

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
        self.warehouse.mkdir(parents=True, exist_ok=True)
        self.prefect_home.mkdir(mode=0o700, exist_ok=True)
        for name, value in {**_TOOL_DEFAULTS, "PREFECT_HOME": str(self.prefect_home)}.items():
            os.environ.setdefault(name, value)

    def set_environment(self, **values: str) -> None:
        """Set variables for this process and its children; a value the user has set is replaced."""
        os.environ.update(values)

    def tool(self, name: str) -> str:
        """Path of a command installed beside this Python, such as `dbt`."""
        return str(Path(sys.executable).parent / name)


class _Alone(Settings):
    """Settings that read no environment."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is given."""
        return (init_settings,)


_in_use: list[Settings] = []


def get_settings() -> Settings:
    """The settings of this process, read once. Raises EntrepotError for a value that cannot be used."""
    if not _in_use:
        try:
            _in_use.append(Settings())
        except ValidationError as error:  # not chained: what pydantic says holds the values, secrets too
            raise EntrepotError(" ".join(_refusal(fault) for fault in error.errors())) from None
    return _in_use[0]


def _refusal(fault: Any) -> str:
    """What is wrong with one setting, in a sentence; the value is named unless it is a secret."""
    field = str(fault["loc"][0])
    name = field if field.startswith("ENTREPOT_") else f"ENTREPOT_{field.upper()}"
    is_secret = field in Settings.model_fields and "SecretStr" in str(Settings.model_fields[field].annotation)
    shown = re.sub(r"://[^/\s]*@", "://***@", str(fault["input"]))
    value = f" is {shown!r}" if isinstance(fault["input"], str) and not is_secret else " cannot be used"
    reason = of_a_value(fault["msg"])
    return f"{name}{value}: {reason[:1].lower()}{reason[1:]}; set it anew, in the environment or in .env."


def use_settings(settings: Settings) -> None:
    """Make `settings` those of this process instead of what the environment says; call before importing prefect.

    Prefect's records go into that warehouse too, whatever server or profile the user has set.
    """
    _in_use[:] = [settings]
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        del os.environ[name]
