"""Stopping: a signal that asks a run to end is not lost.

Python calls the handler of a signal wherever the main thread happens to be, and what the handler raises goes up from
there. Code written in C may be in between and drop it: DuckDB does, where it looks for pandas. So every signal is noted
in a pipe as well, and a run asks between its steps whether one came that did not end it. Code written in Python may be
in between too, and have taken a lock that nobody gives back then: Ctrl-C waits until it is past that.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
EXIT_CODES = {signal.SIGHUP: 128 + signal.SIGHUP, signal.SIGTERM: 128 + signal.SIGTERM}
"""With which a process ends that `end_in_order` has prepared, by the signal; a shell says the same of one that has not
been."""
_noted: list[int] = []  # the reading ends of the pipes; the last one is in use
AGAIN_SECONDS = 10.0  # after which a command that has been stopped is interrupted once more
# Functions that have a lock or are about to give it back, and whose callers do not see to it when they are cut short.
# Prefect hands over its events by a queue, which takes its lock by a condition.
_LOCKING = frozenset(
    function.__code__
    for function in (
        threading.Condition.__enter__,
        threading.Condition.__exit__,
        logging.Handler.acquire,
        logging.Handler.handle,
        logging.Handler.release,
    )
)
_SOON_SECONDS = 0.01
_MOST_DELAYS = 100  # one of them may wait for the very lock that has been lost
_DELAYED, _RAISED = b"d", b"r"


def end_in_order() -> None:
    """From now on SIGTERM, and SIGHUP of a terminal that is closed, end this process as an exception does: what it was
    at work on is put on record and cleared away.

    Where one of them is ignored (nohup) or has a handler already, and outside the main thread, that stays as it is.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in EXIT_CODES:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _exit)


def _exit(number: int, _: FrameType | None) -> NoReturn:
    for descriptor in (1, 2):
        _let_go_of_closed_terminal(descriptor)
    raise SystemExit(128 + number)


def _let_go_of_closed_terminal(descriptor: int) -> None:
    """Let what is still printed to a terminal that is gone go nowhere: it would be an error in place of the end."""
    with contextlib.suppress(OSError):  # there is no such output
        if stat.S_ISCHR(os.fstat(descriptor).st_mode) and not os.isatty(descriptor):
            lead_nowhere(descriptor)


def lead_nowhere(descriptor: int) -> None:
    """Let what is still printed to an open output go nowhere, where nobody reads it any more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


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


@contextlib.contextmanager
def heeding_ctrl_c() -> Iterator[None]:
    """Let Ctrl-C end the block, whatever it waits for, and the process after it, whatever its exit waits for.

    What Ctrl-C raises is put off, by about a second at most, while it would leave a lock taken for ever. Where
    something waits for ever all the same, it is interrupted once more every AGAIN_SECONDS: the block, and after that
    the exit of the process, but nothing in between. Outside the main thread, and where SIGINT is ignored, nothing is
    done.
    """
    raising = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(raising):
        yield
        return
    interruption = _Interruption(raising)
    with contextlib.ExitStack() as leaving:
        leaving.callback(interruption.close)
        signal.signal(signal.SIGINT, interruption.handle)
        leaving.callback(signal.signal, signal.SIGINT, raising)
        leaving.callback(interruption.leave)
        yield


@contextlib.contextmanager
def postponing_signals() -> Iterator[None]:
    """Let a signal end not the block, which is done as a whole in a moment, but what comes after it."""
    with undisturbed() as came:
        yield
    for number in came[-1:]:
        signal.raise_signal(number)


@contextlib.contextmanager
def undisturbed() -> Iterator[list[int]]:
    """Let no signal end the block, which records that one has come: who presses Ctrl-C again wants nothing else.

    For what takes a moment; yields the signals that come meanwhile. Outside the main thread, which alone gets signals,
    nothing is done.
    """
    before, came = {number: signal.getsignal(number) for number in _ENDING}, list[int]()
    with contextlib.ExitStack() as leaving:
        if threading.current_thread() is threading.main_thread():
            for number, handler in before.items():
                if callable(handler):
                    leaving.callback(signal.signal, number, handler)
                    signal.signal(number, lambda number, _: came.append(number))
        yield came


class _Interruption:
    """Ctrl-C while a block runs. The handler only writes into a pipe, since it may not wait for a lock itself."""

    def __init__(self, raising: Callable[[int, FrameType | None], object]) -> None:
        self._raising = raising
        self._reading, self._writing = os.pipe()
        self._sending, self._is_left = threading.Lock(), False
        self._delays, self._has_raised = 0, False
        threading.Thread(target=self._send_again, name="heeding Ctrl-C", daemon=True).start()

    def handle(self, number: int, frame: FrameType | None) -> None:
        """Raise what the former handler raises, or leave it for a moment later."""
        while frame is not None and frame.f_code is _Interruption.handle.__code__:  # the next one came meanwhile
            frame = frame.f_back
        if frame is not None and frame.f_code in _LOCKING and self._delays < _MOST_DELAYS:
            self._delays += 1
            os.write(self._writing, _DELAYED)
            return
        self._delays, self._has_raised = 0, True
        os.write(self._writing, _RAISED)
        self._raising(number, frame)

    def _send_again(self) -> None:
        """Send the signal again a moment after it was put off, and some time after it was raised, until `leave`."""
        seconds: float | None = None
        while True:
            if not select.select([self._reading], [], [], seconds)[0]:
                with self._sending:
                    if not self._is_left:
                        _interrupt_main_thread()
            elif came := os.read(self._reading, 1):
                seconds = _SOON_SECONDS if came == _DELAYED else AGAIN_SECONDS
            else:
                os.close(self._reading)
                return

    def leave(self) -> None:
        """Send no signal from now on, unless the block was interrupted and the process does not get past its exit."""
        with self._sending:
            self._is_left = True
        if self._has_raised:
            threading._register_atexit(_interrupt_exit)  # type: ignore[attr-defined]  # as Prefect, and before it

    def close(self) -> None:
        """End the thread."""
        os.close(self._writing)


def _interrupt_main_thread() -> None:
    main_thread = threading.main_thread().ident
    if main_thread is not None:
        signal.pthread_kill(main_thread, signal.SIGINT)


def _interrupt_exit() -> None:
    """Interrupt what the exit of the process waits for, again and again, and do not show where that was."""

    def interrupt() -> None:
        while True:
            time.sleep(AGAIN_SECONDS)
            _interrupt_main_thread()

    def show(error: sys.UnraisableHookArgs) -> None:
        if not isinstance(error.exc_value, KeyboardInterrupt):
            sys.__unraisablehook__(error)

    sys.unraisablehook = show
    threading.Thread(target=interrupt, daemon=True).start()
