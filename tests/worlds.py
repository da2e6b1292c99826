"""The worlds that tests share, each made once: the demo and what it leaves, the invented world, compiled models."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.cli.demo import REVISIONS, settings_for
from flows.ledger import Ledger
from flows.settings import Settings
from standin.server import StandIn
from tests import nothing_bundled as nothing_bundled_files
from tests.brought import bring
from tests.conftest import Home
from tests.customs import misprint
from tests.marts import Compiled, compile_models
from tests.mirror import COMPILED, Mirror
from tests.sharing import made_once
from tests.warm_entrepot import ENTREPOT
from tests.world_warehouse import world_warehouse

INDICES = ("marts.workings.indicator", "dim_indicator", "indicator", "product_trade", "product_indicator",
           "product_complexity", "growth_component", "growth_contribution", "partner_profile", "constant_market_share",
           "trade_margin", "unit_value", "unit_value_flag", "unit_value_index")  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """What a demo said and left. `before` and `after` know the truth before and after its revisions and release."""

    said: str
    settings: Settings
    before: StandIn
    after: StandIn

    @property
    def releases(self) -> list[Path]:
        """The files it published: from nothing, after the revisions, during the outage."""
        published = [run for run in Ledger(self.settings).runs() if run.state == "published"]
        return [self.settings.releases / run.run_id / "trade.duckdb" for run in published]


def show(folder: Path) -> None:
    """A whole demo in `folder`/demo, and what it said beside it."""
    done = subprocess.run(
        [ENTREPOT, "demo", "--folder", str(folder / "demo")], capture_output=True, text=True, timeout=1800, check=False,
        env=Settings().tool_environment(COLUMNS="200", NO_COLOR="1"),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "said.txt").write_text(done.stdout, encoding="utf-8")


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """A whole demo; tests must not change what it left."""
    shared = made_once(tmp_path_factory, "shown", show)
    folder, said = shared / "demo", (shared / "said.txt").read_text(encoding="utf-8")
    with StandIn() as before, StandIn() as after:
        for revision in REVISIONS:
            after.office.world.revise(revision.publisher, revision.subject, revision.period)
        misprint(after.office.world)
        after.office.world.hold("comtrade", "398", "2024", back=False)
        settings = settings_for(tmp_path_factory.mktemp("shown"), Settings(), before.url)
        yield Shown(said, settings.model_copy(update={"warehouse": folder}), before, after)


@pytest.fixture(scope="session")
def brought(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A warehouse into which files of all kinds were brought; tests must not change it."""

    def make(folder: Path) -> None:
        bring(published.copy_without_exports(folder / "home"))

    return Home(made_once(tmp_path_factory, "brought", make) / "home", follows=False)


@pytest.fixture(scope="session")
def nothing_bundled(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A warehouse of invented files alone, without any exchange rate; tests must not change it."""
    return Home(made_once(tmp_path_factory, "nothing-bundled", nothing_bundled_files.publish), follows=False)


@pytest.fixture(scope="session")
def mirror(models_compiled: Path) -> Mirror:
    """The models that reconcile reports, to be run on reports of one's own making."""
    return Mirror(models_compiled)


@pytest.fixture(scope="session")
def world_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of every yearly report of the synthetic world; tests must not change it."""
    return made_once(tmp_path_factory, "world", world_warehouse) / "trade.duckdb"


@pytest.fixture(scope="module")
def running() -> Iterator[StandIn]:
    """One server for the tests of a module."""
    with StandIn() as standin:
        yield standin


@pytest.fixture
def standin(running: StandIn) -> StandIn:
    """The server in a fresh world, without faults, settings and log of the test before."""
    running.office.control.reset()
    running.office.reset()
    return running


@pytest.fixture(scope="session")
def compiled(models_compiled: Path) -> Compiled:
    """The indices and all that is computed from whole yearly reports, to be run on a few cells."""
    return Compiled(models_compiled, *INDICES)


@pytest.fixture(scope="session")
def models_compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifest of what is run in memory, compiled at once: to start dbt takes longer than to compile it."""
    return made_once(tmp_path_factory, "compiled", lambda folder: compile_models(folder, *COMPILED, *INDICES))
