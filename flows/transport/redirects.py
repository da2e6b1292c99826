"""Redirects: where a publisher's server may send a request on to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx

from flows.errors import HttpFailed
from flows.settings import Settings
from flows.transport.turns import Turns

_KNOWN = "known_hosts"


def known_hosts(settings: Settings, turns: Turns, address: str, host: str) -> dict[str, Any]:
    """What goes with a request to the publisher's `host` at `address`: the hosts its answer may redirect to.

    They are those of the contracts that name `host`; of a stand-in, its own address alone.
    """
    own = urlsplit(address).netloc
    return {_KNOWN: (host, {own} if settings.stand_in else {own, *turns.hosts_beside(host)})}


def require_known_host(request: httpx.Request) -> None:
    """Raise HttpFailed for a request to a host no contract names: it may be anybody's, or one of this network."""
    host, known = request.extensions.get(_KNOWN, ("", None))
    to = request.url.netloc.decode()
    if known is not None and to not in known:
        raise HttpFailed(f"{host} redirects to {to}, which its contract does not name among its hosts; not followed.")
