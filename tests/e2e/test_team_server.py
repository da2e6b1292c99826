"""A team's own server: whatever is stopped or killed in mid-run, the next run goes by itself within two minutes, and
records, places and processes are true.
"""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from flows.ledger import Ledger
from standin.server import StandIn
from tests.conftest import Home
from tests.serving import press_run, state_after, wait_for
from tests.team import Team, team
from tests.webhook import Webhook, notified

ECB = "European Central Bank (ecb)"
SAID = "Press and official statements (press_record)"
TWO_MINUTES = 120


@pytest.fixture(scope="module")
def standin() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    with team(Home(tmp_path_factory.mktemp("team"))) as made:
        yield made


@pytest.fixture(scope="module")
def desk(served: Team) -> Iterator[Webhook]:
    with notified(served) as made:
        yield made


@pytest.fixture
def under_way(served: Team, standin: StandIn) -> Iterator[tuple[Team, Any, Any]]:
    """A run that waits for a publisher without end, and one after it that waits for its place."""
    control = standin.office.control
    control.reset()
    control.add_fault({"kind": "slow", "match": "ecb", "times": 0, "seconds": 600})
    served.start_worker(ENTREPOT_BASE_URL=standin.url)
    run = press_run(served.api, "ingest", sources=[ECB])
    wait_for(lambda: any(line["fault"] == "slow" for line in control.log), 90)
    following = press_run(served.api, "ingest", sources=[SAID])
    yield served, run, following
    assert served.worker is not None
    for each in [*served.worker.children(recursive=True), served.worker] if served.worker.is_running() else []:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.kill()
    served.worker.wait(30)


def all_is_true(served: Team, run: Any, following: Any, since: float, name: str, flow: psutil.Process) -> None:
    """The next run has ended well in time, and what was left of the one before is as it should be."""
    assert state_after(served.api, following)["name"] == "Ingested"
    assert time.monotonic() - since < TWO_MINUTES
    assert state_after(served.api, run)["name"] == name
    before, after = Ledger(served.home.settings).runs()[-2:]
    assert (before.state, after.state) == ("interrupted", "ingested")
    assert not flow.is_running()


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_a_flow_that_is_ended_makes_room_for_the_next(
    under_way: tuple[Team, Any, Any], desk: Webhook, sign: signal.Signals
) -> None:
    served, run, following = under_way
    flow, since = served.flow_process(), time.monotonic()
    flow.send_signal(sign)
    all_is_true(served, run, following, since, "Crashed", flow)
    assert "Crashed" in desk.hears(run["id"])


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_a_worker_that_is_ended_takes_its_run_along_and_the_next_worker_goes_on(
    under_way: tuple[Team, Any, Any], standin: StandIn, sign: signal.Signals
) -> None:
    served, run, following = under_way
    flow, since = served.flow_process(), time.monotonic()
    served.stop_worker(sign)
    served.start_worker(ENTREPOT_BASE_URL=standin.url)
    all_is_true(served, run, following, since, "Crashed", flow)


def test_a_machine_that_is_gone_is_noticed_by_the_silence_of_its_run(
    under_way: tuple[Team, Any, Any], desk: Webhook, standin: StandIn
) -> None:
    served, run, following = under_way
    assert served.worker is not None
    flow, since = served.flow_process(), time.monotonic()
    served.worker.suspend()  # it can tell nobody
    flow.kill()
    served.worker.kill()
    served.worker.wait(60)
    served.start_worker(ENTREPOT_BASE_URL=standin.url)
    all_is_true(served, run, following, since, "Crashed", flow)
    assert "Crashed" in desk.hears(run["id"])
    assert "Late" in desk.hears(following["id"])  # it has waited for more than a minute


def test_cancel_ends_a_run_whose_worker_is_gone(under_way: tuple[Team, Any, Any], standin: StandIn) -> None:
    served, run, following = under_way
    assert served.worker is not None
    flow, since = served.flow_process(), time.monotonic()
    served.worker.suspend()
    flow.kill()
    served.worker.kill()
    served.api.call("POST", f"/flow_runs/{run['id']}/set_state", {"state": {"type": "CANCELLING"}})
    served.start_worker(ENTREPOT_BASE_URL=standin.url)
    all_is_true(served, run, following, since, "Cancelled", flow)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_a_server_that_is_ended_and_comes_back_goes_on_with_what_waits(
    under_way: tuple[Team, Any, Any], standin: StandIn, sign: signal.Signals
) -> None:
    served, run, following = under_way
    flow, since = served.flow_process(), time.monotonic()
    served.stop_server(sign)
    served.start_server()
    standin.office.control.reset()
    flow.send_signal(signal.SIGTERM)
    all_is_true(served, run, following, since, "Crashed", flow)
