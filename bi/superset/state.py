"""What Superset keeps of its own: a secret key and an admin's password, in the warehouse's folder `.superset`.

The folder may be deleted at any time; `make superset` makes it anew.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_key(folder: Path) -> str:
    """The key that signs sessions and encrypts what Superset stores; made once, readable by its owner alone."""
    path = folder / "secret_key"
    if not path.is_file():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")
