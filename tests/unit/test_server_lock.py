"""A second server of a warehouse is refused in a sentence, who only looks for a server is not taken for one, and one
that ends again and again leaves nobody waiting.
"""

from __future__ import annotations

import fcntl
import socket
import subprocess

import pytest

from flows.errors import EntrepotError
from flows.settings import Settings
from flows.ui import server
from flows.ui.listening import address_of, listen


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


@pytest.mark.parametrize(("most", "started"), [(9, 4), (2, 2)], ids=["it ends each time", "it cannot be started"])
def test_where_no_server_stays_who_asks_is_told_at_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, most: int, started: int
) -> None:
    launched: list[socket.socket] = []

    def launch(_: Settings, __: server.Door, listening: socket.socket, **___: str) -> subprocess.Popen[bytes]:
        listening.close()
        if len(launched) == most:
            raise OSError("no process can be made")
        launched.append(listening)
        return subprocess.Popen(["true"])

    monkeypatch.setattr(server, "_launch", launch)
    listening = listen("127.0.0.1", 0, "")
    host, port = listening.getsockname()
    kept = server._Kept(settings, server.Door(address=address_of(host, port)), listening)
    socket.create_connection((host, port)).close()  # it would wait
    kept._start_again()
    assert len(launched) == started
    assert [vars(record)["send_to_api"] for record in caplog.records] == [False] * min(most, 3), "of no flow run"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, port))
