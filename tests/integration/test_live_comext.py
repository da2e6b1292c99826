"""Eurostat Comext from the stand-in: the truth to the last unit in landed rows and in the warehouse, only what changed
again, each fault, and the files a person brings.
"""

from __future__ import annotations

import gzip
import zipfile
from typing import Any

import pytest

from flows.errors import EntrepotError
from flows.ledger import Ledger, Outcome
from flows.settings import Settings
from flows.sources import comext
from flows.steps import fetch, land
from flows.transport.http import Http
from standin.comext import packed
from standin.server import StandIn
from tests.live import NOBODY, landing, open_again

HOST = "ec.europa.eu"
MODES = ("sdmx", "bulk")
PARTS = {"sdmx": {"M-DE-2024", "M-FR-2024"}, "bulk": {"202404", "202405"}}
DATA = {"sdmx": f"{HOST}/eurostat/api/comext/dissemination/sdmx/2.1/data/DS-045409/M.", "bulk": "full_v2_202405.7z"}


def asking(settings: Settings, standin: StandIn, mode: str = "sdmx", **more: object) -> Settings:
    """Germany and France in 2024, months only."""
    wanted: dict[str, object] = {
        "stand_in": standin.url, "comext_mode": mode, "reporters": ("CHN", "DEU", "FRA"), "history_from": 2024,
        "history_to": 2024, "frequencies": ("M",), "http_tries": 2, "http_backoff_seconds": 0.0,
        "http_timeout_seconds": 5.0,
    }  # fmt: skip
    return settings.model_copy(update=wanted | more)


@pytest.fixture(params=MODES)
def live(request: pytest.FixtureRequest, settings: Settings, standin: StandIn) -> Settings:
    return asking(settings, standin, request.param)


def ingest(settings: Settings, *sources: str) -> list[Outcome]:
    """One run up to landing, of two months where they are files; the outcomes, of a source not reached too."""
    return landing(
        settings,
        sources or ["comext"],
        wanted=lambda part: part.table != "bulk" or part.is_dropped or part.key in PARTS["bulk"],
    )


def changed(outcomes: list[Outcome]) -> dict[str, set[str]]:
    kinds: dict[str, set[str]] = {}
    for outcome in outcomes:
        kinds.setdefault(outcome.outcome, set()).add(outcome.partition)
    return kinds


