"""The process that speaks to Spark: `.venv-spark/bin/python session.py`.

It stands alone: its environment holds pyspark and nothing else of this project. The master is one that Spark knows, or
the address of a server of Spark Connect (`sc://host:port`). Its standard input is a line of JSON for the session
(`master`, `options`, `patience`), and then one for each statement: `views`, Parquet files or SQL by the name the
statement calls them; `sql`; `folder`, where the rows go as Parquet; `columns`, their types by name, or nothing where
they stay as Spark has them. Each is answered on standard output by one line: `error`, a sentence, or an empty text.

It ends when its standard input does, whatever Spark is at: whoever started it is gone then.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import socket
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from typing import Any

_EVERY_SECONDS = 2.0
_TO_LEAVE_SECONDS = 5.0
_CONNECT = "sc://"
_CONNECT_PORT = 15002
_LONGEST = 300
_TYPES = {"varchar": "string", "integer": "int", "timestamp": "timestamp_ntz", "hugeint": "decimal(38,0)"}


class Refused(Exception):
    """An option the server does not let a session set; the sentence says which."""


def requests(leave: Callable[[], None]) -> Iterator[dict[str, Any]]:
    """What standard input asks for, as it comes.

    The process ends with it, in the middle of a statement, too; it calls `leave` before, and does not wait for it long.
    """
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            waiting.put(line)
        threading.Timer(_TO_LEAVE_SECONDS, os._exit, [0]).start()
        with contextlib.suppress(Exception):
            leave()
        os._exit(0)  # Spark's own end waits for what is going on

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield json.loads(waiting.get())


def begin(asked: dict[str, Any]) -> Any:
    """The session, on the master and with the options `asked` for; all of them hold, or an error is raised."""
    from pyspark.sql import SparkSession

    if asked["master"].startswith(_CONNECT):
        from pyspark.sql.connect.client.retries import DefaultPolicy

        reach(asked["master"], asked["patience"])
        session = SparkSession.builder.remote(asked["master"]).create()
        # each second, where the server is gone; else for ten minutes
        often = DefaultPolicy(int(asked["patience"]), backoff_multiplier=1.0, initial_backoff=1000, jitter=0)
        session.client.set_retry_policies([often])
        for name, value in asked["options"].items():
            try:
                session.conf.set(name, value)
            except Exception as error:
                session.stop()
                raise Refused(f"{asked['master']} refuses the option {name}={value}: {sentence(error)}") from error
        return session
    builder = SparkSession.builder.master(asked["master"]).appName("entrepot")
    for name, value in asked["options"].items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def reach(server: str, seconds: float) -> None:
    """Wait until a server of Spark Connect takes connections; the client itself would try for a quarter of an hour."""
    address = urllib.parse.urlsplit(server)
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection((address.hostname or "", address.port or _CONNECT_PORT), timeout=seconds).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
        time.sleep(_EVERY_SECONDS)


def make(session: Any, asked: dict[str, Any]) -> None:
    """Write the rows of a statement to its folder."""
    for name, made_of in asked["views"].items():
        rows = session.sql(made_of) if isinstance(made_of, str) else session.read.parquet(*made_of)
        rows.createOrReplaceTempView(name)
    rows = session.sql(asked["sql"])
    columns = asked["columns"]
    if columns:
        if sorted(columns) != sorted(rows.columns):
            odd = ", ".join(sorted(set(columns) ^ set(rows.columns)))
            raise ValueError(f"its columns are not those of its contract: {odd}")
        typed = {name: _TYPES.get(kind.lower(), kind) for name, kind in columns.items()}
        rows = rows.selectExpr(*[f"cast({name} as {kind}) as {name}" for name, kind in typed.items()])
    rows.write.mode("overwrite").parquet(asked["folder"])


@contextlib.contextmanager
def patient(session: Any, master: str, seconds: float) -> Iterator[list[str]]:
    """Cancel what goes on inside where for so long no worker of the cluster does any of it; the list then says so.

    Which workers there are a server of Spark Connect does not tell.
    """
    said: list[str] = []
    ended = threading.Event()

    def watch() -> None:
        seen = time.monotonic()
        while not ended.wait(_EVERY_SECONDS):
            # the driver itself is one of them
            if session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() > 1:
                seen = time.monotonic()
            elif time.monotonic() - seen > seconds:
                said.append(f"no worker of {master} has been there for {seconds:.0f} seconds")
                session.sparkContext.cancelAllJobs()
                return

    watching = threading.Thread(target=watch, daemon=True)
    if not master.startswith(("local", _CONNECT)):
        watching.start()
    try:
        yield said
    finally:
        ended.set()


def sentence(error: BaseException) -> str:
    """The first line of what Spark says of an error, which may go on for pages."""
    said = [line.strip().removeprefix(": ") for line in str(error).splitlines()]
    of_call = [line.removeprefix("details = ").strip('"') for line in said if line.startswith("details = ")]
    if of_call:  # to a server, which says more of itself before
        return of_call[0][:_LONGEST]
    lines = [line for line in said if line and not line.startswith("An error occurred while calling")]
    caused = [line.removeprefix("Caused by: ") for line in lines if line.startswith("Caused by: ")]
    return " ".join([*lines[:1], *caused[-1:]])[:_LONGEST] or type(error).__name__


def answer(session: Any, how: dict[str, Any], asked: dict[str, Any]) -> str:
    """Why a statement could not be made; an empty text where it was."""
    begun = time.monotonic()
    with patient(session, how["master"], how["patience"]) as said:
        try:
            make(session, asked)
        except Exception as error:  # noqa: BLE001 - whatever it is, who asked has to be told
            return said[0] if said else sentence(error)
    print(f"{asked['folder']}: {time.monotonic() - begun:.1f} seconds", file=sys.stderr, flush=True)
    return ""


def main() -> None:
    """Answer until there is nobody to ask."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what Spark prints is no answer
    session: Any = None

    def leave() -> None:
        if session is not None and how["master"].startswith(_CONNECT):  # whose server goes on without this process
            session.interruptAll()
            session.stop()

    asking = requests(leave)
    how = next(asking)
    for asked in asking:
        try:
            session = session or begin(how)
            said = answer(session, how, asked)
        except Refused as refused:
            said = str(refused)
        except Exception as error:  # noqa: BLE001 - the same
            said = f"there is no session on {how['master']} (can it be reached?): {sentence(error)}"
        print(json.dumps({"error": said}), file=answers, flush=True)


if __name__ == "__main__":
    main()
