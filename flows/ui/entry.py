"""Whether the Prefect server that the environment names is there and lets us in, asked before Prefect's client asks.

Prefect's client ends in a traceback where it is not, after a long time where nobody answers.
"""

from __future__ import annotations

import base64
import http.client
import urllib.error
import urllib.request
from http import HTTPStatus

from flows.errors import EntrepotError
from flows.settings import Settings

_SECONDS = 15


def require(settings: Settings) -> None:
    """Raise EntrepotError, saying what to set, where the server of PREFECT_API_URL does not answer or refuses us."""
    environment = settings.tool_environment()
    url, credentials = environment["PREFECT_API_URL"], environment.get("PREFECT_API_AUTH_STRING", "")
    headers = {"Authorization": f"Basic {base64.b64encode(credentials.encode()).decode()}"} if credentials else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{url}/admin/version", headers=headers), timeout=_SECONDS):
            return
    except urllib.error.HTTPError as refused:
        raise EntrepotError(_refusal(url, refused.code, bool(credentials))) from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise EntrepotError(
            f"No Prefect server answers at {url} ({reason}): start it, or set PREFECT_API_URL to where it is."
        ) from None


def _refusal(url: str, code: int, has_credentials: bool) -> str:
    if code != HTTPStatus.UNAUTHORIZED:
        return f"{url} answers with status {code}, as no Prefect server does; set PREFECT_API_URL to one (.../api)."
    trouble = "does not accept the credentials it is sent" if has_credentials else "asks for credentials"
    return (
        f"The Prefect server at {url} {trouble}: set PREFECT_API_AUTH_STRING to what it was started with in "
        "PREFECT_SERVER_API_AUTH_STRING (user:password)."
    )
