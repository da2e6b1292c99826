"""A YAML file as plain values: contracts, and what dbt's YAML says of the models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

# libyaml's, several times faster than the one in Python, where PyYAML was built with it
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """What a file says. Raises yaml.YAMLError where it is no YAML."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  both are safe
