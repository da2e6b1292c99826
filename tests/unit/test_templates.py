"""What dbt's templates are compiled to is kept for the next process, and is no other than it would be compiled to."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import Environment
from jinja2.nativetypes import NativeEnvironment

from flows.steps.building.templates import keep_compiled

TEXT = "{% set one = 1 %}{{ one + more }}"


def render(path: Path, kind: type[Environment] = Environment, text: str = TEXT) -> object:
    """The answer of a process that keeps what it compiles at `path`."""
    with pytest.MonkeyPatch.context() as process:
        process.setattr(Environment, "compile", Environment.compile)
        write = keep_compiled(path)
        answer: object = kind().from_string(text).render(more=2)
        write()
    return answer


def refuse(*_: object, **__: object) -> None:
    raise AssertionError("compiled once more")


def test_a_template_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "share" / "templates"
    assert render(path) == "3"
    written = path.read_bytes()
    monkeypatch.setattr(Environment, "_generate", refuse)
    assert render(path) == "3"
    assert path.read_bytes() == written
    assert list(path.parent.iterdir()) == [path]


def test_the_same_text_is_another_template_to_another_kind_of_environment(tmp_path: Path) -> None:
    assert [render(tmp_path / "kept", kind) for kind in (Environment, NativeEnvironment, Environment)] == ["3", 3, "3"]


@pytest.mark.parametrize("damage", [b"", b"nothing that was written here", b"0" * 32 + b"\xe3"])
def test_a_damaged_file_is_written_anew(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "kept"
    assert render(path) == "3"
    written = path.read_bytes()
    path.write_bytes(damage or written[:-1])
    assert render(path) == "3"
    assert path.read_bytes() == written


def test_where_nothing_can_be_kept_all_is_compiled(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    assert render(tmp_path / "file" / "kept") == "3"


def test_of_very_many_only_those_used_last_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.steps.building.templates._MOST", 1)
    path = tmp_path / "kept"
    assert [render(path), render(path, text="another")] == ["3", "another"]
    monkeypatch.setattr(Environment, "_generate", refuse)
    assert render(path, text="another") == "another"
    with pytest.raises(AssertionError):
        render(path)
