"""Stopping: a signal that asks a run to end is not lost.

Python calls the handler of a signal wherever the main thread happens to be, and what the handler raises goes up from
there. Code written in C may be in between and drop it: DuckDB does, where it looks for pandas. So every signal is noted
in a pipe as well, and a run asks between its steps whether one came that did not end it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator

_ENDING = (signal.SIGTERM, signal.SIGINT)
_noted: list[int] = []  # the reading ends of the pipes; the last one is in use


@contextlib.contextmanager
def noting_signals() -> Iterator[None]:
    """Note signals until the end of the block; outside the main thread, which alone gets any, do nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reading, writing = os.pipe()
    for end in (reading, writing):
        os.set_blocking(end, False)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    _noted.append(reading)
    try:
        yield
    finally:
        _noted.pop()
        signal.set_wakeup_fd(before)
        os.close(reading)
        os.close(writing)


def raise_lost_signal() -> None:
    """Send this process once more the last signal to end that was noted: its handler raises what it raised before.

    To be called between two steps of a run, in the main thread; elsewhere nothing is done.
    """
    if not _noted or threading.current_thread() is not threading.main_thread():
        return
    try:
        came = os.read(_noted[-1], 4096)
    except BlockingIOError:  # none came
        return
    for number in [each for each in came if each in _ENDING][-1:]:
        signal.raise_signal(number)


@contextlib.contextmanager
def blaming_signals() -> Iterator[None]:
    """Raise what a noted signal raises in place of an error that comes after it.

    Code in between has made the one of the other, such as "Query interrupted": the run has not failed but been stopped.
    """
    try:
        yield
    except Exception:
        raise_lost_signal()
        raise


def end_within(seconds: float) -> None:
    """End this process after so many seconds, whatever it still waits for; where it ends before, nothing happens.

    For a process whose work is over and recorded: a signal that comes while Prefect hands over an event can leave its
    sender waiting for ever when the process exits.
    """
    timer = threading.Timer(seconds, os._exit, [128 + signal.SIGTERM])
    timer.daemon = True
    timer.start()
