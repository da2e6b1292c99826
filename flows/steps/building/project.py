"""The dbt project as a build sees it, and dbt's parse of it, which costs more than most builds.

dbt keeps a parse only while nothing about its connection changes. So every warehouse has a folder of the same form:
links to the project and to the contracts of one's own, with the files of a build beside it. dbt works in that folder,
all paths it is told are relative to it, and the parse one warehouse made serves the next. It lies with the project
(`dbt_project/target/`) and may be deleted at any time; dbt itself looks which files have changed since.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from flows.contracts.loading import own_files
from flows.machine import keep
from flows.releases.place import replace_link
from flows.settings import Settings

_PARTS = ("dbt_project.yml", "profiles.yml", "models", "macros", "seeds", "tests")
_OWN_CONTRACTS = "own_contracts"  # as in dbt_project.yml
PARSE = Path("target") / "partial_parse.msgpack"


def folder(settings: Settings) -> Path:
    """Where dbt works."""
    return settings.dbt_home.resolve() / "project"


def lay_out(settings: Settings) -> None:
    """Make the folder dbt works in, and give it the parse of another warehouse where this one has none."""
    here = folder(settings)
    here.mkdir(parents=True, exist_ok=True)
    for part in _PARTS:
        replace_link(here / part, settings.dbt_project.resolve() / part)
    _link_own_contracts(settings, here / _OWN_CONTRACTS)
    kept, own = settings.dbt_project / PARSE, settings.dbt_home / PARSE
    if kept.is_file() and not own.exists():
        _copy_parse(kept, own)


def keep_parse(settings: Settings) -> None:
    """Leave the parse of a build that went well for other warehouses, unless contracts of one's own are part of it."""
    kept, own = settings.dbt_project / PARSE, settings.dbt_home / PARSE
    is_newer = own.is_file() and not (kept.is_file() and _age(kept) >= _age(own))
    if is_newer and not own_files(settings.contracts):
        _copy_parse(own, kept)


def _link_own_contracts(settings: Settings, here: Path) -> None:
    """Links to the contracts of one's own that are any good, and to nothing else: dbt reads all it finds."""
    used = {path.name: path.resolve() for path in own_files(settings.contracts)}
    if here.is_symlink():  # an earlier version linked to their folder
        here.unlink()
    here.mkdir(exist_ok=True)
    for path in here.iterdir():
        if path.name not in used:
            path.unlink()
    for name, path in used.items():
        replace_link(here / name, path)


def _age(path: Path) -> float:
    return path.stat().st_mtime


def _copy_parse(source: Path, target: Path) -> None:
    """Copy a parse with its time, or do without: dbt only takes longer then."""
    keep(target, lambda new: shutil.copy2(source, new))
