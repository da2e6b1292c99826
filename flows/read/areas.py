"""Which economy, group or other area of core.dim_area a person means."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import duckdb

from flows.errors import EntrepotError

ECONOMY_OR_GROUP = ("economy", "group")
ANY_KIND = (*ECONOMY_OR_GROUP, "world", "special", "nes")


@dataclass(frozen=True)
class Area:
    """An area of dim_area: its code, its name, whether it is a group of economies."""

    code: str
    name: str
    is_group: bool


_AREAS = """
select area_code, area_name, area_kind, iso2_code from core.dim_area
where list_contains(?, area_kind)
order by is_economy desc, valid_to is not null, area_code
"""


def find_area(con: duckdb.DuckDBPyConnection, text: str, kinds: tuple[str, ...] = ECONOMY_OR_GROUP) -> Area:
    """The area of these kinds a person means, by code or name. Raises EntrepotError with the closest names if none."""
    if found := area_named(con, text, kinds):
        return found
    said = text.strip().casefold()
    rows = con.execute(_AREAS, [list(kinds)]).fetchall()
    names = {name.casefold(): f"{name} ({code})" for code, name, _, _ in rows}
    close = [label for name, label in names.items() if said and said in name][:5]
    close = close or [names[name] for name in difflib.get_close_matches(said, list(names), n=3)]
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    raise EntrepotError(
        f"{text!r} is not an economy or group of this warehouse; "
        f"`entrepot sql 'select area_code, area_name from core.dim_area'` lists them.{hint}"
    )


def area_names(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The name of every area by its code."""
    return dict(con.execute("select area_code, area_name from core.dim_area").fetchall())


def area_named(con: duckdb.DuckDBPyConnection, text: str, kinds: tuple[str, ...] = ANY_KIND) -> Area | None:
    """The area of these kinds with exactly this code or name, capitals or not; None where there is none."""
    said = text.strip().casefold()
    for code, name, kind, iso2 in con.execute(_AREAS, [list(kinds)]).fetchall():
        if said in (code.casefold(), name.casefold(), (iso2 or code).casefold()):
            return Area(code, name, kind == "group")
    return None
