"""Addresses of servers of ours, and the sockets they listen at."""

from __future__ import annotations

import ipaddress
import socket

from flows.errors import EntrepotError

_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  compared with, not bound to


def address_of(host: str, port: int) -> str:
    """Where this machine reaches a server that listens at `host`: `http://127.0.0.1:4200`, `http://[::1]:4200`."""
    name = _WILDCARDS.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches `host`, an address or a name."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def listen(host: str, port: int, setting: str) -> socket.socket:
    """A socket that listens at `host` and `port`; any free port where that is 0.

    Raises EntrepotError, naming the setting that chooses the port, where it is taken or the address is not ours.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise EntrepotError(f"ENTREPOT_HOST is {host!r}, which is not an address here ({error.strerror}).") from None
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen()
    except OSError as error:
        listening.close()
        raise EntrepotError(
            f"Port {port} of {host} cannot be used ({error.strerror}); set {setting} to another one."
        ) from None
    return listening
