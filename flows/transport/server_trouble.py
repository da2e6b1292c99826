"""Trouble of Prefect's server while it is told of a run, such as a full disk: in a sentence, whoever notices it."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx

from flows.settings import Settings

_HERE = ("127.0.0.1", "::1", "localhost", None)


def failure(settings: Settings, error: httpx.HTTPError) -> str:
    """In a sentence what to do where a server that let us in does not record a run after all."""
    url = settings.tool_environment().get("PREFECT_API_URL", "")
    is_ours = urlsplit(url).hostname in _HERE
    server = "Prefect's server" if is_ours else f"The Prefect server at {url}"
    if not isinstance(error, httpx.HTTPStatusError):
        what = f"{server} no longer answers ({answer(error)}); try again."
    elif is_ours:
        what = f"{server} could not record the run ({answer(error)}). Its database is in {settings.prefect_home}: if "
        what += "that disk is full, make room; then try again."
    else:
        what = f"{server} could not record the run ({answer(error)}). See to that server, then try again."
    return f"{what} `entrepot status` says what is published."


def answer(error: httpx.HTTPError) -> str:
    """What a server answered where it failed, or what kept it from that, in a few words."""
    if isinstance(error, httpx.HTTPStatusError):
        return f"{error.response.status_code} {error.response.reason_phrase}"
    return " ".join(str(error).split()) or type(error).__name__
