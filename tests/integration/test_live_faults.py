"""Every fault of a publisher against every live source: one clear sentence, the right state, nothing half-landed,
and the next run completes. The publishers are the stand-in on loopback; a new source joins by a line in CASES.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from flows.contracts import load_contracts
from flows.ledger import Outcome
from flows.settings import Settings
from flows.steps import land
from flows.steps.fetching.span import Span
from standin.control import KINDS
from standin.server import StandIn
from tests.live import LITTLE, current_of, live_run, open_again

KEY = "the key of these tests"


@dataclass(frozen=True)
class Case:
    """One live source, asked for as little as will do.

    `data` is part of the address of its data requests. `sentences` are its own words for faults it meets in its own
    way, `spared` faults that cannot strike it. `damages` are faults inside a good answer: kind, options, sentence;
    `harmless` those after which the right rows land all the same. `excused` are those its format cannot
    have. `suite` has the damages that are not here.
    """

    source: str
    data: str
    settings: dict[str, Any] = field(default_factory=dict)
    span: Span | None = None
    sentences: dict[str, str] = field(default_factory=dict)
    spared: tuple[str, ...] = ()
    damages: tuple[tuple[str, dict[str, Any], str], ...] = ()
    harmless: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()
    suite: str = ""


# Faults inside a good answer that most sources meet in the same words.
TWICE: tuple[str, dict[str, Any], str] = ("duplicate_page", {}, "duplicate key")
CUT_OFF: tuple[str, dict[str, Any], str] = ("silent_cap", {"rows": 5}, "is taken for a cut-off file")
IN_UTF_16: tuple[str, dict[str, Any], str] = ("wrong_charset", {}, "is written in UTF-16")
COMTRADE: dict[str, Any] = {"reporters": ("KAZ",), "comtrade_key": SecretStr(KEY)}
CASES = [
    Case(
        "ecb",
        "/service/data/EXR",
        damages=(
            ("retyped", {"column": "OBS_VALUE"}, "not a decimal(18,8)"),
            ("missing_column", {"column": "OBS_VALUE"}, "the columns OBS_VALUE of ecb.reference_rate are missing"),
            TWICE,
            CUT_OFF,
            IN_UTF_16,
        ),
    ),
    Case(
        "cbr",
        "XML_dynamic",
        damages=(
            ("retyped", {}, "not a decimal(18,8)"),
            ("missing_column", {"column": "Value"}, "value is missing"),
            TWICE,
            CUT_OFF,
        ),
        harmless=("wrong_charset",),  # no letter outside ASCII is in it
    ),
    Case(
        "world_bank",
        "per_page=1000",
        sentences={"empty": "is not what it documents"},
        damages=(
            ("retyped", {"column": "value"}, "not a decimal(28,6)"),
            ("missing_column", {"column": "value"}, "is not the json"),
            ("duplicate_page", {}, "records where the World Bank counts"),
            ("silent_cap", {"rows": 5}, "records where the World Bank counts"),
            ("wrong_charset", {}, "is not what it documents"),
        ),
    ),
    Case(
        "imf_imts",
        "/data/IMF.STA",
        sentences={"empty": "The IMF answers with no row for A-CHN"},
        damages=(
            ("retyped", {"column": "OBS_VALUE"}, "not a decimal"),
            ("missing_column", {"column": "OBS_VALUE"}, "the columns OBS_VALUE of imf_imts.partner_trade are missing"),
            TWICE,
            CUT_OFF,
            IN_UTF_16,
        ),
    ),
    Case(
        "comtrade_api",
        "/data/v1/get/",
        COMTRADE,
        sentences={"empty": "answer is not JSON"},
        damages=(
            ("retyped", {"column": "primaryValue"}, "not a decimal"),
            ("missing_column", {"column": "primaryValue"}, "primaryValue of comtrade_api.trade are missing"),
            ("duplicate_page", {"after": 1}, "rows and sent"),
            ("silent_cap", {"rows": 5, "after": 1}, "rows and sent 5"),
            ("wrong_charset", {}, "is not JSON"),
        ),
    ),
    Case(
        "comtrade_bulk",
        "/bulk/v1/file",
        COMTRADE,
        damages=(
            ("retyped", {"column": "primaryValue"}, "not a decimal"),
            ("missing_column", {"column": "primaryValue"}, "are missing"),
            TWICE,
            CUT_OFF,
            IN_UTF_16,
        ),
    ),
    Case(
        "gacc",
        "-",
        {"history_from": 2024, "history_to": 2024},
        Span.between("2024-01", "2024-02"),
        sentences={"html": "is not that of"},
        damages=(
            ("retyped", {}, "has 'n/a' where a number belongs"),
            ("missing_column", {"column": "3"}, ""),
            TWICE,
            ("silent_cap", {"rows": 3}, ""),
        ),
        harmless=("wrong_charset",),
    ),
    Case(
        "gacc_bulletin",
        "-",
        {"history_from": 2024, "history_to": 2024},
        Span.between("2024-01", "2024-02"),
        sentences={"html": "is not that of"},
        damages=(
            ("retyped", {}, "has 'n/a' where a number belongs"),
            ("missing_column", {"column": "3"}, ""),
            ("duplicate_page", {}, ""),
            ("silent_cap", {"rows": 3}, ""),
        ),
        harmless=("wrong_charset",),  # the page is read by its byte order mark
    ),
    Case(
        "baci",
        ".zip",
        sentences={"truncated_gzip": "sends no parts of its files", "empty": "is not a whole zip archive"},
        spared=("quota",),  # CEPII grants no calls: a 403 is a refusal like others
        suite="test_live_baci",
    ),
    Case(
        "comext",
        ".de..",
        {"comext_reporters": ("DEU",)},
        sentences={"empty": "is cut short"},
        suite="test_live_comext",
    ),
]
BY_NAME = {case.source: case for case in CASES}
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "rate_limit": ({}, "too many requests (429)"),
    "quota": ({}, "partial, resume after"),
    "status": ({"status": 500}, "out of order (500)"),
    "html": ({}, "web page"),
    "truncated_gzip": ({}, "cut off"),
    "cut": ({"at": 0}, "broke"),
    "reset": ({}, "broke"),
    "slow": ({"seconds": 8}, "was silent for 0.3 s"),
    "revoked_key": ({}, "does not accept the subscription key (401)"),
    "empty": ({}, "is empty; nothing was taken from it"),
}
PLANNING = ("status", "html", "reset", "quota")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty landed.duckdb with all its tables, made once."""
    settings = Settings(warehouse=tmp_path_factory.mktemp("prepared"))
    land.prepare(settings)
    return settings.landed


