"""Who may ask a server of ours: requests that name it rightly and come from no page of another origin.

A foreign page cannot read what another origin answers, unless the name in its own address is made to point at this
machine (DNS rebinding): the browser then takes this server for the page's own. Host says which name was asked for.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from http import HTTPStatus
from typing import Any

from flows.ui.listening import is_loopback

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# Sent with every answer: no page of another origin shows ours in a frame, to have its buttons pressed unseen.
NO_FOREIGN_FRAME = ("Content-Security-Policy", "frame-ancestors 'self'")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\s:\[\]/@?#\\]+)(?::[0-9]{1,5})?")


def refusal(
    hosts: Collection[str], origins: Collection[str], reached_at: str, names: Iterable[str]
) -> tuple[HTTPStatus, str] | None:
    """Why a request is refused: status and sentence; None where it is let in.

    `hosts` are its Host headers, `origins` its Origin headers; `reached_at` is the address its connection came in at,
    `names` are those the server goes by besides. An address in digits cannot be made to point elsewhere, so that of the
    connection is right wherever the server listens.
    """
    if len(hosts) != 1 or not _is_own(next(iter(hosts)), reached_at, names):
        return HTTPStatus.MISDIRECTED_REQUEST, "This server goes by another name: see ENTREPOT_HOST_NAMES."
    own = next(iter(hosts)).lower()
    if any(origin.lower() not in (f"http://{own}", f"https://{own}") for origin in origins):
        return HTTPStatus.FORBIDDEN, "Pages of other origins may not ask this server."
    return None


def _is_own(header: str, reached_at: str, names: Iterable[str]) -> bool:
    found = _HOST.fullmatch(header.lower())
    if found is None:
        return False
    name = found[1].strip("[]").removesuffix(".")
    if name in {own.lower() for own in names}:
        return True
    return _address(name) == _address(reached_at) or (name == "localhost" and is_loopback(_address(reached_at)))


def _address(text: str) -> str:
    """An address in its shortest form, an IPv4 one also where it comes mapped to IPv6; any other text as it is."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    return str(getattr(address, "ipv4_mapped", None) or address)


class OwnHostOnly:
    """An ASGI application that lets in what `refusal` does, HTTP and WebSocket alike."""

    def __init__(self, app: App, names: Iterable[str] = ()) -> None:
        self.app = app
        self.names = tuple(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] not in ("http", "websocket"):  # the start and end of the server itself
            await self.app(scope, receive, send)
            return
        why = refusal(_headers(scope, b"host"), _headers(scope, b"origin"), _local(scope), self.names)
        if why is None:
            await self.app(scope, receive, _framed(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": why[1]})
        else:
            said = why[1].encode()
            headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(said))]
            await send({"type": "http.response.start", "status": int(why[0]), "headers": headers})
            await send({"type": "http.response.body", "body": said})


def _headers(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


def _local(scope: Scope) -> str:
    server = scope.get("server")
    return str(server[0]) if server else ""


def _framed(send: Send) -> Send:
    async def with_header(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            name, value = (text.encode() for text in NO_FOREIGN_FRAME)
            message["headers"] = [*message.get("headers", []), (name.lower(), value)]
        await send(message)

    return with_header
