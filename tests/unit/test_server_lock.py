"""A second server of a warehouse is refused in a sentence, and who only looks for a server is not taken for one."""

from __future__ import annotations

import fcntl

import pytest

from flows.errors import EntrepotError
from flows.settings import Settings
from flows.ui import server


def test_a_server_that_is_starting_keeps_the_next_out(settings: Settings) -> None:
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    with server._lock_path(settings).open("a+") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        said = "is starting or stopping; wait a minute, then try again"
        with pytest.raises(EntrepotError, match=said), server.standing_server(settings):
            pytest.fail("two servers of one warehouse")


def test_who_looks_for_a_server_has_its_lock_for_a_moment_only(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    path = server._lock_path(settings)
    looking = path.open("a+")
    fcntl.flock(looking, fcntl.LOCK_SH)
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        looking.close()

    monkeypatch.setattr(server.time, "sleep", sleep)
    with path.open("a+") as handle:
        server._lock(handle, settings)
        assert server.standing_door(settings) is None  # it is taken, and says no address yet
        with path.open() as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_SH | fcntl.LOCK_NB)
    assert len(slept) == 1