def rows(settings: Settings, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with land.landed(settings, read_only=True) as con:
        return con.execute(sql, list(values)).fetchall()


def current(settings: Settings) -> list[tuple[Any, ...]]:
    """Rows and sum of the current files of each table."""
    return rows(
        settings,
        "select 'trade', count(*), sum(obs_value) from raw.comext__trade semi join (from raw.file where is_current) "
        "using (file_id) union all "
        "select 'bulk', count(*), sum(value_eur) from raw.comext__bulk semi join (from raw.file where is_current) "
        "using (file_id) order by 1",
    )


def test_what_the_api_answers_lands_as_it_is_to_the_last_unit(settings: Settings, standin: StandIn) -> None:
    asked = asking(settings, standin)
    assert changed(ingest(asked)) == {"new": PARTS["sdmx"]}
    truth = standin.office.truth("comext")["comext"]
    landed = rows(
        asked,
        """
        select reporter || '|' || replace(time_period, '-', ''),
            sum(obs_value) filter (where product = 'TOTAL' and flow = '2' and indicators = 'VALUE_IN_EUROS'),
            sum(obs_value) filter (where product = 'TOTAL' and flow = '1' and indicators = 'VALUE_IN_EUROS'),
            100 * sum(obs_value) filter (where product = 'TOTAL' and flow = '1' and indicators = 'QUANTITY_IN_100KG'),
            count(*) filter (where product = 'TOTAL' and indicators = 'VALUE_IN_EUROS'),
            count(*) filter (where product <> 'TOTAL' and indicators = 'VALUE_IN_EUROS')
        from raw.comext__trade
        where freq = 'M' and length(partner) = 2
        group by all
        """,
    )
    names = ("X_eur", "M_eur", "M_kg", "totals", "chapters")
    expected = {key: tuple(entry[name] for name in names) for key, entry in truth.items() if key[:2] in ("DE", "FR")}
    assert {key: tuple(map(int, found)) for key, *found in landed} == {k: v for k, v in expected.items() if "2024" in k}


def test_what_the_bulk_files_hold_lands_as_it_is_to_the_last_unit(settings: Settings, standin: StandIn) -> None:
    asked = asking(settings, standin, "bulk")
    assert changed(ingest(asked)) == {"new": PARTS["bulk"]}
    truth = standin.office.truth("comext")["comext"]
    landed = rows(
        asked,
        """
        select reporter || '|' || period, count(*),
            count(distinct partner || product_nc || flow) filter (where length(product_nc) = 8),
            sum(value_eur) filter (where length(product_nc) = 8 and flow = '2'),
            sum(value_eur) filter (where length(product_nc) = 8 and flow = '1'),
            sum(quantity_kg) filter (where length(product_nc) = 8 and flow = '2')
        from raw.comext__bulk
        group by all
        """,
    )
    names = ("dat_rows", "cells", "X_eur", "M_eur", "X_kg")
    expected = {key: tuple(entry[name] for name in names) for key, entry in truth.items() if key[3:] in PARTS["bulk"]}
    assert {key: tuple(map(int, found)) for key, *found in landed} == expected
    stored = next(path for path in (asked.raw / "comext" / "bulk" / "202405").iterdir() if path.suffix == ".7z")
    assert stored.read_bytes()[:2] == b"7z", "the raw store keeps the bytes as received"


def test_the_second_run_asks_for_no_data_and_a_revision_is_fetched_alone(live: Settings, standin: StandIn) -> None:
    ingest(live)
    before = len(standin.office.control.log)
    assert changed(ingest(live)) == {"kept": PARTS[live.comext_mode]}
    (asked,) = standin.office.control.log[before:]
    if live.comext_mode == "bulk":
        assert asked["query"]["dir"] == "comext/COMEXT_DATA/PRODUCTS"
    else:
        assert ".DE+FR.WORLD+EXT_EU27_2020.TOTAL.." in asked["path"], "the totals that stand for the content"
    standin.office.world.revise("comext", "DE", "202405")
    revised = {"M-DE-2024"} if live.comext_mode == "sdmx" else {"202405"}
    assert changed(ingest(live)) == {"kept": PARTS[live.comext_mode] - revised, "revised": revised}
    column, table = ("obs_value", "trade") if live.comext_mode == "sdmx" else ("value_eur", "bulk")
    may = (
        "time_period = '2024-05' and product = '87'"
        if live.comext_mode == "sdmx"
        else "period = '202405' and product_nc = '87'"
    )
    vintages = rows(
        live,
        f"select is_current, sum({column}) from raw.comext__{table} join raw.file using (file_id) "
        f"where reporter = 'DE' and partner = 'CN' and flow = '2' and {may} group by all order by 1",
    )
    assert [is_current for is_current, _ in vintages] == [False, True]
    assert round(float(vintages[1][1] / vintages[0][1]), 2) == 1.05


def test_more_products_are_asked_for_and_fewer_lose_nothing(settings: Settings, standin: StandIn) -> None:
    few = asking(settings, standin, comext_products=("27",), comext_reporters=("DEU",))
    assert changed(ingest(few)) == {"new": {"M-DE-2024"}}
    more = few.model_copy(update={"comext_products": ("87",), "partners": ()})
    assert changed(ingest(more)) == {"revised": {"M-DE-2024"}}
    assert rows(more, "select distinct product from raw.comext__trade join raw.file using (file_id) where is_current "
                "order by 1") == [("27",), ("87",)]  # fmt: skip
    assert changed(ingest(few)) == {"kept": {"M-DE-2024"}}


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("rate_limit", {}, "too many requests"),
    ("quota", {}, "partial, resume after"),
    ("status", {"status": 500}, "out of order (500)"),
    ("status", {"status": 404}, "refuses the request (404)"),
    ("html", {}, "web page"),
    ("cut", {}, "broke"),
    ("reset", {}, "broke"),
    ("slow", {"seconds": 10}, "was silent for 0.3 s"),
    ("empty", {}, ""),
]
DAMAGES: list[tuple[str, dict[str, Any], str]] = [
    ("wrong_charset", {}, "is written in UTF-16"),
    ("retyped", {"column": "OBS_VALUE"}, "not a decimal(18,3)"),
    ("missing_column", {"column": "OBS_VALUE"}, "OBS_VALUE of comext.trade are missing"),
    ("duplicate_page", {}, "duplicate key"),
    ("silent_cap", {"rows": 2000}, "cut short"),
]


def complete_again(live: Settings, standin: StandIn) -> None:
    """The next run, after the fault, ends with what a run without faults ends with."""
    standin.office.control.reset()
    open_again(live, HOST)
    assert set(changed(ingest(live))) <= {"new", "revised", "kept"}
    clean = live.model_copy(update={"warehouse": live.warehouse.parent / "clean"})
    ingest(clean)
    assert current(live) == current(clean)


@pytest.mark.parametrize(("kind", "options", "sentence"), FAULTS, ids=lambda value: str(value)[:24])
def test_a_fault_leaves_a_sentence_and_nothing_half_landed_and_the_next_run_completes(
    live: Settings, standin: StandIn, kind: str, options: dict[str, Any], sentence: str
) -> None:
    if (kind, live.comext_mode) == ("slow", "bulk"):
        pytest.skip("a file that comes in pieces is taken up where it was left, so slowness alone does not lose it")
    quick = live.model_copy(update={"http_timeout_seconds": 0.3 if kind == "slow" else 5.0})
    standin.office.control.add_fault({"kind": kind, "match": DATA[live.comext_mode], "times": 0, **options})
    bad = [outcome for outcome in ingest(quick) if outcome.outcome in ("failed", "waiting")]
    assert bad
    assert not any(outcome.stops_run for outcome in bad)
    assert all(sentence in outcome.reason and "\n" not in outcome.reason for outcome in bad), bad
    names = {outcome.partition for outcome in bad}
    held = {name for (name,) in rows(quick, "select partition_key from raw.file where is_current")}
    assert not names & held
    complete_again(quick.model_copy(update={"http_timeout_seconds": 5.0}), standin)


