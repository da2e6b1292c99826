"""A publisher's budget is that of a key at a host: warehouses share it, keys and stand-ins do not."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from flows.errors import EntrepotError, QuotaExhausted
from flows.records import utc_now
from flows.settings import Settings
from flows.transport.quotas import Quotas
from flows.transport.turns import Turns

COMTRADE, CENSUS = "comtradeapi.un.org", "api.census.gov"
BUDGET = 6


def turns(settings: Settings, name: str, **more: object) -> Turns:
    """The turns of a warehouse called `name`, with a budget of six requests."""
    chosen = {"warehouse": settings.warehouse.parent / name, "requests_per_day": (f"{COMTRADE}={BUDGET}",), **more}
    return Turns(settings.model_copy(update=chosen), lambda seconds: None)


def asked(of: Turns, times: int = 2 * BUDGET) -> int:
    """How many requests to UN Comtrade it may send."""
    for sent in range(times):
        try:
            of.take(COMTRADE)
        except QuotaExhausted:
            return sent
    return times


def test_two_warehouses_have_one_budget(settings: Settings) -> None:
    first, second = (turns(settings, name) for name in ("one", "two"))
    assert (asked(first, 4), asked(second), asked(first)) == (4, 2, 0)
    assert second.use(COMTRADE).requests == BUDGET


def test_a_host_that_is_closed_is_left_alone_by_every_warehouse(settings: Settings) -> None:
    first, second = (turns(settings, name) for name in ("one", "two"))
    first.close(COMTRADE, utc_now() + timedelta(hours=1))
    assert asked(second) == 0


def test_each_key_has_a_budget_and_no_key_can_be_read_from_what_is_kept(settings: Settings) -> None:
    mine, yours = (turns(settings, "one", comtrade_key=SecretStr(key)) for key in ("mine-0815", "yours-4711"))
    assert [asked(each) for each in (mine, yours, mine, turns(settings, "one"))] == [BUDGET, BUDGET, 0, BUDGET]
    kept = [path for path in settings.quotas.rglob("*") if path.is_file()]
    assert len([path for path in kept if path.suffix == ".json"]) == 3
    assert not [path for path in kept if "0815" in path.name or "0815" in path.read_text(encoding="utf-8")]


def test_a_stand_in_and_its_publisher_share_no_count(settings: Settings) -> None:
    live, standin = turns(settings, "one"), turns(settings, "one", stand_in="http://127.0.0.1:8900")
    other = turns(settings, "one", stand_in="http://127.0.0.1:8901/")
    assert [asked(each) for each in (standin, live, other)] == [BUDGET] * 3
    assert asked(turns(settings, "two", stand_in="http://127.0.0.1:8900/")) == 0


COUNT = """
import sys
from pathlib import Path
from flows.transport.quotas import Quotas
from flows.settings import Settings
quotas = Quotas(Settings.alone(quotas=Path(sys.argv[1])))
print(sum(quotas.take("www.example.org", 50).requests < 50 for _ in range(40)))
"""


def test_processes_that_count_at_once_lose_no_request(settings: Settings) -> None:
    command = [sys.executable, "-c", COUNT, str(settings.quotas)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert sum(int(process.communicate()[0]) for process in running) == 50
    assert Quotas(settings).use("www.example.org").requests == 50


@pytest.mark.parametrize("said", ["", "127.0.0.1:8900", "http://"])
def test_a_stand_in_that_is_none_never_means_the_publisher(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    from flows.settings import _in_use, get_settings

    monkeypatch.setattr("flows.settings._in_use", [])
    for name in ("ENTREPOT_BASE_URL", "ENTREPOT_STAND_IN"):
        monkeypatch.setenv(name, said)
        with pytest.raises(EntrepotError, match="no publisher is asked in its place"):
            get_settings()
        monkeypatch.delenv(name)
    assert not _in_use or _in_use[0].stand_in is None


def test_the_counts_lie_in_the_users_state_folder(settings: Settings, tmp_path: Path) -> None:
    assert settings.quotas == tmp_path / "state" / "entrepot" / "quotas"
