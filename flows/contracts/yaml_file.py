"""A YAML file as plain values: contracts, and what dbt's YAML says of the models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

# libyaml's, several times faster than the one in Python, where PyYAML was built with it
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class KeyTwice(yaml.YAMLError):
    """Two entries of one mapping have the same key: YAML forbids it, its readers take the last without a word."""


def read_yaml(path: Path) -> Any:
    """What a file says. Raises KeyTwice, with the line, where a key is given twice, and yaml.YAMLError where it is no
    YAML.
    """
    loader = _Loader(path.read_text(encoding="utf-8"))
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        for mapping in _mappings(node):
            _require_single_keys(mapping)
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _mappings(node: yaml.Node) -> Iterator[yaml.MappingNode]:
    """Every mapping below a node, once, however often an alias names it."""
    waiting, seen = [node], set[int]()
    while waiting:
        found = waiting.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        if isinstance(found, yaml.MappingNode):
            yield found
            waiting += [part for entry in found.value for part in entry]
        elif isinstance(found, yaml.SequenceNode):
            waiting += found.value


def _require_single_keys(mapping: yaml.MappingNode) -> None:
    lines: dict[tuple[str, str], int] = {}
    for key in (key for key, _ in mapping.value if isinstance(key, yaml.ScalarNode)):
        line, name = key.start_mark.line + 1, (key.tag, key.value)
        if name in lines:
            raise KeyTwice(f"`{key.value}` stands in line {lines[name]} and again in line {line}; keep one of them")
        lines[name] = line
