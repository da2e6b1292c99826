"""Requests a server's database had no turn for, made again.

Of two transactions that have read and then write, SQLite turns the later one away at once, and Prefect's server answers
503: nothing was written. Prefect's own clients ask again; the forms of its UI say that something went wrong.
"""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Any

from flows.ui.own_host import App, Receive, Scope, Send

TRIES = 10
PAUSE_SECONDS = 0.05


class TriesAgain:
    """An ASGI application that makes a request again that would change something and is answered 503.

    The last of `tries` is answered as it comes. Those made again take turns, so that they do not turn each other away.
    Other requests pass through as they are.
    """

    def __init__(self, app: App, tries: int = TRIES, pause_seconds: float = PAUSE_SECONDS) -> None:
        self.app, self.tries, self.pause_seconds = app, tries, pause_seconds
        self._turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        body = await _whole(receive)
        if not await self._is_turned_away(scope, _told_again(body, receive), send):
            return
        async with self._turn:
            for _ in range(self.tries - 2):
                await asyncio.sleep(self.pause_seconds)
                if not await self._is_turned_away(scope, _told_again(body, receive), send):
                    return
            await self.app(scope, _told_again(body, receive), send)

    async def _is_turned_away(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Whether the answer is 503, and is kept back; every other one is sent."""
        turned_away = False

        async def hold(message: MutableMapping[str, Any]) -> None:
            nonlocal turned_away
            if message["type"] == "http.response.start":
                turned_away = message["status"] == HTTPStatus.SERVICE_UNAVAILABLE
            if not turned_away:
                await send(message)

        try:
            await self.app(dict(scope), receive, hold)
        except Exception:
            if not turned_away:  # raised once more after it was answered, for the log
                raise
        return turned_away


async def _whole(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
    return body


def _told_again(body: bytes, receive: Receive) -> Receive:
    """The request once more, from its beginning; then what else comes, such as that nobody waits any longer."""
    told = False

    async def tell() -> MutableMapping[str, Any]:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return tell
