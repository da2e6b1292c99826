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

Message = MutableMapping[str, Any]

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
        heard: list[Message] = []
        if not await self._is_turned_away(scope, _from_the_beginning(heard, receive), send):
            return
        async with self._turn:
            for _ in range(self.tries - 2):
                await asyncio.sleep(self.pause_seconds)
                if not await self._is_turned_away(scope, _from_the_beginning(heard, receive), send):
                    return
            await self.app(scope, _from_the_beginning(heard, receive), send)

    async def _is_turned_away(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Whether the answer is 503, and is kept back; every other one is sent."""
        turned_away = False

        async def hold(message: Message) -> None:
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


def _from_the_beginning(heard: list[Message], receive: Receive) -> Receive:
    """What was `heard` of a request, then what else comes of it. No more is read than the server asks for."""
    at = 0

    async def tell() -> Message:
        nonlocal at
        if at == len(heard):
            heard.append(await receive())
        at += 1
        return heard[at - 1]

    return tell
