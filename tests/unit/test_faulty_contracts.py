"""A contract of one's own that was edited wrongly: the copy of the last build stands in, and other sources go on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.contracts import load_contracts
from flows.contracts.loading import faults, keep_own, own_files
from flows.doctor import surroundings
from flows.errors import ContractError
from flows.ledger import Ledger
from flows.settings import Settings
from flows.steps import fetch
from flows.steps.building import own, project
from tests.own_contract import PLAIN, write_contract

WRONG = PLAIN.replace("key: [code]", "key: [kode]")


def _other(settings: Settings, text: str) -> Path:
    path = settings.own_contracts / "other.yml"
    path.write_text(text.replace("mine", "other").replace("MINE", "OTHER"), encoding="utf-8")
    return path


@pytest.fixture
def built(settings: Settings) -> Settings:
    """A warehouse whose last build was made with the contract `mine`."""
    write_contract(settings, PLAIN)
    keep_own(settings.contracts)
    return settings


def _make_wrong(path: Path) -> None:
    path.write_text(WRONG, encoding="utf-8")


def _make_no_yaml(path: Path) -> None:
    path.write_text("sources: [", encoding="utf-8")


def _make_bytes(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")


def _make_empty(path: Path) -> None:
    path.write_text("", encoding="utf-8")


def _make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _make_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _make_dead_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def _make_another_source(path: Path) -> None:
    path.write_text(PLAIN.replace("mine", "baci"), encoding="utf-8")


@pytest.mark.parametrize(
    "spoil",
    [
        _make_wrong, _make_no_yaml, _make_bytes, _make_empty, _make_folder, _make_pipe, _make_dead_link,
        _make_another_source,
    ],
)  # fmt: skip
def test_the_copy_of_the_last_build_stands_in(built: Settings, spoil: Callable[[Path], None]) -> None:
    before, sources = own.fingerprint(built), set(load_contracts(built.contracts))
    path = built.own_contracts / "mine.yml"
    spoil(path)
    assert load_contracts(built.contracts)["mine"].tables[0].key == ("code",)
    assert set(load_contracts(built.contracts)) == sources
    assert own.fingerprint(built) == before, "what was built stays what it was"
    (fault,) = faults(built.contracts)
    assert fault.path == path
    assert "Contract mine." in fault.said
    assert fault.advice == "Mend it; until then it is used as it was at the last build."
    keep_own(built.contracts)
    assert "mine" in load_contracts(built.contracts), "the copy stays, however often it is used"


def test_a_mended_contract_counts_again(built: Settings) -> None:
    path = built.own_contracts / "mine.yml"
    _make_wrong(path)
    assert faults(built.contracts)
    path.write_text(PLAIN.replace("Mine.", "Ours."), encoding="utf-8")
    assert load_contracts(built.contracts)["mine"].description == "Ours."
    assert faults(built.contracts) == ()
    assert own_files(built.contracts) == (path,)


def test_one_that_came_wrong_since_the_last_build_is_left_out(built: Settings) -> None:
    path = _other(built, WRONG)
    assert "mine" in load_contracts(built.contracts)
    assert "other" not in load_contracts(built.contracts)
    assert [(fault.path, fault.advice) for fault in faults(built.contracts)] == [
        (path, "Mend it; until then its source is left out.")
    ]


def test_without_a_build_nobody_knows_what_would_be_missing(settings: Settings) -> None:
    write_contract(settings, WRONG)
    with pytest.raises(ContractError, match=r"key columns \['kode'\] are not columns"):
        load_contracts(settings.contracts)
    (found,) = [finding for finding in surroundings.examine(Ledger(settings)).findings if finding.check == "contract"]
    assert found.advice == "Mend it; until then no run begins."


def test_one_that_may_be_another_by_a_new_name_is_not_left_out(built: Settings) -> None:
    (built.own_contracts / "mine.yml").rename(built.own_contracts / "ours.yml").write_text(WRONG, encoding="utf-8")
    with pytest.raises(ContractError, match=r"\['kode'\] are not columns"):
        load_contracts(built.contracts)


def test_a_copy_that_is_no_good_either_is_no_way_on(built: Settings) -> None:
    for path in (built.own_contracts / "mine.yml", built.own_contracts / ".last_good" / "mine.yml"):
        _make_no_yaml(path)
    with pytest.raises(ContractError, match=r"Contract mine\.yml is not well formed"):
        load_contracts(built.contracts)


def test_a_contract_that_was_taken_away_leaves_no_copy(built: Settings) -> None:
    (built.own_contracts / "mine.yml").unlink()
    assert "mine" not in load_contracts(built.contracts)
    keep_own(built.contracts)
    assert list((built.own_contracts / ".last_good").iterdir()) == []


def test_a_run_and_the_doctor_say_what_is_wrong(built: Settings) -> None:
    _make_wrong(built.own_contracts / "mine.yml")
    (told,) = fetch.plan(built, Ledger(built), ["gacc_quoted"]).unrecognised
    assert (told.url, told.outcome, told.stops_run) == ("contracts/mine.yml", "failed", False)
    assert told.reason.endswith("are not columns. Mend it; until then it is used as it was at the last build.")
    (found,) = [finding for finding in surroundings.examine(Ledger(built)).findings if finding.check == "contract"]
    assert (found.place, found.repair) == (str(built.own_contracts / "mine.yml"), None)


def test_a_file_that_is_not_read_because_of_its_name_is_told(built: Settings) -> None:
    for name in ("U16.YML", "u16.yml.txt", ".hidden", "README.md", "my notes.txt"):
        (built.own_contracts / name).write_text(PLAIN, encoding="utf-8")
    assert [(fault.path.name, fault.said, fault.advice) for fault in faults(built.contracts)] == [
        (
            name,
            f"{name} in {built.own_contracts} is not read as a contract: those end in .yml or .yaml, in small letters.",
            "Name it so if it is one, or move it out.",
        )
        for name in ("U16.YML", "u16.yml.txt")
    ]
    assert set(load_contracts(built.contracts)) == set(load_contracts(built.contracts[:1])) | {"mine"}
    told = fetch.plan(built, Ledger(built), ["gacc_quoted"]).unrecognised
    assert [(each.url, each.stops_run) for each in told] == [
        ("contracts/U16.YML", False), ("contracts/u16.yml.txt", False),
    ]  # fmt: skip


def test_dbt_finds_the_contracts_in_use_and_no_others(built: Settings) -> None:
    here = project.folder(built) / "own_contracts"
    here.parent.mkdir(parents=True)
    here.symlink_to(built.own_contracts)  # as an earlier version left it
    _make_wrong(built.own_contracts / "mine.yml")
    other = _other(built, WRONG)
    project.lay_out(built)
    assert {path.name: path.read_text(encoding="utf-8") for path in here.iterdir()} == {"mine.yml": PLAIN}
    _other(built, PLAIN)
    project.lay_out(built)
    assert (here / "other.yml").resolve() == other.resolve()
    other.unlink()
    project.lay_out(built)
    assert [path.name for path in here.iterdir()] == ["mine.yml"]
    assert (built.own_contracts / "mine.yml").read_text(encoding="utf-8") == WRONG
