"""No key and no password in a message, a record or a log, however it is written in the address of a database."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import partial
from html import escape
from urllib.parse import quote, quote_plus

import duckdb
import httpx
import pytest
from pydantic import SecretStr

from flows import recording
from flows.cli import terminal
from flows.errors import EntrepotError
from flows.exports.postgres import serve_copy
from flows.exports.postgres_address import password_of, what_to_do
from flows.ledger import Ledger, Outcome
from flows.redaction import Redaction, redact_error, redacted, watch_logs, without
from flows.settings import Settings

# What an address holds, and everything of it that nobody may read.
ADDRESSES = [
    ("postgresql://desk:hunter2@127.0.0.1:1/trade", ["hunter2"]),
    ("postgresql://desk:tr@de-hunter2@127.0.0.1:1/trade", ["hunter2", "tr@de"]),
    ("postgresql://desk:hunter2@tail@ending@127.0.0.1:1/trade", ["hunter2", "tail", "ending"]),
    ("postgres://desk:hunter2/tail@127.0.0.1:1/trade", ["hunter2", "tail"]),
    ("postgresql://desk:hunter2/ta@il@127.0.0.1:1/trade", ["hunter2", "ta@il"]),
    ("postgresql://desk:5432/tail@127.0.0.1:1/trade", ["tail"]),
    ("postgresql://desk:hunter2?x@tail@127.0.0.1:1/trade", ["hunter2", "tail"]),
    ("postgresql://desk:hunter2", ["hunter2"]),
    ("postgresql://desk@hunter2@127.0.0.1:1/trade", ["hunter2"]),
    ("postgresql://desk:hunter:two@127.0.0.1:1/trade", ["hunter", ":two"]),
    ("postgresql://desk:hun%40ter%2Ftwo@127.0.0.1:1/trade", ["hun%40", "hun@", "ter/two", "ter%2F"]),
    ("postgresql://desk:hunter%zz@127.0.0.1:1/trade", ["hunter"]),
    ("postgresql://desk:hunter two@127.0.0.1:1/trade", ["hunter", " two"]),
    ("postgresql://desk:hunter2@[::1/trade", ["hunter2"]),
    ("postgresql://desk@127.0.0.1:1/trade?password=hunter@two", ["hunter", "@two"]),
    ("postgresql://desk:hunter2@127.0.0.1:1/trade?sslmode=hunter2", ["hunter2"]),
    ("host=127.0.0.1 port=1 user=desk password=hunter@two", ["hunter", "@two"]),
    ("host=127.0.0.1 port=1 user=desk password='hunter two' sslmode=odd", ["hunter", " two"]),
    ("host=127.0.0.1 port=1 user=desk password=hunter two", ["hunter", '"two"']),
    ("host=127.0.0.1 password='it''s hunter2'", ["hunter2"]),
    ("desk:hunter2@127.0.0.1:1/trade", ["hunter2"]),
    ("hunter2", ["hunter2"]),
]


@pytest.fixture
def release(settings: Settings) -> Settings:
    (settings.releases / "one").mkdir(parents=True)
    duckdb.connect(str(settings.releases / "one" / "trade.duckdb")).close()
    return settings


@pytest.mark.parametrize(("dsn", "hidden"), ADDRESSES)
def test_a_copy_that_fails_says_so_without_any_part_of_the_password(
    release: Settings, dsn: str, hidden: list[str]
) -> None:
    with pytest.raises(EntrepotError) as refused:
        serve_copy(release, "one", dsn)
    told = [str(refused.value), repr(refused.value.__cause__), repr(refused.value.__context__ or "")]
    assert "PostgreSQL" in told[0]
    assert [part for part in hidden if part in told[0] + told[1]] == []


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("connection failed: fe_sendauth: no password supplied", "Put the password into ~/.pgpass"),
        ('FATAL: password authentication failed for user "desk"', "Correct the user or the password"),
        ('FATAL: database "nowhere" does not exist', "Create what is missing on the server"),
        ("failed to resolve host 'nowhere': Name or service not known", "Correct the host"),
    ],
)
def test_a_copy_that_fails_says_what_to_do(said: str, advice: str) -> None:
    assert what_to_do(said).startswith(f" {advice}")
    assert what_to_do("canceling statement due to lock timeout") == ""


def test_a_copy_without_a_server_says_to_start_it(release: Settings) -> None:
    with pytest.raises(
        EntrepotError, match=r"as it was\. Start the server, or correct host and port in the address\.$"
    ):
        serve_copy(release, "one", "postgresql://desk@127.0.0.1:1/trade")


def test_an_address_that_can_be_right_is_read() -> None:
    for dsn, password in {
        "postgresql://desk:p%40ss@host:5432/trade": "p@ss",
        "postgresql://desk:a:b#c]@[::1]:5432/trade": "a:b#c]",
        "postgresql://desk@host-1.example.org,host-2:5432/trade?sslmode=require": None,
        "host=/var/run/postgresql dbname=a@b password='it\\'s'": "it's",
        "postgresql://desk:pw@%2Fvar%2Frun%2Fpostgresql/trade": "pw",
        "": None,
    }.items():
        assert password_of(dsn) == password


@pytest.mark.parametrize(
    ("name", "value", "hidden"),
    [
        ("PREFECT_API_URL", "https://desk:hunter2@prefect.example.org/api", "hunter2"),
        ("PREFECT_API_AUTH_STRING", "desk:hunter:2", "hunter:2"),
        ("PREFECT_SERVER_API_AUTH_STRING", "desk:hunter2", "hunter2"),
        ("PREFECT_API_KEY", "pnu_hunter2", "pnu_hunter2"),
        ("PREFECT_SERVER_DATABASE_CONNECTION_URL", "postgresql+asyncpg://desk:hunter2@db/prefect", "hunter2"),
        ("PREFECT_API_DATABASE_PASSWORD", "hunter2", "hunter2"),
        ("https_proxy", "http://desk:hunter%202@proxy.example.org:3128", "hunter 2"),
        ("ALL_PROXY", "socks5://desk:hunter2@proxy.example.org", "hunter2"),
    ],
)
def test_no_key_or_password_of_a_tool_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str, value: str, hidden: str
) -> None:
    """That of an address of a Prefect server was: "No Prefect server answers at ..."."""
    monkeypatch.setenv(name, value)
    for text in (value, hidden):
        said = redacted(settings, f"Nobody answers at {text}, as desk.")
        assert hidden not in said
        assert said.startswith("Nobody answers at ")
        assert said.endswith(", as desk.")


@pytest.fixture
def guarded(settings: Settings) -> Settings:
    dsn = SecretStr("postgresql://desk:hun%20ter@tail@db.example.org/trade")
    return settings.model_copy(update={"postgres": dsn, "comtrade_key": SecretStr("k/e+y=1234567")})


SAID = (
    "postgresql://desk:hun%20ter@tail@db.example.org/trade, hun%20ter@tail, hun ter, tail; k/e+y=1234567, "
    "k%2Fe%2By%3D1234567"
)
PARTS = ("hun%20", "hun ter", "tail", "1234567")


def test_every_form_of_a_secret_is_blanked_and_nothing_else(guarded: Settings) -> None:
    assert not [part for part in PARTS if part in redacted(guarded, SAID)]
    assert redacted(guarded, "The trade of db.example.org") == "The trade of db.example.org"
    short = guarded.model_copy(update={"postgres": SecretStr("postgresql://desk:a@host/trade")})
    assert redacted(short, "a database at hand") == "a database at hand", "a blank for every a would tell the password"


@pytest.mark.parametrize("spell", [str, partial(quote, safe=""), quote_plus, escape, lambda key: json.dumps(key)[1:-1]])
@pytest.mark.parametrize("key", ["k/e+y=100%", 'a "b"\\', "é漢 &c.", "%25%"])
def test_a_secret_is_blanked_whole_whoever_spells_it(key: str, spell: Callable[[str], str]) -> None:
    assert without(f"<{spell(key)}>", [key]) == "<***>"


def test_a_record_holds_none(guarded: Settings) -> None:
    ledger = Ledger(guarded)
    with ledger.writing():
        run = ledger.start("run", {}, "")
        run.notices.append(f"The copy failed: {SAID}")
        failed = Outcome(source="s", table="t", partition="p", outcome="failed", reason=SAID, notice=SAID)
        run.outcomes.append(failed)
        ledger.finish(run, "failed", SAID)
    text = (guarded.runs / f"{run.run_id}.json").read_text(encoding="utf-8")
    assert not [part for part in PARTS if part in text]


def test_a_log_holds_none_nor_its_tracebacks(guarded: Settings, caplog: pytest.LogCaptureFixture) -> None:
    watch_logs(guarded, "entrepot")
    log = logging.getLogger("entrepot")
    try:
        log.warning("failed: %s", SAID)
        try:
            try:
                raise ValueError(SAID)
            except ValueError as error:
                raise RuntimeError(f"because of {SAID}") from error
        except RuntimeError:
            log.exception("failed")
    finally:
        log.filters[:] = [each for each in log.filters if not isinstance(each, Redaction)]
    assert "because of" in caplog.text
    assert not [part for part in PARTS if part in caplog.text]


def test_a_log_has_of_a_refusal_its_sentence_and_of_anything_else_the_traceback(
    guarded: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    watch_logs(guarded, "entrepot")
    log = logging.getLogger("entrepot")
    try:
        for error in (EntrepotError("There is no such file."), ValueError("odd")):
            try:
                raise error
            except Exception:
                log.exception("Engine execution exited with unexpected exception")
    finally:
        log.filters.clear()
    refused, fault = caplog.records
    assert (refused.getMessage(), refused.exc_info) == ("There is no such file.", None)
    assert (fault.getMessage(), fault.exc_info is None) == ("Engine execution exited with unexpected exception", False)


def test_an_error_that_is_raised_on_holds_none(guarded: Settings) -> None:
    error = EntrepotError(SAID)
    error.__cause__ = ValueError(SAID, 3)
    redact_error(guarded, error)
    assert not [part for part in PARTS if part in f"{error} {error.__cause__!r}"]
    assert error.__cause__.args[1] == 3


def test_a_flow_that_fails_shows_none(guarded: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "describe", lambda settings, run, kind: None)
    ledger = Ledger(guarded)

    def fail(error: Exception) -> None:
        raise error

    monkeypatch.setattr(recording, "standing_settings", lambda: guarded)
    states = [
        recording.recorded(ledger, "run", lambda run: fail(EntrepotError(SAID))),
        recording.unrecorded(lambda ledger: str(fail(EntrepotError(SAID)))),
        recording.refused(guarded, EntrepotError(SAID)),
    ]
    shown = [getattr(state, "message") for state in states]  # noqa: B009  called a text for those who call the flow
    with pytest.raises(ValueError) as unexpected:
        recording.recorded(ledger, "run", lambda run: fail(ValueError(SAID)))
    shown += [str(unexpected.value), *(run.message for run in ledger.runs())]
    assert len(shown) == 6
    assert not [part for part in PARTS if part in " ".join(shown)]


def test_a_complaint_holds_none(
    guarded: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("flows.settings._in_use", [guarded])
    terminal.complain(SAID)
    said = " ".join(capsys.readouterr().err.split())
    assert "db.example.org" not in said.partition("***")[0]
    assert not [part for part in PARTS if part in said]


@pytest.mark.parametrize("key", ["0a1b2c3d4e5f ", "k3y with space9", 'k3y"&<9>', "kéy/9+=~"])
def test_a_key_is_blanked_however_an_answer_spells_it(settings: Settings, key: str) -> None:
    owned = settings.model_copy(update={"comtrade_key": SecretStr(key)})
    spelt = [key, quote(key), quote_plus(key), str(httpx.URL("http://a", params={"k": key}).query, "ascii")[2:]]
    for form in (*spelt, escape(key), json.dumps(key)):
        said = redacted(owned, f"401: ?subscription-key={form}&x=1")
        assert "***" in said
        assert key.strip()[:3] not in said


def test_a_key_is_taken_without_the_blanks_it_was_pasted_with() -> None:
    assert Settings(comtrade_key=SecretStr(" abc\n")).key("comtrade") == "abc"
