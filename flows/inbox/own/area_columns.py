"""Which columns hold areas, and which of them are the reporter and the partner."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from flows.inbox.own.codes import FITS, area_named, area_of, area_system
from flows.inbox.own.guess import Guess, matching
from flows.inbox.own.row_units import UNIT_NAME
from flows.inbox.own.scale import SCALE_NAME
from flows.inbox.own.units import CURRENCY_NAME

_REPORTER = re.compile(r"report|declar|exporter|origin|from", re.IGNORECASE)
_PARTNER = re.compile(r"partner|партн|伙伴|counterpart|importer|destination|\bto\b", re.IGNORECASE)
_COUNTRY = r"country|pa[ií]s|\bpays\b|paese|ülke|\bkraj|země|країн|국가|국명"
_AREA = re.compile(
    rf"{_COUNTRY}|area|econom|iso|land|\bstrana\b|стран|geo|国|國|地区|地域|相手|देश|دول[ةه]", re.IGNORECASE
)
_ORIGIN = re.compile(r"origin|herkunft|ursprung|происхожд|原产", re.IGNORECASE)
_CONSIGNMENT = re.compile(
    r"consign|dispatch|provenance|procedencia|shipment|purchase|versend|отправлен|торгующ|起运|贸易国", re.IGNORECASE
)
_SIDE = re.compile(rf"{_COUNTRY}|partner|counterpart|reporter|страна|国家|地区|伙伴", re.IGNORECASE)
_AREA_NUMBERS = ("m49", "comtrade")  # lists of numbers, which other columns are full of
_AREA_ORDER = {"iso3": 0, "m49": 1, "comtrade": 1, "iso2": 2, "comext": 2, "name": 3}
_ENOUGH = 0.6  # of the different values of a column of areas known to the code list


def names_no_area(name: str) -> bool:
    """Whether a column is called a currency, a unit or a scale: EUR is the euro there, not the euro area."""
    return any(pattern.search(name) for pattern in (CURRENCY_NAME, UNIT_NAME, SCALE_NAME))


def guess_areas(found: Guess, names: Sequence[str], columns: Sequence[Sequence[str]], seeds: Path) -> None:
    """Note which columns hold areas, and which of them are the reporter and the partner."""
    areas = _area_columns(names, columns, seeds)
    sure = [
        at
        for at, (system, _) in areas.items()
        if any(pattern.search(names[at]) for pattern in (_REPORTER, _PARTNER, _AREA))
        or (system in ("iso3", "name") and at not in found.numeric)
    ]
    found.areas = {at: areas[at][0] for at in sure}
    has_names = any(system == "name" for system, _ in areas.values())
    found.numbers_of_areas = [at for at, (system, _) in areas.items() if system in _AREA_NUMBERS and has_names]
    likeliest = sorted(sure, key=lambda at: (-round(areas[at][1], 1), _AREA_ORDER[areas[at][0]], at))
    found.reporter, found.partner = _sides(names, columns, likeliest)
    _leave_partner_open(found, names, sure)


def _area_columns(names: Sequence[str], columns: Sequence[Sequence[str]], seeds: Path) -> dict[int, tuple[str, float]]:
    """The columns that may hold areas: of each the list that knows most of its values, and the share it knows."""
    systems = {at: area_system(values, seeds) for at, values in enumerate(columns) if values}
    areas = {
        at: (system, share)
        for at, (system, share) in systems.items()
        if share >= _ENOUGH or (share > 0 and system == "name" and _SIDE.search(names[at]))
    }
    for at in [at for at, (system, _) in areas.items() if system in _AREA_NUMBERS]:
        if _contradicted(at, areas, columns, seeds):
            del areas[at]
    return areas


def _sides(
    names: Sequence[str], columns: Sequence[Sequence[str]], likeliest: Sequence[int]
) -> tuple[int | None, int | None]:
    """The columns of the reporter and of the partner among those of areas, by their names; what no name says of one
    side is the other, and of two columns without such a name the one with fewer areas is whose statistic it is.
    """
    partners = matching(names, _PARTNER, likeliest)
    reporters = [at for at in matching(names, _REPORTER, likeliest) if at not in partners]
    others = [at for at in likeliest if at not in partners and at not in reporters]
    if not partners and not reporters and len(others) > 1:
        first, second = sorted(others[:2])
        is_first = len(set(columns[first])) <= len(set(columns[second]))
        return (first, second) if is_first else (second, first)
    if not partners:
        partners = others
    elif not reporters:
        reporters = others
    return next(iter(reporters), None), next(iter(partners), None)


def _leave_partner_open(found: Guess, names: Sequence[str], areas: Sequence[int]) -> None:
    """Leave the partner to a person where one column is the country of origin and one that of consignment."""
    origins, consignors = matching(names, _ORIGIN, areas), matching(names, _CONSIGNMENT, areas)
    if origins and consignors:
        found.partners_open = (origins[0], consignors[0])
        found.reporter = None if found.reporter in (*origins, *consignors) else found.reporter
        found.partner = None


def _contradicted(at: int, areas: dict[int, tuple[str, float]], columns: Sequence[Sequence[str]], seeds: Path) -> bool:
    """Whether the numbers of a column mean other areas than the names beside them: other lists use the same numbers."""
    for other, (system, _) in areas.items():
        if system != "name" or len(columns[other]) != len(columns[at]):
            continue
        pairs = set(zip(columns[at], columns[other], strict=True))
        if len({name for _, name in pairs}) != len({code for code, _ in pairs}):
            continue  # the names of the other side
        known = [(area_of(code, areas[at][0], seeds), area_named(name, seeds)) for code, name in pairs]
        both = [(code, name) for code, name in known if name is not None]
        if both and sum(code == name for code, name in both) < FITS * len(both):
            return True
    return False