@pytest.mark.parametrize(("kind", "options", "sentence"), DAMAGES, ids=lambda value: str(value)[:24])
def test_a_damaged_answer_is_refused_and_the_last_good_one_stands_in(
    settings: Settings, standin: StandIn, kind: str, options: dict[str, Any], sentence: str
) -> None:
    live = asking(settings, standin, comext_reporters=("DEU",))
    ingest(live)
    before = current(live)
    standin.office.world.revise("comext", "DE", "202405")
    standin.office.control.add_fault({"kind": kind, "match": f"{DATA['sdmx']}DE..", "times": 0, **options})
    (bad,) = ingest(live)
    assert (bad.outcome, bad.stops_run) == ("failed", False)
    assert sentence in bad.reason, bad.reason
    assert current(live) == before
    complete_again(live, standin)


def test_a_new_column_is_news_and_kept_in_raw(settings: Settings, standin: StandIn) -> None:
    live = asking(settings, standin, comext_reporters=("DEU",))
    fault = {"kind": "new_column", "match": f"{DATA['sdmx']}DE..", "times": 0, "column": "EXTRA"}
    standin.office.control.add_fault(fault)
    (outcome,) = ingest(live)
    assert outcome.outcome == "new"
    assert "EXTRA" in outcome.notice


def test_a_damaged_archive_never_reaches_the_raw_store(settings: Settings, standin: StandIn) -> None:
    live = asking(settings, standin, "bulk", history_from=2024)
    good = packed("full_202405.dat", standin.office.publishers[HOST].dat("202405").encode())  # type: ignore[attr-defined]
    part = next(part for part in comext.partitions(live, None, Http(live, Ledger(live))) if part.key == "202405")
    for content, sentence in ((good[: len(good) // 2], "cut off or damaged"), (b"no archive", "cut off or damaged")):
        path = live.inbox / "full_v2_202405.7z"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        (stranger,) = fetch.plan(live, Ledger(live), http=Http(live, Ledger(live))).unrecognised
        assert "cannot be read" in stranger.reason
        with pytest.raises(EntrepotError, match=sentence):
            fetch._check_transport(part, path, len(content), "csv")
    assert not live.raw.exists() or not list(live.raw.rglob("*.7z"))


def test_an_extraction_that_is_too_big_says_what_to_do(settings: Settings, standin: StandIn) -> None:
    live = asking(settings, standin, comext_products=())
    standin.office.control.add_fault({"kind": "status", "status": 500, "match": "never"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("standin.comext.MOST_ROWS", 1000)
        outcomes = ingest(live)
    assert {outcome.outcome for outcome in outcomes} == {"failed"}
    assert all("ENTREPOT_COMEXT_PRODUCTS" in outcome.reason for outcome in outcomes)


def test_without_a_member_among_the_reporters_the_union_is_asked_for(settings: Settings, standin: StandIn) -> None:
    asked = asking(settings, standin, reporters=("CHN", "RUS"))
    assert {part.key for part in comext.partitions(asked, None, Http(asked, Ledger(asked)))} == {"M-EU27_2020-2024"}
    unknown = asking(settings, standin, comext_reporters=("ATLANTIS",))
    with pytest.raises(EntrepotError, match="Eurostat has no code for ATLANTIS"):
        list(comext.partitions(unknown, None, Http(unknown, Ledger(unknown))))
    partners = asking(settings, standin, partners=("CHN", "SRB"), comext_reporters=("DEU",))
    (part,) = comext.partitions(partners, None, Http(partners, Ledger(partners)))
    assert "/M.DE.CN+XS+WORLD+EXT_EU27_2020+INT_EU27_2020.01+02+03+" in part.url


@pytest.mark.parametrize("ending", ["dat", "dat.gz", "7z", "zip"])
def test_a_bulk_file_may_be_brought_in_any_wrapping(settings: Settings, standin: StandIn, ending: str) -> None:
    content = standin.office.publishers[HOST].dat("202405").encode()  # type: ignore[attr-defined]
    settings.inbox.mkdir(parents=True)
    path = settings.inbox / f"full_v2_202405.{ending}"
    if ending == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("full_202405.dat", content)
    else:
        wrap = {"dat": bytes, "dat.gz": gzip.compress, "7z": lambda raw: packed("full_202405.dat", raw)}
        path.write_bytes(wrap[ending](content))
    away = settings.model_copy(update=NOBODY)
    unreachable, outcome = ingest(away)
    assert unreachable.outcome == "failed"
    assert (outcome.table, outcome.outcome) == ("bulk", "new")
    assert outcome.partition == ("inbox-full_202405" if ending == "zip" else "inbox-full_v2_202405")
    assert outcome.rows == content.count(b"\n") - 1