def chosen(case: Case, warehouse: Path, standin: StandIn, prepared: Path) -> Settings:
    """A warehouse of one's own, and the settings for `case`."""
    warehouse.mkdir(parents=True)
    shutil.copy(prepared, warehouse)
    return Settings(warehouse=warehouse).model_copy(
        update={**LITTLE, "stand_in": standin.url, "history_from": 2022, "history_to": 2022, **case.settings}
    )


@pytest.fixture
def choose(standin: StandIn, prepared: Path, tmp_path: Path) -> Iterator[Callable[[Case], Settings]]:
    """The settings for a case in a warehouse of this test, whose landed.duckdb stays open: to open it takes longer than
    to land what is asked for here."""
    with ExitStack() as opened:

        def choose(case: Case) -> Settings:
            settings = chosen(case, tmp_path / "warehouse", standin, prepared)
            opened.enter_context(land.landed(settings))
            return settings

        yield choose


def run(case: Case, settings: Settings) -> list[Outcome]:
    return live_run(settings, [case.source], case.span).outcomes


def tables(case: Case, settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    names = {table.name: table.landed_name for table in load_contracts(settings.contracts)[case.source].tables}
    return dict(zip(names, current_of(settings, names.values()), strict=True))


@pytest.fixture(scope="module")
def whole(running: StandIn, prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Case], Any]:
    """What a source lands without a fault, found out once."""

    @cache
    def of(name: str) -> dict[str, list[tuple[Any, ...]]]:
        running.office.control.reset()
        settings = chosen(BY_NAME[name], tmp_path_factory.mktemp("whole") / "warehouse", running, prepared)
        outcomes = run(BY_NAME[name], settings)
        assert {outcome.outcome for outcome in outcomes} == {"new"}, outcomes
        return tables(BY_NAME[name], settings)

    return lambda case: of(case.source)


