"""What a publisher's part of the stand-in gets and gives: a request in, a reply out. No sockets here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Request:
    """One request: `host` is the publisher's, `path` starts with a slash, parameter names are lower case."""

    method: str
    host: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    def get(self, name: str, default: str = "") -> str:
        """A query parameter, its name in any case."""
        return self.query.get(name.lower(), default)

    def codes(self, name: str) -> list[str]:
        """A comma list, without blanks."""
        return [part.strip() for part in self.get(name).split(",") if part.strip()]


@dataclass(frozen=True)
class Reply:
    """One answer, before faults. A `large` reply honours Range; one with an `etag` honours If-None-Match."""

    content: bytes
    content_type: str = "application/json; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    ranged: bool = False
    gzipped: bool = False

    def adding(self, **headers: str) -> Reply:
        """The same reply with more headers; underscores in names become hyphens."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **more})


def as_json(value: Any, status: int = 200, content_type: str = "application/json; charset=utf-8", **kw: Any) -> Reply:
    """A reply with a JSON body, written as the publishers write it: no blanks, names as they are."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Reply(text.encode(), content_type, status, **kw)


def tagged(reply: Reply, modified: str) -> Reply:
    """A reply that can be asked for again on condition: with ETag and Last-Modified."""
    digest = hashlib.sha256(reply.content).hexdigest()[:16].upper()
    return reply.adding(ETag=f'"0x{digest}"', Last_Modified=modified)


def on_condition(request: Request, reply: Reply) -> Reply:
    """304 where the asker already has this version, a part where a Range was asked for."""
    tag, seen = reply.headers.get("ETag"), request.headers.get("if-none-match")
    modified, since = reply.headers.get("Last-Modified"), request.headers.get("if-modified-since")
    if reply.status == 200 and ((tag and seen == tag) or (seen is None and modified and since == modified)):
        return replace(reply, content=b"", status=304, gzipped=False)
    wanted = request.headers.get("range", "")
    if not (reply.ranged and reply.status == 200):
        return reply
    reply = reply.adding(Accept_Ranges="bytes")
    condition = request.headers.get("if-range")
    if not wanted.startswith("bytes=") or (condition and condition not in (tag, modified)):
        return reply
    size = len(reply.content)
    first, _, last = wanted.removeprefix("bytes=").partition("-")
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start >= size:
        return replace(reply, content=b"", status=416).adding(Content_Range=f"bytes */{size}")
    part = replace(reply, content=reply.content[start : end + 1], status=206)
    return part.adding(Content_Range=f"bytes {start}-{end}/{size}")
