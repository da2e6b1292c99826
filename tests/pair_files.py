"""What a pair's file of the page holds."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any


def unpacked(path: Path) -> dict[str, Any]:
    """The HTML and the charts that the file at `path` hands over to the page."""
    packed = path.read_text(encoding="utf-8").rpartition(',"')[2].removesuffix('");\n')
    content: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(packed)))
    return content
