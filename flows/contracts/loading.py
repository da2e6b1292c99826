"""All contracts together: those of the project, and those of one's own as far as they are any good.

A contract of one's own that was edited wrongly is not a reason for other sources to wait. Every build that went well
leaves a copy of those it was made with, and the copy stands in until the file is mended. A file without a copy that
came since that build is left out, since nothing of it is published. In any other case there is no telling what would
be missing, and nothing goes on.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from flows.contracts import own_contracts
from flows.contracts.contract import Source, Table, check_own_contract, read_contract
from flows.errors import ContractError

_LAST_GOOD = ".last_good"  # in the folder of one's own contracts
_COPY_IS_USED = "Mend it; until then it is used as it was at the last build."
_NOT_READ = "is not read as a contract: those end in .yml or .yaml, in small letters"
_RENAME = "Name it so if it is one, or move it out."
_LEFT_OUT = "Mend it; until then its source is left out."


class Fault(NamedTuple):
    """A contract of one's own that cannot be used: what is wrong, and what to do and what stands in until then."""

    path: Path
    said: str
    advice: str


class _Loaded(NamedTuple):
    """All sources by name, the files of one's own that they come from, and the files that are no good."""

    sources: dict[str, Source]
    own: tuple[Path, ...]
    faults: tuple[Fault, ...]


def load_contracts(folders: Path | tuple[Path, ...]) -> dict[str, Source]:
    """All contracts by source name: those under the first folder, then those of one's own in the others.

    Raises ContractError naming the file and what is wrong, where nothing can stand in for it.
    """
    return _loaded(folders).sources


def own_files(folders: Path | tuple[Path, ...]) -> tuple[Path, ...]:
    """The files that contracts of one's own are read from: each as it is, or the copy that stands in for it."""
    return _loaded(folders).own


def faults(folders: Path | tuple[Path, ...]) -> tuple[Fault, ...]:
    """The contracts of one's own that cannot be used as they are, and files beside them that may be meant as some."""
    beside = own_contracts.passed_over(folders) if isinstance(folders, tuple) else ()
    named = (Fault(path, f"{path.name} in {path.parent} {_NOT_READ}.", _RENAME) for path in beside)
    return (*_loaded(folders).faults, *named)


def tables_of(contracts: Mapping[str, Source]) -> dict[tuple[str, str], Table]:
    """Every table of these contracts by source and name; a file that landed long ago may be of one that is gone."""
    return {(source.name, table.name): table for source in contracts.values() for table in source.tables}


def keep_own(folders: tuple[Path, ...]) -> None:
    """Keep a copy of the contracts of one's own that a build was made with, and of no others.

    Raises OSError where nobody may write into their folder.
    """
    used = {path.name: path for path in own_files(folders)}
    for folder in folders[1:]:
        kept = folder / _LAST_GOOD
        kept.mkdir(parents=True, exist_ok=True)
        for copy in _files(kept):
            if copy.name not in used:
                copy.unlink()
        for name, path in used.items():
            if path.parent == folder:
                temporary = kept / f".{name}.new"
                shutil.copyfile(path, temporary)
                temporary.replace(kept / name)


def _loaded(folders: Path | tuple[Path, ...]) -> _Loaded:
    folders = folders if isinstance(folders, tuple) else (folders,)
    stamped = tuple((path, _stamp(path), _stamp(_copy_of(path))) for path in own_contracts.paths(folders))
    may_leave_out = all(_has_only_copies(folder) for folder in folders[1:])
    return _load(folders[0], stamped, may_leave_out)


@lru_cache(maxsize=8)
def _load(folder: Path, own: tuple[tuple[Path, int, int], ...], may_leave_out: bool) -> _Loaded:
    """Read all of them; the times at which files changed are here only to tell one state of them from another."""
    sources = {source.name: source for source in map(read_contract, sorted(folder.glob("*/_*__sources.yml")))}
    seeds = folder.parents[1] / "seeds"  # beside the models of the dbt project
    used: list[Path] = []
    found: list[Fault] = []
    for path, *_ in own:
        try:
            source, read_from = _new_source(path, sources, seeds), path
        except ContractError as error:
            copy = _copy_of(path)
            if copy.is_file():
                source, read_from = _copied_source(copy, sources, seeds, error), copy
                found.append(Fault(path, str(error), _COPY_IS_USED))
            elif may_leave_out:
                found.append(Fault(path, str(error), _LEFT_OUT))
                continue
            else:
                raise
        sources[source.name] = source
        used.append(read_from)
    return _Loaded(sources, tuple(used), tuple(found))


def _new_source(path: Path, sources: Mapping[str, Source], seeds: Path) -> Source:
    """The source of a contract of one's own. Raises ContractError where it is wrong, or of a source there is."""
    if not path.is_file():
        raise ContractError(f"Contract {path.name} is not a file; move it out of {path.parent}.")
    try:
        source = check_own_contract(path, seeds)
    except OSError as error:
        raise ContractError(f"Contract {path.name} cannot be read ({error.strerror}).") from error
    if source.name in sources:
        raise ContractError(f"Contract {path.name}: there is a source {source.name} already; name yours otherwise.")
    return source


def _copied_source(copy: Path, sources: Mapping[str, Source], seeds: Path, wrong: ContractError) -> Source:
    """The source of the copy that stands in. Raises `wrong`, what is wrong with the file, where the copy is too."""
    try:
        return _new_source(copy, sources, seeds)
    except ContractError:
        raise wrong from None


def _copy_of(path: Path) -> Path:
    return path.parent / _LAST_GOOD / path.name


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()]


def _has_only_copies(folder: Path) -> bool:
    """Whether a build has kept copies here, and every file it kept one of is still there: one without a copy is new."""
    kept = folder / _LAST_GOOD
    return kept.is_dir() and all((folder / copy.name).exists() for copy in _files(kept))


def _stamp(path: Path) -> int:
    """When a file changed last; 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
