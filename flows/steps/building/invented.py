"""Which sources hold invented figures, because a stand-in answered in place of their publisher."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

import duckdb

from flows.contracts import Source


def invented_sources(con: duckdb.DuckDBPyConnection, sources: Mapping[str, Source]) -> set[str]:
    """Codes of the sources of which a file that landed came from a stand-in; `con` is open on landed.duckdb."""
    asked = con.execute("select distinct source_code, url from raw.file where url like 'http%'").fetchall()
    return {source for source, url in asked if source in sources and is_of_stand_in(url, sources[source].hosts)}


def is_of_stand_in(url: str, hosts: Iterable[str]) -> bool:
    """Whether `url` is that of a stand-in: another server, with the publisher's host as the first step of its path."""
    address, known = urlsplit(url), set(hosts)
    return address.netloc not in known and address.path.lstrip("/").partition("/")[0] in known
