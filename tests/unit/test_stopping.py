"""A signal whose exception was dropped on its way up is raised again, once."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from flows.steps.building import dbt
from flows.stopping import (
    blaming_signals,
    heeding_ctrl_c,
    noting_signals,
    postponing_signals,
    raise_lost_signal,
    undisturbed,
)


class Asked(BaseException):
    """What the handler raises."""


@pytest.fixture(autouse=True)
def handled() -> Iterator[None]:
    def handle(number: int, _: object) -> None:
        raise Asked(number)

    before = signal.signal(signal.SIGTERM, handle)
    yield
    signal.signal(signal.SIGTERM, before)


def lose(number: int) -> None:
    """Get a signal, and drop what its handler raises, as code written in C may."""
    with contextlib.suppress(Asked):
        signal.raise_signal(number)


def test_it_is_raised_again_until_it_ends_the_run() -> None:
    with noting_signals():
        raise_lost_signal()
        lose(signal.SIGTERM)
        with pytest.raises(Asked):
            raise_lost_signal()
        with pytest.raises(Asked):  # which may have been lost as well
            raise_lost_signal()


def test_an_error_made_of_it_is_taken_for_what_it_was() -> None:
    """As Great Expectations does, whose question DuckDB has interrupted."""

    def audit() -> None:
        with blaming_signals():
            raise RuntimeError("Query interrupted")

    with noting_signals():
        with pytest.raises(RuntimeError):  # no signal came
            audit()
        lose(signal.SIGTERM)
        with pytest.raises(Asked):
            audit()


def test_other_signals_are_let_be() -> None:
    came: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, _: came.append(number))
    with noting_signals():
        signal.raise_signal(signal.SIGUSR1)
        raise_lost_signal()
    signal.signal(signal.SIGUSR1, before)
    assert came == [signal.SIGUSR1]


def test_nothing_is_noted_before_or_after_nor_in_another_thread() -> None:
    lose(signal.SIGTERM)
    with noting_signals():
        raise_lost_signal()
        lose(signal.SIGTERM)
        aside = threading.Thread(target=raise_lost_signal)
        aside.start()
        aside.join()
    raise_lost_signal()
    assert signal.set_wakeup_fd(-1) == -1


def test_it_ends_a_build_while_dbt_says_nothing() -> None:
    with noting_signals(), subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as mute:
        assert mute.stdout is not None
        assert mute.stdin is not None
        mute.stdin.write("Running with dbt\n")
        mute.stdin.flush()
        said = dbt._as_it_comes(mute.stdout)
        assert next(said) == "Running with dbt\n"
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
        with pytest.raises(Asked):
            next(said)
        lose(signal.SIGTERM)
        with pytest.raises(Asked):
            next(dbt._as_it_comes(iter(())))
        mute.kill()


def test_a_signal_dropped_in_c_ends_the_program_all_the_same() -> None:
    """In a process of its own: an attribute looked for by C, which takes any error for "there is none"."""
    code = """
import ctypes, signal
from flows.stopping import noting_signals, raise_lost_signal
def handle(*_): raise SystemExit(3)
signal.signal(signal.SIGTERM, handle)
class Slow:
    @property
    def attribute(self):
        signal.raise_signal(signal.SIGTERM)
with noting_signals():
    found = ctypes.pythonapi.PyObject_HasAttrString(ctypes.py_object(Slow()), b"attribute")
    assert not found
    raise_lost_signal()
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 3


def test_a_signal_dropped_before_all_wait_for_a_server_ends_the_program_all_the_same() -> None:
    """Ctrl-C was lost in C, and the command waited ten minutes for a slow publisher."""
    code = """
import os, signal, threading
from flows.steps.fetching.lanes import side_by_side
from flows.stopping import noting_signals
came = []
def handle(*_):
    came.append(1)
    if len(came) > 1: raise SystemExit(3)  # the first one is dropped
signal.signal(signal.SIGTERM, handle)
def lane():
    threading.Event().wait()
    yield 1
threading.Timer(0.1, os.kill, [os.getpid(), signal.SIGTERM]).start()
with noting_signals():
    list(side_by_side([lane(), lane()]))
"""
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 3


HANGS_AT_ITS_EXIT = """
import threading
from flows.stopping import end_within
threading._register_atexit(threading.Event().wait)
end_within({seconds})
"""


def test_a_process_that_hangs_at_its_exit_is_ended() -> None:
    """As one that waits for the events Prefect has lost."""
    done = subprocess.run([sys.executable, "-c", HANGS_AT_ITS_EXIT.format(seconds=0.3)], timeout=60, check=False)
    assert done.returncode == 128 + signal.SIGTERM


