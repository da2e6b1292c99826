"""Answers no publisher should give: each source says so in a sentence, and a publisher beside it goes on."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from flows.contracts import load_contracts
from flows.errors import FileRefused, HttpFailed
from flows.ledger import Ledger, Outcome
from flows.settings import Settings
from flows.sources.base import Partition
from flows.steps import fetch, land
from flows.steps.fetching import receive
from flows.transport.http import Http
from tests.live import LITTLE

LIVE = [name for name, source in load_contracts(Settings.alone().contracts).items() if source.hosts]
DEEP = b"[" * 20_000 + b"]" * 20_000
_RECORD = b'{"reporterCode":156,"period":"2021","datasetCode":[1],"datasetChecksum":{},"lastReleased":null,'
ANSWERS = {
    "nothing": b"",
    "a list": b"[]",
    "null": b"null",
    "a number": b"5",
    "a text": b'"x"',
    "an object": b"{}",
    "a list of nulls": b"[null,null]",
    "nested deeply": DEEP,
    "data that are a number": b'{"data":5,"count":5,"results":5}',
    "records that are numbers": b'{"data":[5],"count":1,"results":[5]}',
    "records that are null": b'{"data":[null],"count":1,"results":[null]}',
    "records without a field": b'{"data":[{}],"count":1,"results":[{}]}',
    "records that lead elsewhere": b'{"count":1,"data":[' + _RECORD + b'"classificationCode":"../x","rowKey":"/.."}]}',
    "pages that are no numbers": b'[{"page":null,"pages":"x","total":{}},[5]]',
    "a message that is none": b'[{"message":[5]}]',
    "rows that are no texts": b'[["ALL_VAL_MO","ALL_VAL_YR","GEN_VAL_MO","GEN_VAL_YR","time"],[[],{},1,2,3]]',
    "digits without end": b"[" + b"9" * 5000 + b"]",
    "halves of letters": b'{"data":[{"a":"\\ud800"}],"count":1}',
    "UTF-16": '{"data":[],"count":0}'.encode("utf-16"),
    "another charset": "Дата;Л\n".encode("cp1251"),
    "zeros": b"\0" * 100,
    "two marks": b"\xef\xbb\xbf\xef\xbb\xbf{}",
    "a page": b"<html><body>Not today</body></html>",
    "a declaration that is none": b"<html><table><tr><td><![foo[ x</td></tr></table>",
    "addresses that are none": b"<table><tr><td>(1)Imports and Exports by Country (Region), (in USD)</td>"
    b"<td><a href='http://[bad'>Mar.</a></td></tr></table><select><option>2024</option></select>",
    "a year that is none": b"<title>Imports and Exports by Country (Region), Mar 0000 (in USD)</title><table>",
    "XML in no charset": b"<?xml version='1.0' encoding='foo'?><ValCurs>x</ValCurs>",
    "XML that leads elsewhere": b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><ValCurs><Record>&a;</Record></ValCurs>',
    "rows that are short": b"freq,reporter,product,indicators,OBS_VALUE,TIME_PERIOD,flow,partner\nA\n",
    "rows that lead elsewhere": b"freq,reporter,product,indicators,OBS_VALUE,TIME_PERIOD,flow,partner\n"
    b"A,../..,TOTAL,VALUE_IN_EUROS,sNaN,2/..,1,WORLD\n",
    "gzip that is cut off": gzip.compress(b"x" * 10_000)[:-9],
}  # fmt: skip


def session(settings: Settings, ledger: Ledger, answer: Callable[[httpx.Request], bytes], **headers: str) -> Http:
    """A session whose every question is answered so, without a server."""
    http = Http(settings, ledger, sleep=lambda seconds: None)

    def reply(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=httpx.ByteStream(answer(request)), headers=headers)

    http._client = httpx.Client(transport=httpx.MockTransport(reply))
    return http


@pytest.fixture
def asking(settings: Settings) -> Settings:
    """Settings by which every source asks for something."""
    wanted = {**LITTLE, "http_tries": 1, "comtrade_key": SecretStr("key of the tests"), "history_from": 2021}
    return settings.model_copy(update={**wanted, "history_to": 2021})


def asked(settings: Settings, ledger: Ledger, source: str, http: Http) -> list[Outcome]:
    """What becomes of all a source has, fetched and landed."""
    plan = fetch.plan(settings, ledger, [source], http=http)
    fetched = [fetch.fetch_partition(settings, ledger, part, http) for part in plan.fetch[:3]]
    if any(outcome.file_id for outcome in fetched):
        for record in land.pending(settings, ledger):
            land.land_file(settings, ledger, record)
        assert not land.pending(settings, ledger)
    return [*plan.unreachable, *land.restate_all(settings, fetched)]


@pytest.mark.parametrize("source", LIVE)
def test_whatever_a_publisher_answers_is_told_in_a_sentence(asking: Settings, ledger: Ledger, source: str) -> None:
    """No answer above is data of any source, so nothing lands; what is asked once more is asked as if for the first
    time.
    """
    land.prepare(asking)
    for kind, body in ANSWERS.items():
        http = session(asking, ledger, lambda request, body=body: body)  # type: ignore[misc]
        for outcome in asked(asking, ledger, source, http):
            assert outcome.outcome in ("failed", "absent", "waiting", "kept"), (kind, outcome)
            assert outcome.outcome == "kept" or outcome.reason, (kind, outcome)
            assert "\n" not in outcome.reason
        assert not [path for path in asking.warehouse.parent.rglob("x") if path.exists()], kind
    with land.landed(asking) as con:
        assert con.execute("select count(*) from raw.file where state = 'landed' and row_count > 0").fetchone() == (0,)


def test_a_publisher_that_answers_nonsense_stops_no_other(asking: Settings, ledger: Ledger) -> None:
    rates = b"KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE\n"
    rates += b"EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2021-01-04,1.2296\n"
    land.prepare(asking)
    http = session(asking, ledger, lambda request: rates if "ecb" in request.url.host else DEEP)
    plan = fetch.plan(asking, ledger, LIVE, http=http)
    assert {part.source for part in plan.fetch} >= {"ecb"}
    assert {outcome.source for outcome in plan.unreachable} >= {"comtrade_api", "world_bank", "census", "gacc"}
    (part,) = [part for part in plan.fetch if part.source == "ecb"]
    outcome = fetch.fetch_partition(asking, ledger, part, http)
    assert land.land_file(asking, ledger, ledger.raw_file(outcome.file_id)).rows == 1


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", " x-gzip"])
def test_an_answer_larger_than_allowed_is_refused_before_memory_is(
    asking: Settings, ledger: Ledger, encoding: str
) -> None:
    little = asking.model_copy(update={"largest_answer_mb": 1})
    packed = gzip.compress(b"[" + b" " * 30_000_000)
    http = session(little, ledger, lambda request: packed, **{"content-encoding": encoding})
    with pytest.raises(FileRefused, match="larger than 1 MB; if it should be, raise ENTREPOT_LARGEST_ANSWER_MB"):
        http.get("https://api.census.gov/data")
    http = session(little, ledger, lambda request: b" " * 3_000_000)
    with pytest.raises(FileRefused, match="LARGEST_ANSWER_MB"):
        http.get("https://api.census.gov/data")


def test_a_download_larger_than_allowed_is_refused(asking: Settings, ledger: Ledger) -> None:
    little = asking.model_copy(update={"largest_unpacked_mb": 1})
    http = session(little, ledger, lambda request: b" " * 3_000_000)
    with pytest.raises(FileRefused, match="LARGEST_UNPACKED_MB"):
        list(http.stream("https://ec.europa.eu/file"))


def test_what_came_before_a_download_broke_counts_towards_its_size(
    asking: Settings, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Source:
        def resume(self, partition: Partition, http: Http, start: int) -> Iterator[bytes]:
            assert start == received.stat().st_size
            yield b" " * 200_000

    received = tmp_path / "received"
    received.write_bytes(b" " * 900_000)
    monkeypatch.setattr(receive, "_module", lambda partition: Source())
    part = Partition(source="baci", table="t", key="2020", revision="1", url="https://e.org/f", location="")
    http = session(asking.model_copy(update={"largest_unpacked_mb": 1}), ledger, lambda request: b"")
    with pytest.raises(FileRefused, match="LARGEST_UNPACKED_MB"):
        receive.receive(part, received, http)


def test_an_indicator_of_endless_pages_is_refused(asking: Settings, ledger: Ledger) -> None:
    land.prepare(asking)
    page = b'[{"page":1,"pages":1000000000000,"total":1,"lastupdated":"2026-01-01"},[]]'
    questions: list[str] = []

    def answer(request: httpx.Request) -> bytes:
        questions.append(str(request.url))
        return page

    (outcome,) = asked(asking, ledger, "world_bank", session(asking, ledger, answer))
    assert "counts 1,000,000,000,000 pages" in outcome.reason
    assert len(questions) < 5


def test_a_list_of_months_of_all_ages_asks_for_those_wanted(asking: Settings, ledger: Ledger) -> None:
    rows = "".join(f',["1","2","1","2","-","{year:04d}-01"]' for year in range(1, 4000))
    names = '["ALL_VAL_MO","ALL_VAL_YR","GEN_VAL_MO","GEN_VAL_YR","CTY_CODE","time"]'
    http = session(asking, ledger, lambda request: f"[{names}{rows}]".encode())
    plan = fetch.plan(asking, ledger, ["census"], http=http)
    assert {part.period for part in plan.fetch} == {"2021-01"}


def test_an_index_that_names_a_table_a_thousand_times_is_one_table(asking: Settings, ledger: Ledger) -> None:
    row = "<tr><td>Imports and Exports by Country (Region) {0}, (in USD)<td><a href='{0}.html'>Mar.</a></td></tr>"
    page = "<select><option>2021</option></select><table>" + "".join(row.format(at) for at in range(1000)) + "</table>"
    http = session(asking, ledger, lambda request: page.encode())
    parts = [part for part in fetch.plan(asking, ledger, ["gacc"], http=http).fetch if part.key == "2021-03-USD"]
    assert len(parts) == 1


def test_more_of_a_file_than_was_asked_for_is_not_taken(asking: Settings, ledger: Ledger) -> None:
    http = Http(asking, ledger, sleep=lambda seconds: None)

    def reply(request: httpx.Request) -> httpx.Response:
        return httpx.Response(206, stream=httpx.ByteStream(b"x" * 1000), headers={"content-range": "bytes 0-9/1000"})

    http._client = httpx.Client(transport=httpx.MockTransport(reply))
    with pytest.raises(HttpFailed, match="sent more of"):
        list(http.part("https://www.cepii.fr/a.zip", 0, 9))


def test_a_tag_no_header_can_hold_is_not_sent_back(asking: Settings, ledger: Ledger) -> None:
    http = session(asking, ledger, lambda request: b"data")
    assert http.get("https://www.cbr.ru/x", unless='"caf\u00e9"').content == b"data"
