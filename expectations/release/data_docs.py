"""What Great Expectations keeps of a judgement, and the Data Docs made from it: rules are not asked a second time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from expectations.release.docs_pages import Checked, stand_alone
from expectations.release.engine import (
    DataContextConfig,
    EphemeralDataContext,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
    set_context,
)

_KEPT = ("expectations_store", "validation_results_store")


class _Context(EphemeralDataContext):  # type: ignore[misc] # the library has no types
    """A context nobody opens again: its configuration is not kept.

    One that is kept in memory is written as text, all of it, after each table and each suite: a tenth of the judging.
    """

    def _save_project_config(self) -> None:
        pass


def open_context(judgement: Path | None) -> Any:
    """A context of Great Expectations that keeps suites and results in the folder `judgement`, or nothing."""
    config = DataContextConfig(
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
        store_backend_defaults=InMemoryStoreBackendDefaults(),
    )
    if judgement is not None:
        for name in _KEPT:
            config.stores[name]["store_backend"] = _files(judgement / name)
    context = _Context(project_config=config)
    set_context(context)
    return context


def write_data_docs(judgement: Path, folder: Path) -> None:
    """Write the Data Docs of the judgement kept in a folder into another: once for all tables, not once after each."""
    context = open_context(judgement)
    index = {"class_name": "DefaultSiteIndexBuilder"}
    context.add_data_docs_site(
        "release", {"class_name": "SiteBuilder", "site_index_builder": index, "store_backend": _files(folder)}
    )
    context.build_data_docs(site_names=["release"])
    stand_alone(folder, _checked(context, folder))


def _checked(context: Any, folder: Path) -> list[Checked]:
    """What was checked of each table, with the pages about it."""
    store, found = context.validation_results_store, []
    for key in store.list_keys():
        name, counts = str(key.expectation_suite_identifier.name), store.get(key).statistics
        place = name.replace(".", "/")
        page = next((folder / "validations" / place).rglob("*.html")).relative_to(folder).as_posix()
        evaluated, passed = counts["evaluated_expectations"], counts["successful_expectations"]
        found.append(Checked(name, evaluated, passed, page, f"expectations/{place}.html"))
    return found


def _files(folder: Path) -> dict[str, Any]:
    place = str(folder.resolve()).replace("$", r"\$")  # else it would look for a variable of that name
    return {"class_name": "TupleFilesystemStoreBackend", "base_directory": place}