def test_a_process_that_ends_by_itself_is_not_waited_for() -> None:
    ends = "from flows.stopping import end_within; end_within(600)"
    done = subprocess.run([sys.executable, "-c", ends], timeout=60, check=False)
    assert done.returncode == 0


CTRL_C_AT_ANY_MOMENT = """
import queue, signal, sys, threading, time
from flows.stopping import heeding_ctrl_c
signal.signal(signal.SIGINT, signal.default_int_handler)
events, wanted, main = queue.Queue(), threading.Semaphore(0), threading.main_thread().ident
def interrupt():
    while wanted.acquire():
        time.sleep(0.00005)
        signal.pthread_kill(main, signal.SIGINT)
threading.Thread(target=interrupt, daemon=True).start()
with heeding_ctrl_c():
    for _ in range(100):
        try:
            wanted.release()
            while True:
                events.put_nowait("as Prefect hands over an event")
                events.get_nowait()
        except KeyboardInterrupt:
            if events.mutex.locked():
                sys.exit("lost")
"""


def test_ctrl_c_leaves_no_lock_of_a_queue_taken() -> None:
    """Without the block one of the first five did."""
    done = subprocess.run(
        [sys.executable, "-c", CTRL_C_AT_ANY_MOMENT], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


WAITS_FOR_EVER = """
import signal, threading, time
from flows import stopping
signal.signal(signal.SIGINT, signal.default_int_handler)
stopping.AGAIN_SECONDS = 0.2
lost = threading.Lock()
lost.acquire()
threading._register_atexit(lost.acquire)
try:
    with stopping.heeding_ctrl_c():
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            lost.acquire()
except KeyboardInterrupt:
    pass
assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
time.sleep(1)
print("nothing is sent once the block is left")
"""


def test_a_wait_for_a_lock_nobody_gives_back_ends_and_so_does_the_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WAITS_FOR_EVER], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "nothing is sent once the block is left\n"


def test_where_ctrl_c_is_ignored_it_stays_so() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with heeding_ctrl_c():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_what_is_recorded_of_a_signal_is_not_ended_by_the_next_one() -> None:
    with undisturbed():
        signal.raise_signal(signal.SIGTERM)
    with pytest.raises(Asked):
        signal.raise_signal(signal.SIGTERM)


ENDS_IN_ORDER = """
import os, signal
from flows.stopping import end_in_order
signal.signal(signal.SIGHUP, signal.{handling})
end_in_order()
try:
    os.kill(os.getpid(), signal.{name})
    print("goes on")
finally:
    print("cleared away")
"""


@pytest.mark.parametrize(
    ("name", "handling", "code", "printed"),
    [
        ("SIGHUP", "SIG_DFL", 129, "cleared away"),
        ("SIGTERM", "SIG_DFL", 143, "cleared away"),
        ("SIGHUP", "SIG_IGN", 0, "goes on cleared away"),
    ],
    ids=["closed terminal", "kill", "nohup"],
)
def test_a_signal_that_asks_to_end_leaves_time_to_clear_away(name: str, handling: str, code: int, printed: str) -> None:
    code_run = [sys.executable, "-c", ENDS_IN_ORDER.format(name=name, handling=handling)]
    done = subprocess.run(code_run, capture_output=True, text=True, check=False)
    assert (done.returncode, " ".join(done.stdout.split())) == (code, printed)


PRINTS_AT_ITS_END = """
from flows.stopping import end_in_order
import signal, time
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # also where the tests run under nohup
end_in_order()
try:
    print("ready", flush=True)
    while True:
        time.sleep(0.05)  # signal.pause would wait for ever after one that came just before
finally:
    print("cleared away", flush=True)
"""


def test_what_is_printed_after_the_terminal_was_closed_is_no_error() -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", PRINTS_AT_ITS_END], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    printed = b""
    while not printed.endswith(b"\n"):  # a terminal may hand on half a line
        printed += os.read(ours, 100)
    assert printed == b"ready\r\n"
    os.close(theirs)
    os.close(ours)
    process.send_signal(signal.SIGHUP)
    assert process.wait(timeout=60) == 129


def test_a_signal_is_postponed_to_the_end_of_what_is_done_as_a_whole() -> None:
    done = []

    def work() -> None:
        with postponing_signals():
            signal.raise_signal(signal.SIGTERM)
            done.append("whole")
        done.append("what comes after")

    with pytest.raises(Asked):
        work()
    assert done == ["whole"]
