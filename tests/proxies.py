"""A proxy with TLS in front of a team's own server, by the examples in `deploy/`, and what comes through it."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.settings import ROOT
from tests.serving import Api, free_port, wait_for

_PATH = f"{os.defpath}:/usr/local/sbin:/usr/sbin:/sbin"  # where servers lie
_NAME, _SERVER, _PAGES = "trade.example.org", "127.0.0.1:4200", "/data/trade/export"


@dataclass(frozen=True)
class Proxy:
    """Its address, as people open it, and the certificate that vouches for it."""

    port: int
    certificate: Path

    @property
    def address(self) -> str:
        return f"https://localhost:{self.port}"

    def ask(self, path: str, name: str | None = None, greeted: str = "localhost", **headers: str) -> tuple[int, bytes]:
        """Status and body of what it answers who asks for `name`, having called it `greeted` in the TLS handshake."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        context.check_hostname = greeted == "localhost"
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.connect()
            connection.sock = context.wrap_socket(connection.sock, server_hostname=greeted)
            connection.request("GET", path, headers={"Host": name or f"localhost:{self.port}", **headers})
            answer = connection.getresponse()
            return answer.status, answer.read()


@contextlib.contextmanager
def caddy(api: Api, pages: Path, folder: Path) -> Iterator[Proxy]:
    """Caddy with a certificate authority of its own."""
    port = free_port()
    mine = f"""{{
	admin off
	auto_https disable_redirects
	local_certs
	skip_install_trust
	storage file_system {folder}/storage
}}
import {ROOT}/deploy/Caddyfile
"""
    (folder / "Caddyfile").write_text(mine, encoding="utf-8")
    known = {
        "PROXY_NAME": f"localhost:{port}", "PROXY_SERVER": api.address.removeprefix("http://"),
        "PROXY_PAGES": str(pages), "HOME": str(folder),
    }  # fmt: skip
    made = Proxy(port, folder / "storage" / "pki" / "authorities" / "local" / "root.crt")
    with _running(["caddy", "run", "--config", str(folder / "Caddyfile")], folder, made, **known):
        yield made


@contextlib.contextmanager
def nginx(api: Api, pages: Path, folder: Path) -> Iterator[Proxy]:
    """Nginx with a certificate made here."""
    made = Proxy(free_port(), folder / "cert.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", made.certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for said, here in (
        (f"https://{_NAME}", made.address), (f"/etc/ssl/{_NAME}.pem", str(made.certificate)),
        (f"/etc/ssl/{_NAME}.key", str(folder / "key.pem")), (_NAME, "localhost"),
        ("listen 443", f"listen 127.0.0.1:{made.port}"),
        (_SERVER, api.address.removeprefix("http://")), (_PAGES, str(pages)),
    ):  # fmt: skip
        assert said in text, f"deploy/nginx.conf does not say {said}"
        text = text.replace(said, here)
    kept = "".join(
        f"{each}_temp_path {folder}/{each};\n" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""  # else its workers may not read the folder of a test
    whole = f"{user}pid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{kept}{text}}}\n"
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    with _running(command, folder, made):
        yield made


PROXIES: dict[str, Callable[[Api, Path, Path], contextlib.AbstractContextManager[Proxy]]] = {
    "caddy": caddy, "nginx": nginx,
}  # fmt: skip


def is_installed(name: str) -> bool:
    """Whether the proxy can be tried here, with what makes its certificate."""
    return all(shutil.which(program, path=_PATH) for program in (name, "openssl"))


@contextlib.contextmanager
def _running(command: list[str], folder: Path, made: Proxy, **more: str) -> Iterator[None]:
    with (folder / "proxy.log").open("w", encoding="utf-8") as log:
        program = shutil.which(command[0], path=_PATH)
        assert program is not None
        process = subprocess.Popen(
            [program, *command[1:]], env={"PATH": _PATH, **more}, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            wait_for(lambda: made.ask("/api/health"), 30)
            yield
        finally:
            process.terminate()
            process.wait(30)