def require_one_sentence_each(case: Case, outcomes: list[Outcome], kind: str, sentence: str) -> list[Outcome]:
    """The partitions that were struck, each in the right state and with the sentence; there is one at least."""
    struck = [outcome for outcome in outcomes if outcome.outcome not in ("new", "kept", "revised")]
    assert struck, outcomes
    assert {outcome.outcome for outcome in struck} == {"waiting" if kind == "quota" else "failed"}
    for outcome in struck:
        assert sentence in outcome.reason, outcome.reason
        assert outcome.reason.strip() == outcome.reason != ""
        assert "\n" not in outcome.reason
        assert "Traceback" not in outcome.reason
        assert KEY not in outcome.reason
        assert not outcome.stops_run
    return struck


def complete(case: Case, settings: Settings, standin: StandIn, whole: Callable[[Case], Any]) -> None:
    """The next run, after the fault, ends with what a run without faults ends with."""
    standin.office.control.reset()
    for host in load_contracts(settings.contracts)[case.source].hosts:
        open_again(settings, host)
    assert {outcome.outcome for outcome in run(case, settings)} <= {"new", "revised", "kept"}
    assert tables(case, settings) == whole(case)


@pytest.mark.parametrize(
    ("name", "kind"), [(case.source, kind) for case in CASES for kind in FAULTS if kind not in case.spared]
)
def test_a_fault_leaves_a_sentence_and_nothing_half_landed_and_the_next_run_completes(
    standin: StandIn, choose: Callable[[Case], Settings], whole: Callable[[Case], Any], name: str, kind: str
) -> None:
    case, (options, sentence) = BY_NAME[name], FAULTS[kind]
    settings = choose(case)
    standin.office.control.add_fault({"kind": kind, "match": case.data, "times": 0, **options})
    hurried = settings.model_copy(update={"http_timeout_seconds": 0.3}) if kind == "slow" else settings
    struck = require_one_sentence_each(case, run(case, hurried), kind, case.sentences.get(kind, sentence))
    landed = {outcome.table for outcome in struck} & {name for name, rows in tables(case, settings).items() if rows}
    assert not landed, "nothing of what was struck"
    assert not list(settings.raw.glob(".receiving-*"))
    complete(case, settings, standin, whole)


@pytest.mark.parametrize("kind", PLANNING)
@pytest.mark.parametrize("name", [case.source for case in CASES if case.source not in ("ecb", "cbr")])
def test_a_source_that_cannot_say_what_it_has_says_why_and_the_next_run_completes(
    standin: StandIn, choose: Callable[[Case], Settings], whole: Callable[[Case], Any], name: str, kind: str
) -> None:
    case, (options, sentence) = BY_NAME[name], FAULTS[kind]
    settings = choose(case)
    host = load_contracts(settings.contracts)[name].hosts[0]
    standin.office.control.add_fault({"kind": kind, "match": host, "times": 0, **options})
    outcomes = run(case, settings)
    own_words = (name, kind) in (("gacc", "html"), ("gacc_bulletin", "html"), ("baci", "quota"))
    require_one_sentence_each(case, outcomes, kind, "" if own_words else sentence)
    assert [(outcome.source, outcome.partition) for outcome in outcomes] == [(name, "")]
    complete(case, settings, standin, whole)


