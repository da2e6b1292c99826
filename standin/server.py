"""The HTTP server: finds the publisher by the first part of the path, breaks what it was told to break, keeps a log.

/<publisher's host>/<path as published>      e.g. /comtradeapi.un.org/data/v1/get/C/A/HS?reporterCode=156
GET  /_ctl/truth  /_ctl/log                  known totals per source; every request so far
POST /_ctl/fault  /_ctl/revise  /_ctl/release  /_ctl/withdraw  /_ctl/rules  /_ctl/reset
DELETE /_ctl/fault  /_ctl/log
"""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
import time
from contextlib import suppress
from dataclasses import replace
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from standin.control import Control, Fault
from standin.faults import ON_THE_WIRE, spoiled
from standin.office import Office
from standin.reply import Reply, Request, on_condition


class _Handler(BaseHTTPRequestHandler):
    """One connection. HTTP/1.1 with keep-alive; bodies always announce their length."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        host, _, path = parts.path.lstrip("/").partition("/")
        query = {name.lower(): value for name, value in parse_qsl(parts.query, keep_blank_values=True)}
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length") or 0))
        request = Request(self.command, host.lower(), "/" + unquote(path), query, headers, body)
        office = self.server.office
        if request.host == "_ctl":
            self._send(office.control_reply(request), None)
            return
        fault = office.control.struck(request)
        reply = office.control.over_limit(request) or office.reply(request)
        if fault and fault.kind not in ON_THE_WIRE:
            reply = spoiled(reply, fault, request)
        reply = on_condition(request, reply)
        if "gzip" in headers.get("accept-encoding", "") and not reply.ranged and reply.status == 200 and reply.content:
            packed = gzip.compress(reply.content, compresslevel=1, mtime=0)
            reply = replace(reply, content=packed, gzipped=True).adding(Content_Encoding="gzip")
        office.control.record(request, reply, fault)
        self._send(reply, fault)

    do_GET = do_POST = do_DELETE = do_HEAD = _serve  # noqa: N815

    def _send(self, reply: Reply, fault: Fault | None) -> None:
        """Status, headers and body; a fault of the wire ends the connection in its own way."""
        kind, options = (fault.kind, fault.options) if fault else (None, {})
        if kind == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        content = reply.content
        if kind == "truncated_gzip":
            packed = content if reply.gzipped or content[:2] == b"\x1f\x8b" else gzip.compress(content)
            content = packed[: max(1, len(packed) // 2)]
            if not reply.gzipped and packed is not reply.content:
                reply = reply.adding(Content_Encoding="gzip")
        self.send_response(reply.status)
        for name, value in {"Content-Type": reply.content_type, **reply.headers}.items():
            self.send_header(name, value)
        if reply.status != 304:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "HEAD" or reply.status == 304:
            return
        with suppress(BrokenPipeError, ConnectionResetError):
            self._write(content, kind, options)

    def _write(self, content: bytes, kind: str | None, options: dict[str, object]) -> None:
        """The body, slowly or cut short where asked."""
        if kind == "cut":
            self.wfile.write(content[: int(str(options.get("at", len(content) // 2)))])
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif kind == "slow":
            pieces = 10
            step = max(1, -(-len(content) // pieces))
            for start in range(0, len(content), step):
                self.wfile.write(content[start : start + step])
                self.wfile.flush()
                time.sleep(float(str(options.get("seconds", 2.0))) / pieces)
        else:
            self.wfile.write(content)

    def date_time_string(self, timestamp: float | None = None) -> str:
        return formatdate(timestamp, usegmt=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing on the terminal: the log is at `/_ctl/log`."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], office: Office) -> None:
        self.office = office
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no error; anything else is shown as the server's own failure."""
        import sys

        if not isinstance(sys.exc_info()[1], ConnectionError | OSError | ValueError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class StandIn:
    """The stand-in in this process, for tests: `with StandIn() as standin: ... standin.url`."""

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        self.control = Control()
        self.office = Office(self.control)
        self._server = _Server((host, port), self.office)
        self.port = self._server.server_address[1]
        self.url = f"http://{host}:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def serve_forever(self) -> None:
        """Serve in this thread until interrupted."""
        self._server.serve_forever()

    def shutdown(self) -> None:
        """End `serve_forever`, from another thread."""
        self._server.shutdown()

    def __enter__(self) -> StandIn:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def truth(self, source: str = "") -> dict[str, Any]:
        """The known totals, as `/_ctl/truth?source=` gives them."""
        result: dict[str, Any] = json.loads(json.dumps(self.office.truth(source)))
        return result
