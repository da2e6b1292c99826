"""What Prefect's server does by itself: end runs whose process is gone, and tell somebody of those that need a look.

Each automation is a file in `automations/`. One of the same name is replaced, so that applying twice is once.
"""

from __future__ import annotations

import contextlib
from typing import cast

import yaml

from flows.errors import EntrepotError
from flows.settings import Settings
from flows.ui import server

_WATCHES = ("run_is_gone", "run_never_began")
_FORMER = ("Entrepôt, gate failed",)  # what the alert was called when it knew the gate alone


def watch_runs(settings: Settings) -> None:
    """Let the server end runs that have lost their process; it must be known to Prefect already."""
    for name in _WATCHES:
        _apply(settings, name)


def alert(settings: Settings, block: str) -> str:
    """Apply automations/alert.yaml with a notification block, `type/name` as in `prefect block ls`; in a line what it
    does now.

    Raises EntrepotError where there is no server, it does not let us in, or there is no such block.
    """
    server.use_standing_server(settings)
    # Imported here: prefect reads the environment when it is imported.
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound

    type_slug, _, name = block.partition("/")
    with get_client(sync_client=True) as client:
        try:
            document = client.read_block_document_by_name(name, type_slug)
        except ObjectNotFound:
            raise EntrepotError(f"There is no block {block!r}; make one under Blocks in the UI.") from None
    for former in _FORMER:
        _delete(former)
    applied = _apply(settings, "alert", BLOCK=str(document.id))
    return f"{applied}: {block} is notified from now on."


def _apply(settings: Settings, file: str, **filled: str) -> str:
    """Apply one file, with words in capitals replaced; the name of the automation."""
    from prefect.automations import Automation

    text = (settings.root / "automations" / f"{file}.yaml").read_text(encoding="utf-8")
    for word, value in filled.items():
        text = text.replace(f": {word}\n", f": {value}\n")
    automation = Automation(**yaml.safe_load(text))
    _delete(automation.name)
    automation.create()
    return automation.name


def _delete(name: str) -> None:
    from prefect.automations import Automation

    with contextlib.suppress(ValueError):  # there is none
        cast(Automation, Automation.read(name=name)).delete()
