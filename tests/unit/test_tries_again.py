"""What a database had no turn for is asked again, as Prefect's clients do and the forms of its UI do not."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from flows.ui.own_host import Receive, Scope, Send
from flows.ui.tries_again import TriesAgain


@dataclass
class Server:
    """Answers each request by the next of `statuses`, and raises after a 503, as Prefect's does."""

    statuses: list[int]
    bodies: list[bytes] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["path_params"] = "of one try"
        message = await receive()
        body = message["body"]
        while message["more_body"]:
            message = await receive()
            body += message["body"]
        self.bodies.append(body)
        status = self.statuses.pop(0)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"%d" % status})
        if status == 503:
            raise RuntimeError("database is locked")


def ask(server: Server, method: str = "POST", tries: int = 3) -> list[MutableMapping[str, Any]]:
    """The messages that answer a request whose body comes in two pieces."""
    pieces = [(b"run", True), (b" it", False)]
    sent: list[MutableMapping[str, Any]] = []
    scope = {"type": "http", "method": method}

    async def receive() -> MutableMapping[str, Any]:
        body, more = pieces.pop(0)
        return {"type": "http.request", "body": body, "more_body": more}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(TriesAgain(server, tries, pause_seconds=0)(scope, receive, send))
    return sent


def test_a_request_turned_away_is_made_again_with_the_same_body_and_answered_once() -> None:
    server = Server([503, 503, 201])
    assert [message.get("status", message.get("body")) for message in ask(server)] == [201, b"201"]
    assert server.bodies == [b"run it"] * 3


def test_the_last_try_is_answered_as_it_comes() -> None:
    server = Server([503, 503, 503, 201])
    with pytest.raises(RuntimeError, match="database is locked"):  # for the log of the server
        ask(server)
    assert server.statuses == [201]


@pytest.mark.parametrize("status", [200, 409, 422, 500])
def test_every_other_answer_stands(status: int) -> None:
    server = Server([status, 201])
    assert ask(server)[0]["status"] == status
    assert server.statuses == [201]


def test_who_only_reads_is_passed_on_as_it_comes() -> None:
    server = Server([503, 200])
    with pytest.raises(RuntimeError):
        ask(server, "GET")
    assert server.bodies == [b"run it"]
    assert server.statuses == [200]


def test_who_is_refused_at_the_door_has_nothing_read() -> None:
    heard = []

    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 401, "headers": []})

    async def receive() -> MutableMapping[str, Any]:
        heard.append("a piece")
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: MutableMapping[str, Any]) -> None:
        assert message["status"] == 401

    asyncio.run(TriesAgain(refuse)({"type": "http", "method": "POST"}, receive, send))
    assert heard == []
