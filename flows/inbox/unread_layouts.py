"""Layouts of publishers that are known and not read, because a column in them does not mean what its name says."""

from __future__ import annotations

from collections.abc import Iterable

_SDMX = {"dataflow", "structure_id"}
_OLD_COMEXT = {"declarant", "partner", "value_in_euros"}


def why_unread(columns: Iterable[str], name: str) -> str:
    """What is said of a file with these columns; empty where nothing speaks against reading it."""
    names = {column.casefold() for column in columns}
    if "action" in names and names & _SDMX:
        return (
            f"{name} is SDMX-CSV with a column ACTION, whose rows may be deletions and no figures; get it as "
            "SDMX-CSV 1.0, which has no such column."
        )
    if names >= _OLD_COMEXT:
        return (
            f"{name} has the layout Eurostat used before full_v2, whose numbers of countries are Eurostat's own "
            "(004 is Germany, and Afghanistan to the United Nations), so it is not read; get the same months as "
            "full_v2_YYYYMM.7z."
        )
    return ""
