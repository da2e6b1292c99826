"""Layouts of publishers that are known and not read, because a column in them does not mean what its name says."""

from __future__ import annotations

from collections.abc import Sequence

# What SDMX-CSV says of a row that holds a figure: information, appended, merged, replaced. D deletes one.
ACTIONS_OF_FIGURES = ("I", "A", "M", "R")
_SDMX = {"dataflow", "structure_id"}
_OLD_COMEXT = {"declarant", "partner", "value_in_euros"}


def action_at(columns: Sequence[str]) -> int | None:
    """Which column of SDMX-CSV says what is done with each row; none where no column does."""
    names = [column.casefold() for column in columns]
    return names.index("action") if "action" in names and _SDMX.intersection(names) else None


def why_actions(columns: Sequence[str], name: str) -> str:
    """What is said of SDMX-CSV whose rows may be deletions; empty where no column says so."""
    if action_at(columns) is None:
        return ""
    what = f"{name} is SDMX-CSV with a column ACTION, whose rows may be deletions and no figures"
    return f"{what}; get it as SDMX-CSV 1.0, which has no such column"


def why_old_comext(columns: Sequence[str], name: str) -> str:
    """What is said of Eurostat's layout before full_v2; empty where the columns are not its."""
    if not {column.casefold() for column in columns} >= _OLD_COMEXT:
        return ""
    return (
        f"{name} has the layout Eurostat used before full_v2, whose numbers of countries are Eurostat's own (004 is "
        "Germany, and Afghanistan to the United Nations), so it is not read; get the same months as full_v2_YYYYMM.7z."
    )
