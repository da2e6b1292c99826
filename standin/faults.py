"""What each fault does to a good reply. Faults of the wire itself (cut, slow, reset) are in `server`."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from standin.control import HTML_PAGE, Fault, bad_key, out_of_quota, rate_limited
from standin.damage import edited, retagged, rewritten
from standin.reply import Reply, Request, as_json

ON_THE_WIRE = ("cut", "slow", "reset", "truncated_gzip")


def spoiled(reply: Reply, fault: Fault, request: Request) -> Reply:
    """The reply as the fault leaves it. What has no table, such as an error, keeps its content."""
    options = fault.options
    if fault.kind == "echo":  # a server that is out of order and tells its asker all it was told, keys included
        query, headers = (dict(reversed(list(pairs.items()))) for pairs in (request.query, request.headers))
        told = {"query": query, "headers": headers, "url": f"{request.path}?{urlencode(query)}"}
        return as_json({"error": "Unhandled exception", "request": told}, int(options.get("status", 500)))
    if fault.kind == "rate_limit":
        return rate_limited(int(options.get("retry_after", 1)))
    if fault.kind == "quota":
        return out_of_quota(int(options.get("retry_after", 11657)))
    if fault.kind == "revoked_key":
        return bad_key()
    if fault.kind == "status":
        status = int(options.get("status", 500))
        return as_json({"error": "Something went wrong. Please try again.", "details": None}, status)
    if fault.kind == "html":
        return Reply(HTML_PAGE, "text/html; charset=utf-8", int(options.get("status", 200)))
    if fault.kind == "empty":
        return replace(reply, content=b"")
    if fault.kind == "wrong_charset":
        return retagged(replace(reply, content=rewritten(reply.content, _wrong_charset)))
    return edited(reply, fault) if reply.status == 200 and reply.content else reply


def _wrong_charset(text: bytes) -> bytes:
    """The same characters in another encoding than the one announced."""
    announced = "windows-1251" if b"windows-1251" in text[:60] else "utf-8"
    other = "utf-8" if announced == "windows-1251" else "utf-16"
    return text.decode(announced, "replace").encode(other)
