"""The address of a PostgreSQL database: read before it is used, so that no message ever quotes a part of its password.

libpq ends the password of a URL at the first `@` or `/`. Of one that holds such a sign it takes the rest for the host,
the port or the database, and names that in its errors.
"""

from __future__ import annotations

import re

import psycopg
from psycopg import conninfo

from flows.errors import EntrepotError

_URL = re.compile(r"postgres(ql)?://")
_HOSTS = re.compile(r"[\w.:,%-]*|/[^@]*")  # names, addresses, several with commas; or the folder of a socket
_PORTS = re.compile(r"[\d,]*")
_WHAT_TO_DO = {
    "no password supplied": "Put the password into ~/.pgpass, or into the address in ENTREPOT_POSTGRES.",
    "password authentication failed": "Correct the user or the password, in the address or in ~/.pgpass.",
    "connection refused": "Start the server, or correct host and port in the address.",
    "could not translate host name": "Correct the host in the address.",
    "failed to resolve host": "Correct the host in the address.",
    "does not exist": "Create what is missing on the server, or correct its name in the address.",
}


def what_to_do(said: str) -> str:
    """The sentence that follows what a server, or the way to it, said; empty where its words say enough."""
    return next((f" {advice}" for words, advice in _WHAT_TO_DO.items() if words in said.lower()), "")


def password_of(dsn: str) -> str | None:
    """The password in an address, as the server will see it; None where it holds none.

    Raises EntrepotError, in words that quote nothing of it, where the address cannot be read, or where what libpq takes
    for host, port or database may be the rest of a password.
    """
    try:
        parts = {name: str(value) for name, value in conninfo.conninfo_to_dict(dsn).items()}
    except psycopg.Error:  # not chained: it quotes what it cannot read
        raise EntrepotError(
            "The address of the PostgreSQL database cannot be read; write postgresql://user@host:5432/database. In a "
            "password, %40 stands for @, %2F for /, %3A for :, %25 for % and %20 for a space."
        ) from None
    host, port, database = (parts.get(name, "") for name in ("host", "port", "dbname"))
    is_odd = not _HOSTS.fullmatch(host) or not _PORTS.fullmatch(port)
    if is_odd or (_URL.match(dsn) and "@" in database):
        raise EntrepotError(
            "The address of the PostgreSQL database has no host, port or database that can be right. If its password "
            "holds @ or /, write %40 or %2F for them, as in postgresql://user:p%40ss@host:5432/database."
        )
    return parts.get("password")
