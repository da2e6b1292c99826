"""The published release is opened as one: both of its files, whatever is published in between."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from flows import verbs
from flows.cli import main, read_commands, terminal
from flows.errors import EntrepotError
from flows.ledger import Ledger
from flows.read import opening
from flows.releases import place
from flows.settings import Settings
from flows.steps import build
from tests import readers


@pytest.fixture
def two(settings: Settings, ledger: Ledger, tmp_path: Path) -> list[str]:
    """Two releases, of which the first is published."""
    made = [readers.built(settings, ledger, readers.made(tmp_path / f"made-{at}", at)).run_id for at in (1, 2)]
    for run_id in (*made, made[0]):
        verbs.publish(ledger, run_id, lambda name, step: None)
    return made


def numbers(settings: Settings) -> set[int]:
    with opening.open_published(settings, "from raw.landed") as con:
        return {
            con.execute(f"select max(number) from {table}").fetchall()[0][0] for table in ("core.trade", "raw.landed")
        }


@pytest.mark.parametrize("is_deleted", [False, True])
def test_a_release_published_while_one_is_opened_is_not_mixed_with_it(
    settings: Settings, two: list[str], monkeypatch: pytest.MonkeyPatch, is_deleted: bool
) -> None:
    own = opening.attach_workings

    def late(con: duckdb.DuckDBPyConnection, release: Path) -> bool:
        place.point_to(settings, two[1])
        if is_deleted:
            shutil.rmtree(settings.releases / two[0], ignore_errors=True)
        return own(con, release)

    monkeypatch.setattr(opening, "attach_workings", late)
    assert numbers(settings) == {2 if is_deleted else 1}


def test_a_release_deleted_before_it_is_open_gives_way_to_the_one_published(
    settings: Settings, two: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = duckdb.connect

    def late(path: str, **options: object) -> duckdb.DuckDBPyConnection:
        if two[0] in path:
            place.point_to(settings, two[1])
            shutil.rmtree(settings.releases / two[0])
        return own(path, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(opening.duckdb, "connect", late)
    assert numbers(settings) == {2}


def test_a_published_file_that_cannot_be_opened_is_no_reason_to_try_for_ever(
    settings: Settings, two: list[str]
) -> None:
    settings.published.resolve().write_bytes(b"not a database, by far" * 1000)
    with pytest.raises(duckdb.IOException):
        numbers(settings)
    settings.published.unlink()
    with pytest.raises(EntrepotError, match="Nothing is published"):
        numbers(settings)


def test_a_release_that_is_damaged_is_told_in_a_sentence(
    settings: Settings, two: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    release = settings.published.resolve()
    release.chmod(0o600)
    release.write_bytes(release.read_bytes()[:5000])
    monkeypatch.setattr(read_commands, "get_settings", lambda: settings)
    monkeypatch.setattr("sys.argv", ["entrepot", "sql", "select 1"])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 1
    said = " ".join(capsys.readouterr().err.split())
    assert said.startswith("A file of the warehouse is damaged:")
    assert said.endswith(". `entrepot doctor` says which one, and what to do.")
    assert "rollback" not in said, "there may be no release before it"


def test_a_release_that_is_damaged_is_not_up_to_date(
    settings: Settings, ledger: Ledger, two: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    last = ledger.last_published()
    assert last is not None
    monkeypatch.setattr(build, "code_fingerprint", lambda: last.code_fingerprint)
    monkeypatch.setattr(build, "input_fingerprint", lambda settings, left_out: last.input_fingerprint)
    assert build.is_up_to_date(settings, ledger, last.left_out)
    release = settings.published.resolve()
    release.chmod(0o600)
    release.write_bytes(release.read_bytes()[:5000])
    assert not build.is_up_to_date(settings, ledger, last.left_out)


def test_what_is_no_finite_number_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    row = {"n": float("nan"), "i": float("inf"), "d": Decimal("1.50")}
    terminal.show_rows([row])
    assert {"nan", "inf", "1.5"} <= set(capsys.readouterr().out.replace("│", " ").split())
    terminal.print_json([row])
    assert json.loads(capsys.readouterr().out) == [{"n": "nan", "i": "inf", "d": 1.5}]
