"""Backfill: what is asked for, what it costs, and that it and the ordinary runs leave each other's work alone."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from flows import forms, pipeline
from flows.cli import run_commands
from flows.errors import EntrepotError, NothingIngested
from flows.ingest.backfill import Request, estimate, planned_line, require_known
from flows.ingest.progress import Progress
from flows.ledger import Ledger, Outcome, RawFileRecord, utc_now
from flows.records import HostUse
from flows.releases.summary import duration
from flows.settings import Settings
from flows.sources.base import Partition, asked_before, widened, widened_years
from flows.steps.fetch import Plan
from flows.steps.fetching.span import Span
from flows.transport.http import Http
from flows.transport.quotas import Quotas

COMTRADE = "comtradeapi.un.org"


@pytest.mark.parametrize(
    ("first", "last", "inside", "outside"),
    [
        ("2021", "2022", ["2021", "2022-12", "202201", "2021-Q1", "2022-M03", ""], ["2020", "2023-01", "2020-Q4"]),
        ("2021-03", "2021-05", ["2021", "2021-03", "2021-05", "2021-Q2", "2021-Q1"], ["2021-02", "2021-06", "2021-Q3"]),
    ],
)
def test_a_span_goes_from_a_year_or_month_to_another(
    first: str, last: str, inside: list[str], outside: list[str]
) -> None:
    span = Span.between(first, last)
    assert all(span.touches(period) for period in inside)
    assert not any(span.touches(period) for period in outside)


@pytest.mark.parametrize(("first", "last"), [("21", "2022"), ("2021-13", "2022"), ("2022", "2021"), ("spring", "2021")])
def test_what_is_no_span_is_said_in_a_sentence(first: str, last: str) -> None:
    with pytest.raises(EntrepotError, match=r"is not a period|comes after"):
        Span.between(first, last)


def test_what_is_asked_for_takes_the_place_of_the_settings(settings: Settings) -> None:
    asked = Request(sources=("ecb",), first="1999-05", last="2001", reporters=("DEU",))
    over = asked.over(settings)
    assert (over.history_from, over.history_to, over.reporters) == (1999, 2001, ("DEU",))
    assert (over.partners, over.frequencies) == (settings.partners, settings.frequencies)
    assert Request(sources=("ecb",), first="2020").over(settings).history_to == utc_now().year
    with pytest.raises(EntrepotError, match="XXA is not a known economy"):
        Request(sources=("ecb",), first="2020", partners=("DEU", "XXA")).over(settings)


@pytest.mark.parametrize("typed", ["RUS", "rus", "RU", "Russia", "the russian federation", "Россия", "Russland", "643"])
def test_an_economy_is_taken_as_people_type_it(typed: str) -> None:
    (found,) = run_commands._economies([typed, typed], forms.Economy)
    assert found is forms.Economy["RUS"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Germny", r"'Germny' is not an economy; give its name, .* Did you mean Germany \(DEU\)"),
        ("World", "'World' is not an economy; give its name"),
        ("West Germany", r"'West Germany' \(FRG\) has no ISO 3166 code, so no publisher is asked for it"),
    ],
)
def test_what_is_no_economy_of_a_publisher_is_told(typed: str, said: str) -> None:
    with pytest.raises(EntrepotError, match=said):
        run_commands._economies(["RUS", typed], forms.Economy)


@pytest.mark.parametrize(
    ("wanted", "at_hand", "found"),
    [
        (["USD", "CNY"], None, ("CNY", "USD")),
        (["USD"], "CNY+RUB", ("CNY", "RUB", "USD")),
        (["USD"], "USD+CNY", ("CNY", "USD")),
        ([], "USD", ()),
        (["USD"], "", ()),
        ([], None, ()),
    ],
)
def test_a_partition_is_widened_and_never_narrowed(
    wanted: list[str], at_hand: str | None, found: tuple[str, ...]
) -> None:
    assert widened(wanted, at_hand) == found


@pytest.mark.parametrize(
    ("first", "last", "at_hand", "found"),
    [
        (2015, None, {}, (2015, None)),
        (2015, None, {"first": "1990", "last": "2000"}, (1990, None)),
        (1990, 2000, {"first": "2015", "last": ""}, (1990, None)),
        (1990, 2000, {"first": "1995", "last": "2005"}, (1990, 2005)),
    ],
)
def test_years_are_widened_too(
    settings: Settings, first: int, last: int | None, at_hand: dict[str, str], found: tuple[int, int | None]
) -> None:
    chosen = settings.model_copy(update={"history_from": first, "history_to": last})
    assert widened_years(chosen, at_hand) == found


def partition(key: str, source: str = "comtrade_api", requests: int = 1) -> Partition:
    host = COMTRADE if source == "comtrade_api" else "www.cbr.ru"
    url = f"https://{host}/{key}"
    return Partition(source=source, table="trade", key=key, revision="1", url=url, location=url, requests=requests)


def test_the_estimate_sets_requests_against_what_is_left_of_the_day(settings: Settings, ledger: Ledger) -> None:
    http = Http(settings, ledger)
    plan = Plan(fetch=[partition("a", requests=200), partition("b", requests=40), partition("c", "cbr")])
    Quotas(settings)._save(HostUse(host=COMTRADE, day=utc_now().date(), requests=100), "")
    comtrade, cbr = estimate(settings, http, plan)
    assert (comtrade.partitions, comtrade.requests, comtrade.sent_today, comtrade.left_today) == (2, 240, 100, 150)
    assert comtrade.is_too_much
    assert comtrade.outlook.startswith("partial today, resume after 00:00 UTC on ")
    assert (cbr.left_today, cbr.is_too_much, cbr.outlook) == (None, False, "at least 1 s")
    richer = settings.model_copy(update={"requests_per_day": (f"{COMTRADE}=10000",)})
    assert estimate(richer, Http(richer, ledger), plan)[0].left_today == 9900


def test_the_estimate_knows_a_host_that_is_closed(settings: Settings, ledger: Ledger) -> None:
    until = utc_now() + timedelta(hours=2)
    Quotas(settings).close(COMTRADE, until)
    (closed,) = estimate(settings, Http(settings, ledger), Plan(fetch=[partition("a")]))
    assert closed.outlook == f"closed, resume after {until:%H:%M} UTC on {until:%Y-%m-%d}"


def test_budgets_come_from_one_variable_and_must_be_numbers(settings: Settings) -> None:
    chosen = Settings(warehouse=settings.warehouse, requests_per_day=f"{COMTRADE}=10000, api.imf.org=50")  # type: ignore[arg-type]
    assert (chosen.budget(COMTRADE), chosen.budget("api.imf.org"), chosen.budget("www.cbr.ru")) == (10000, 50, None)
    with pytest.raises(ValueError, match="is not host=number"):
        Settings(requests_per_day=f"{COMTRADE}=many")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fetch", "kept", "said"),
    [
        (1, 0, "1 partition to fetch, 0 are here already, about 1 request"),
        (2, 1, "2 partitions to fetch, 1 is here already, about 2 requests"),
    ],
)
def test_what_a_backfill_is_about_to_do_is_counted_in_words(
    settings: Settings, ledger: Ledger, fetch: int, kept: int, said: str
) -> None:
    there = Outcome(source="comtrade_api", table="trade", partition="x", outcome="kept")
    plan = Plan(fetch=[partition(f"{number}") for number in range(fetch)], kept=[there] * kept)
    assert planned_line(plan, estimate(settings, Http(settings, ledger), plan)) == said


def test_what_a_publisher_that_was_not_reached_has_is_unknown_and_not_zero(settings: Settings, ledger: Ledger) -> None:
    broke = "The connection to api.example broke; the last good files are used."
    lost = Outcome(source="baci", table="", partition="", outcome="failed", reason=broke)
    plan = Plan(fetch=[partition("a")], unreachable=[lost])
    assert planned_line(plan, estimate(settings, Http(settings, ledger), plan)) == (
        "1 partition to fetch, 0 are here already, about 1 request. What 1 source has is not known (baci: The "
        "connection to api.example broke; the last good files are used)."
    )
    require_known(plan, "run")
    with pytest.raises(NothingIngested, match=r"Nothing could be estimated\. What 1 source has") as raised:
        require_known(Plan(unreachable=[lost]), "run")
    assert raised.value.exit_code == 3


def test_a_span_that_ends_before_it_begins_fails_the_flow_with_its_sentence(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "standing_settings", lambda: settings)
    state = pipeline.backfill.fn((), date(2020, 1, 1), date(2019, 1, 1))
    assert getattr(state, "name") == "Failed"  # noqa: B009
    assert isinstance(getattr(state, "data"), EntrepotError)  # noqa: B009


def test_progress_counts_and_tells_at_most_every_two_seconds(settings: Settings, ledger: Ledger) -> None:
    now, told = [0.0], list[str]()
    http = Http(settings, ledger)
    plan = Plan(fetch=[partition(str(number)) for number in range(4)])
    progress = Progress(plan, http, lambda percent, line: told.append(f"{percent:.0f} {line}"), clock=lambda: now[0])
    outcome = RawFileRecord(
        source="cbr", table="daily_rate", partition="x", revision="", url="", fetched_at=utc_now(), bytes=1,
        sha256="a" * 64, licence="", file_name="aaaaaaaaaaaa.xml",
    ).outcome("new")  # fmt: skip
    for seconds, kind in ((1.0, "new"), (60.0, "failed"), (61.0, "new"), (62.0, "new")):
        now[0] = seconds
        http.turns.sent[COMTRADE] += 3
        progress.after(outcome.model_copy(update={"rows": 1000, "outcome": kind}))
    assert told == [
        "25 1 of 4 partitions, 1,000 rows, 3 requests, about 3 s left",
        "50 2 of 4 partitions, 1 failed, 2,000 rows, 6 requests, about 1 min left",
        "100 4 of 4 partitions, 1 failed, 4,000 rows, 12 requests",
    ]
    assert [duration(seconds) for seconds in (3, 90, 7800)] == ["3 s", "2 min", "2 h 10 min"]


def test_what_a_partition_was_asked_for_is_remembered(settings: Settings, ledger: Ledger, tmp_path: Path) -> None:
    record = RawFileRecord(
        source="ecb", table="reference_rate", partition="2024", revision="1", url="", fetched_at=utc_now(), bytes=1,
        sha256="a" * 64, licence="", file_name="aaaaaaaaaaaa.csv", asked={"currencies": "USD"},
    )  # fmt: skip
    (tmp_path / "received").write_bytes(b"x")
    added = ledger.add_raw(record, tmp_path / "received")
    http = Http(settings, ledger)
    assert asked_before(http, "ecb", "reference_rate", "2024") == {"currencies": "USD"}
    assert asked_before(http, "ecb", "reference_rate", "2023") == {}
    ledger.restamp(added, "2", {"currencies": "CNY+USD"})
    assert asked_before(http, "ecb", "reference_rate", "2024") == {"currencies": "CNY+USD"}
