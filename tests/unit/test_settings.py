"""A setting that cannot be used is said in a sentence: which variable, which value, what it should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows import settings
from flows.errors import EntrepotError
from flows.settings import Settings, get_settings


@pytest.fixture(autouse=True)
def _unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_in_use", [])


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("ENTREPOT_KEEP_RELEASES", "x", "it should be a whole number"),
        ("ENTREPOT_PORT", "0", "it should be 1 or more"),
        ("ENTREPOT_REQUESTS_PER_DAY", "many", "not host=number"),
        ("ENTREPOT_WAREHOUSE", "/srv/what?/trade", "the question mark in its path keeps DuckDB from"),
        ("ENTREPOT_WAREHOUSE", __file__, "it is a file, not a folder"),
        ("ENTREPOT_WAREHOUSE", "s3://bucket/trade", "an address is not a folder of this machine"),
        ("ENTREPOT_PUBLIC_EXPORT", "~nobody-of-this-name/trade", "the home folder it begins with is not known"),
    ],
)
def test_the_variable_its_value_and_the_reason_are_said(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(EntrepotError) as caught:
        get_settings()
    assert str(caught.value).startswith(f"{variable} is {value!r}: ")
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_link_to_a_disk_that_is_gone_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It would be an empty warehouse to `entrepot status`, and a folder that cannot be written to to a run."""
    link = tmp_path / "trade"
    link.symlink_to(tmp_path / "disk")
    monkeypatch.setenv("ENTREPOT_WAREHOUSE", str(link))
    with pytest.raises(EntrepotError, match="it is a link to what cannot be reached; is its disk mounted"):
        get_settings()
    (tmp_path / "disk").mkdir()
    assert get_settings().warehouse == link


@pytest.mark.parametrize("name", settings._FOLDERS)
def test_a_folder_is_one_wherever_a_child_process_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    """Prefect's server has a working folder of its own, and DuckDB alone knows what `~` is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for value in ("of trade/", "~/of trade"):
        monkeypatch.setattr(settings, "_in_use", [])
        monkeypatch.setenv(f"ENTREPOT_{name.upper()}", value)
        assert getattr(get_settings(), name) == tmp_path / "of trade"


@pytest.mark.parametrize(
    "name", [name for name, field in Settings.model_fields.items() if "if empty" in (field.description or "")]
)
def test_a_setting_that_may_be_empty_may_be_set_to_nothing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"ENTREPOT_{name.upper()}", "")
    get_settings()


@pytest.mark.parametrize("name", [*settings._FOLDERS, *settings._DEFAULT_IF_EMPTY])
@pytest.mark.parametrize("value", ["", " "])
def test_an_empty_text_is_the_default(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A folder without a name was the one the command was given in."""
    monkeypatch.setenv(f"ENTREPOT_{name.upper()}", value)
    assert getattr(get_settings(), name) == getattr(Settings.alone(), name)


def test_every_wrong_setting_is_named_and_no_secret_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTREPOT_THREADS", "none")
    monkeypatch.setenv("ENTREPOT_HTTP_TRIES", "0")
    monkeypatch.setenv("ENTREPOT_CENSUS_KEY", "hidden")
    with pytest.raises(EntrepotError) as caught:
        get_settings()
    assert "ENTREPOT_THREADS" in str(caught.value)
    assert "ENTREPOT_HTTP_TRIES" in str(caught.value)
    assert "hidden" not in str(caught.value)
    fault = {"loc": ("census_key",), "input": "hidden", "msg": "Input should be a string"}
    assert settings._refusal(fault).startswith("ENTREPOT_CENSUS_KEY cannot be used: it should be a string;")


def test_the_sentence_holds_for_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from flows.cli import main

    monkeypatch.setenv("ENTREPOT_KEEP_RELEASES", "x")
    monkeypatch.setattr("sys.argv", ["entrepot", "status"])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 1
    assert "ENTREPOT_KEEP_RELEASES is 'x'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "value", ["http://me:hidden@127.0.0.1:8900", "ftp://me:hid@den@127.0.0.1", "http://hidden@host/x"]
)
def test_the_address_of_a_stand_in_holds_no_password(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """It is in the record of every file."""
    monkeypatch.setenv("ENTREPOT_BASE_URL", value)
    with pytest.raises(EntrepotError, match=r"ENTREPOT_BASE_URL is '[a-z]*://\*\*\*@.*stand-in") as caught:
        get_settings()
    assert "hid" not in str(caught.value)
