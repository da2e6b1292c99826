"""A setting that cannot be used is said in a sentence: which variable, which value, what it should be."""

from __future__ import annotations

import pytest

from flows import settings
from flows.errors import EntrepotError
from flows.settings import get_settings


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
