"""Whether the Prefect server that the environment names is there and lets us in, asked before Prefect's client asks.

Prefect's client ends in a traceback where it is not, after a long time where nobody answers.
"""

from __future__ import annotations

import base64
import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus

from flows.errors import EntrepotError
from flows.settings import Settings

_SECONDS = 15
_CERTIFICATES = "PREFECT_API_SSL_CERT_FILE"
_NOT_TRUSTED = (
    "The certificate of the Prefect server at {url} is not trusted ({reason}): set "
    f"{_CERTIFICATES} to the file with the certificate of the authority that signed it."
)


def require(settings: Settings) -> None:
    """Raise EntrepotError, saying what to set, where the server of PREFECT_API_URL does not answer or refuses us."""
    environment = settings.tool_environment()
    url, credentials = environment["PREFECT_API_URL"], environment.get("PREFECT_API_AUTH_STRING", "")
    headers = {"Authorization": f"Basic {base64.b64encode(credentials.encode()).decode()}"} if credentials else {}
    try:
        asked = urllib.request.Request(f"{url}/admin/version", headers=headers)
        with urllib.request.urlopen(asked, timeout=_SECONDS, context=_trusted(environment)):
            return
    except urllib.error.HTTPError as refused:
        raise EntrepotError(_refusal(url, refused.code, bool(credentials))) from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise EntrepotError(_NOT_TRUSTED.format(url=url, reason=reason.verify_message)) from None
        raise EntrepotError(
            f"No Prefect server answers at {url} ({reason}): start it, or set PREFECT_API_URL to where it is."
        ) from None


def _trusted(environment: Mapping[str, str]) -> ssl.SSLContext:
    """Whose certificates Prefect's client would trust. Raises EntrepotError where the file of them cannot be read."""
    if environment.get("PREFECT_API_TLS_INSECURE_SKIP_VERIFY", "").lower() in ("true", "1"):
        return ssl._create_unverified_context()  # noqa: S323  what the person asks for
    file = environment.get(_CERTIFICATES) or None
    try:
        return ssl.create_default_context(cafile=file)
    except OSError as error:
        raise EntrepotError(f"{_CERTIFICATES} names {file}, which has no certificates to read ({error}).") from None


def _refusal(url: str, code: int, has_credentials: bool) -> str:
    if code != HTTPStatus.UNAUTHORIZED:
        return f"{url} answers with status {code}, as no Prefect server does; set PREFECT_API_URL to one (.../api)."
    trouble = "does not accept the credentials it is sent" if has_credentials else "asks for credentials"
    return (
        f"The Prefect server at {url} {trouble}: set PREFECT_API_AUTH_STRING to what it was started with in "
        "PREFECT_SERVER_API_AUTH_STRING (user:password)."
    )
