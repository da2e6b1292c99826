"""`python -m standin --port 8900`: the stand-in as a process of its own."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from threading import Thread

from standin.server import StandIn


def main() -> None:
    """Serve until interrupted; prints the address for ENTREPOT_BASE_URL."""
    parser = argparse.ArgumentParser(prog="python -m standin", description=__doc__)
    parser.add_argument("--port", type=int, default=8900, help="port on the loopback address; 0 picks a free one")
    parser.add_argument("--until-eof", action="store_true", help="stop when the standard input ends")
    parser.add_argument("--host", default="127.0.0.1", help="address to bind to")
    wanted = parser.parse_args()
    standin = StandIn(wanted.port, wanted.host)
    print(f"ENTREPOT_BASE_URL={standin.url}", flush=True)
    if wanted.until_eof:  # the process that started this one may be killed: then its end of the pipe closes
        Thread(target=_stop_at_the_end, args=(standin,), daemon=True).start()
    with suppress(KeyboardInterrupt):
        standin.serve_forever()


def _stop_at_the_end(standin: StandIn) -> None:
    sys.stdin.read()
    standin.shutdown()


if __name__ == "__main__":
    main()
