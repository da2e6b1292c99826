"""Lanes: several publishers are asked side by side, and each of them one thing after the other."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from flows.stopping import raise_lost_signal

T = TypeVar("T")
_EVERY_SECONDS = 1.0  # while all wait for a server, this process is asked whether it should end


def side_by_side(lanes: Sequence[Iterator[T]]) -> Iterator[T]:
    """What the lanes yield, as soon as it is there; each lane is worked on in a thread of its own.

    What a lane raises is raised here. Closing this iterator stops every lane before its next step; threads that
    still wait for a server end with the process.
    """
    if len(lanes) < 2:
        for lane in lanes:
            yield from lane
        return
    done: queue.Queue[tuple[str, Any]] = queue.Queue()
    stop = threading.Event()
    for lane in lanes:
        # Each thread goes on in the caller's context, which is how Prefect knows the run a task belongs to.
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(_work, lane, done, stop), daemon=True).start()
    running = len(lanes)
    try:
        while running:
            raise_lost_signal()
            try:
                kind, value = done.get(timeout=_EVERY_SECONDS)
            except queue.Empty:
                continue
            if kind == "raised":
                raise value
            if kind == "ended":
                running -= 1
            else:
                yield value
    finally:
        stop.set()


def _work(lane: Iterator[Any], done: queue.Queue[tuple[str, Any]], stop: threading.Event) -> None:
    try:
        for value in lane:
            done.put(("yielded", value))
            if stop.is_set():
                return
        done.put(("ended", None))
    except BaseException as error:  # noqa: BLE001  it is raised again in the caller's thread
        done.put(("raised", error))
