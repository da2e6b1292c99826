"""Macros of the dbt project rendered without dbt."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import jinja2


class Returned(Exception):
    """What a macro gives back by dbt's `return`."""


def give_back(value: Any) -> None:
    raise Returned(value)


def as_in_dbt(environment: jinja2.Environment, source: str, name: str) -> Callable[..., Any]:
    """A macro that finds the others, and whose `return` ends it and may give back more than text."""

    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return getattr(environment.from_string(source).module, name)(*arguments, **named)
        except Returned as returned:
            return returned.args[0]

    return call


def macros(text: str) -> dict[str, Any]:
    """The macros that stand in a text, by name; each finds the others, and all speak to DuckDB."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    environment.globals["return"] = give_back
    environment.globals["target"] = {"name": "duckdb"}
    for source, name in re.findall(r"(\{%-? macro (\w+).*?endmacro %\})", text, re.DOTALL):
        environment.globals[name] = as_in_dbt(environment, source, name)
    return environment.globals