@pytest.mark.parametrize(
    ("name", "kind", "options", "sentence"),
    [(case.source, *damage) for case in CASES for damage in case.damages],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_damaged_data_is_refused_the_last_good_file_stands_in_and_it_is_fetched_again(
    standin: StandIn,
    choose: Callable[[Case], Settings],
    whole: Callable[[Case], Any],
    name: str,
    kind: str,
    options: dict[str, Any],
    sentence: str,
) -> None:
    case = BY_NAME[name]
    settings = choose(case)
    run(case, settings)
    for path in (settings.raw / name).rglob("*.json"):  # as if each had been revised upstream
        if path.name.count(".") == 1:
            path.write_text(path.read_text().replace('"revision": "', '"revision": "older '), encoding="utf-8")
    standin.office.control.add_fault({"kind": kind, "match": case.data, "times": 0, **options})
    require_one_sentence_each(case, run(case, settings), kind, sentence)
    assert tables(case, settings) == whole(case), "the last good files stand in"
    complete(case, settings, standin, whole)


@pytest.mark.parametrize("name", BY_NAME)
def test_a_storm_that_strikes_every_other_request_is_not_even_noticed(
    standin: StandIn, choose: Callable[[Case], Settings], whole: Callable[[Case], Any], name: str
) -> None:
    case = BY_NAME[name]
    settings = choose(case).model_copy(update={"http_tries": 8})
    for number, kind in enumerate(("rate_limit", "status", "reset")):
        standin.office.control.add_fault({"kind": kind, "match": "", "times": 3, "every": 2, "after": number})
    assert {outcome.outcome for outcome in run(case, settings)} == {"new"}
    assert tables(case, settings) == whole(case)


def test_the_other_publishers_go_on_when_one_is_down(standin: StandIn, choose: Callable[[Case], Settings]) -> None:
    settings = choose(CASES[0])
    standin.office.control.add_fault({"kind": "reset", "match": "www.cbr.ru", "times": 0})
    outcomes = live_run(settings, ["ecb", "cbr", "world_bank"]).outcomes
    assert {(outcome.source, outcome.outcome) for outcome in outcomes} == {
        ("ecb", "new"), ("cbr", "failed"), ("world_bank", "new"),
    }  # fmt: skip


@pytest.mark.parametrize(("name", "kind"), [(case.source, kind) for case in CASES for kind in case.harmless])
def test_a_harmless_fault_changes_nothing(
    standin: StandIn, choose: Callable[[Case], Settings], whole: Callable[[Case], Any], name: str, kind: str
) -> None:
    case = BY_NAME[name]
    settings = choose(case)
    standin.office.control.add_fault({"kind": kind, "match": case.data, "times": 0})
    assert {outcome.outcome for outcome in run(case, settings)} == {"new"}
    assert tables(case, settings) == whole(case)


ELSEWHERE = {"comtrade_reference": "test_live_comtrade", "census": "test_live_census"}
"""Live sources whose faults have a suite of their own."""
ASKED_OF_ALL = set(KINDS) - {"new_column", "echo"}  # the one is a notice, the other gives a key away: tested elsewhere


def test_no_live_source_forgets_a_fault() -> None:
    live = {name for name, source in load_contracts(Settings().contracts).items() if source.hosts}
    assert live == {*BY_NAME, *ELSEWHERE}
    forgotten = {name: sorted(set(untold(suite, ASKED_OF_ALL))) for name, suite in ELSEWHERE.items()}
    for case in CASES:
        here = {*(set(FAULTS) - set(case.spared)), *(kind for kind, _, _ in case.damages), *case.harmless}
        missing = ASKED_OF_ALL - here - set(case.spared) - set(case.excused)
        forgotten[case.source] = sorted(untold(case.suite, missing) if case.suite else missing)
    assert {name: kinds for name, kinds in forgotten.items() if kinds} == {}


def untold(suite: str, kinds: set[str]) -> set[str]:
    """Kinds of fault a suite of its own does not name."""
    text = (Path(__file__).parent / f"{suite}.py").read_text(encoding="utf-8")
    return {kind for kind in kinds if f'"{kind}"' not in text}
