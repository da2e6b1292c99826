"""UN Comtrade, live: planning by availability, taking large questions apart, refusing what is not complete."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from flows.contracts import load_contracts
from flows.errors import EntrepotError, FileRefused
from flows.ledger import Ledger, Outcome
from flows.settings import Settings
from flows.sources import comtrade_api
from flows.sources.base import Partition
from flows.sources.comtrade import whole
from flows.sources.comtrade.query import Query, comtrade_codes
from flows.steps import land
from flows.transport.http import Answer, Http
from tests.raw_file import land_bytes

KEY = "not-a-real-key"
TABLES = load_contracts(Settings().contracts)["comtrade_api"]
PARTNERS = ["0", "156", "276", "643", "842"]
CHAPTERS = ["01", "27", "84", "85"]
Row = dict[str, Any]
FIXTURE = Path(__file__).parents[1] / "fixtures" / "comtrade_api" / "trade.jsonl"


class Comtrade(Http):
    """A small UN Comtrade without a network: one reporter's cells, a cap, a log; worded as the real one."""

    def __init__(self, settings: Settings, cap: int = 500) -> None:
        super().__init__(settings, Ledger(settings))
        self.cap = cap
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.cells = [(flow, partner, code) for flow in "MX" for partner in PARTNERS for code in ("TOTAL", *CHAPTERS)]
        self.checksum = -7
        self.tamper: Callable[[Row], Row] = lambda body: body

    def get(self, url: str, params: Any = None, *args: Any, **kwargs: Any) -> Answer:
        params, secret = dict(params or {}), dict(kwargs.get("secret_params") or {})
        self.asked.append((url, params, secret))
        body = self._body(url, params)
        return Answer(url=url, status=200, headers={}, content=json.dumps(body).encode())

    def _body(self, url: str, params: dict[str, str]) -> Row:
        if "/reference/partnerAreas" in url:
            return {"results": [{"PartnerCode": int(code)} for code in PARTNERS]}
        if "/reference/HS" in url:
            return {"results": [{"id": code, "aggrLevel": 2} for code in CHAPTERS] + [{"id": "TOTAL", "aggrLevel": 0}]}
        if "/getDa/" in url:
            return envelope([availability(period, self.checksum) for period in (2014, 2022, 2023)])
        if "/getMetadata/" in url:
            return envelope([])
        rows = [record(*cell, params["period"]) for cell in self.cells if wanted(params, *cell)]
        if "countOnly" in params:
            return {"elapsedTime": "0.2 secs", "count": len(rows), "data": {}, "error": ""}
        return self.tamper(envelope(rows[: self.cap]))


def wanted(params: dict[str, str], flow: str, partner: str, code: str) -> bool:
    codes = params["cmdCode"].split(",")
    return (
        flow in params["flowCode"].split(",")
        and partner in params.get("partnerCode", partner).split(",")
        and (code in codes or (code != "TOTAL" and f"AG{len(code)}" in codes))
    )


def envelope(rows: list[Row]) -> Row:
    return {"elapsedTime": "0.21 secs", "count": len(rows), "data": rows, "error": ""}


def availability(period: int, checksum: int) -> Row:
    row: Row = {column.header: True for column in TABLES.table("availability").columns}
    codes = {"datasetCode": 20156000001202100 + period, "typeCode": "C", "freqCode": "A", "period": period}
    text = {"reporterISO": "CHN", "reporterDesc": "China", "classificationCode": "H6", "classificationSearchCode": "HS"}
    released = {"firstReleased": "2023-05-01T00:14:58.7233333", "lastReleased": "2024-06-07T17:13:50.53"}
    return row | codes | text | released | {"reporterCode": 156, "totalRecords": 9, "datasetChecksum": checksum}


def record(flow: str, partner: str, code: str, period: str) -> Row:
    row: Row = {column.header: None for column in TABLES.table("trade").columns}
    place = {"reporterCode": 156, "flowCode": flow, "partnerCode": int(partner), "partner2Code": 0, "cmdCode": code}
    time = {"typeCode": "C", "freqCode": "A", "refPeriodId": int(f"{period}0101"), "refYear": int(period)}
    rest = {"refMonth": 52, "period": period, "classificationCode": "H6", "customsCode": "C00", "motCode": 0}
    flags = {"mosCode": "0", "qtyUnitCode": -1, "isReported": True, "isAggregate": False, "fobvalue": None}
    return row | place | time | rest | flags | {"primaryValue": 1234567.891, "qty": 0.0}


@pytest.fixture
def asked(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"reporters": ("CHN",), "frequencies": ("A",), "comtrade_products": ("TOTAL", "AG2")}
    )


def keyed(settings: Settings) -> Settings:
    return settings.model_copy(update={"comtrade_key": SecretStr(KEY)})


def dataset(settings: Settings, http: Http) -> Partition:
    return next(p for p in comtrade_api.partitions(settings, None, http) if p.table == "trade")


def fetched_rows(partition: Partition, http: Http, folder: Path) -> list[list[str | None]]:
    path = folder / "received.jsonl"
    path.write_bytes(b"".join(comtrade_api.fetch(partition, http)))
    return [values for _, values in comtrade_api.read(path, TABLES.table(partition.table))]


def cells_of(rows: list[list[str | None]]) -> set[tuple[str | None, ...]]:
    names = [column.name for column in TABLES.table("trade").columns]
    at = [names.index(name) for name in ("flow_code", "partner_code", "cmd_code")]
    return {tuple(row[i] for i in at) for row in rows}


def test_availability_is_the_plan(asked: Settings) -> None:
    parts = list(comtrade_api.partitions(asked, None, Comtrade(asked)))
    assert [str(part) for part in parts] == [
        "comtrade_api/availability/A",
        "comtrade_api/publication_note/A-156",
        "comtrade_api/trade/A-156-2023",
        "comtrade_api/trade/A-156-2022",
    ]
    assert parts[2].revision == "-7 2024-06-07T17:13:50.53 AG2+TOTAL all partners"


def test_a_new_checksum_is_a_new_revision_and_nothing_else_is(asked: Settings) -> None:
    http = Comtrade(asked)
    before, again = dataset(asked, http), dataset(asked, http)
    http.checksum = 8
    assert before == again
    assert dataset(asked, http).revision != before.revision


def test_what_was_released_of_late_is_asked_of_the_publisher(asked: Settings) -> None:
    http = Comtrade(asked)
    parts = list(comtrade_api.partitions(asked, datetime(2024, 6, 1, tzinfo=UTC), http))
    assert http.asked[0][1] == {"reporterCode": "156", "publishedDateFrom": "2024-06-01"}
    assert {part.table for part in parts} == {"trade"}, "part of a list must not replace the list"


def test_without_a_key_the_public_preview_is_asked(asked: Settings, tmp_path: Path) -> None:
    http = Comtrade(asked)
    rows = fetched_rows(dataset(asked, http), http, tmp_path)
    assert cells_of(rows) == set(http.cells)
    assert all("/public/v1/" in url for url, _, _ in http.asked)
    pins = {"breakdownMode": "plus", "partner2Code": "0", "customsCode": "C00", "motCode": "0"}
    assert pins.items() <= http.asked[-1][1].items()


@pytest.mark.parametrize("cap", [3, 7, 20])
def test_a_full_answer_is_asked_again_in_parts_until_each_fits(
    asked: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cap: int
) -> None:
    monkeypatch.setattr(whole, "PREVIEW_ROWS", cap)
    http = Comtrade(asked, cap)
    rows = fetched_rows(dataset(asked, http), http, tmp_path)
    assert cells_of(rows) == set(http.cells)
    assert len(rows) == len(http.cells), "no cell twice"


def test_with_a_key_requests_are_sized_first_and_never_too_large(
    asked: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole, "KEYED_ROWS", 12)
    settings = keyed(asked)
    http = Comtrade(settings, 12)
    rows = fetched_rows(dataset(settings, http), http, tmp_path)
    assert cells_of(rows) == set(http.cells)
    assert len(rows) == len(http.cells)
    answers = [params for url, params, _ in http.asked if "/get/" in url and "countOnly" not in params]
    assert sum(1 for params in answers for cell in http.cells if wanted(params, *cell)) == len(http.cells)


def test_the_key_goes_to_the_server_and_nowhere_else(asked: Settings) -> None:
    settings = keyed(asked)
    http = Comtrade(settings)
    partition = dataset(settings, http)
    content = b"".join(comtrade_api.fetch(partition, http))
    assert all(secret == {"subscription-key": KEY} for url, _, secret in http.asked)
    assert KEY not in partition.model_dump_json() + content.decode() + str([a[:2] for a in http.asked])


def test_fewer_rows_than_announced_are_refused(asked: Settings) -> None:
    settings = keyed(asked)
    http = Comtrade(settings, cap=7)
    with pytest.raises(FileRefused, match=r"period 2023: UN Comtrade announced 50 rows and sent 7"):
        b"".join(comtrade_api.fetch(dataset(settings, http), http))


def test_a_partner_missing_from_the_publishers_list_is_noticed(
    asked: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole, "KEYED_ROWS", 12)
    settings = keyed(asked)
    http = Comtrade(settings, 12)
    http.cells.append(("X", "999", "TOTAL"))
    with pytest.raises(FileRefused, match="50 rows where UN Comtrade announced 51"):
        b"".join(comtrade_api.fetch(dataset(settings, http), http))


@pytest.mark.parametrize(
    ("tamper", "reason"),
    [
        (lambda body: body | {"count": 49}, "announced 49 rows and sent 50"),
        (lambda body: body | {"error": "Something went wrong. Please try again."}, "Something went wrong"),
        (lambda body: body | {"data": None}, "sent no"),
    ],
)
def test_an_incomplete_envelope_is_refused(asked: Settings, tamper: Callable[[Row], Row], reason: str) -> None:
    http = Comtrade(asked)
    http.tamper = tamper
    with pytest.raises(FileRefused, match=reason):
        b"".join(comtrade_api.fetch(dataset(asked, http), http))


def test_a_question_is_split_by_period_partner_product_flow() -> None:
    def steps(query: Query) -> Iterator[str]:
        while True:
            try:
                parts = query.split(lambda: PARTNERS, lambda level: CHAPTERS)
            except FileRefused:
                return
            names = ("periods", "partners", "products", "flows")
            yield next(name for name in names if getattr(parts[0], name) != getattr(query, name))
            query = parts[0]

    order = list(steps(Query(reporter="156", periods=("2022", "2023"), products=("AG2", "TOTAL"))))
    assert order == ["periods", "partners", "partners", *["products"] * 3, "flows", "flows"]


def test_an_address_the_server_would_refuse_is_too_long() -> None:
    query = Query(reporter="156", periods=("2023",), products=tuple(f"{n:06d}" for n in range(600)))
    assert query.is_too_long
    assert not Query(reporter="156", periods=("2023",), products=("TOTAL",)).is_too_long


def test_economies_are_given_as_alpha_3(settings: Settings) -> None:
    assert comtrade_codes(settings, ["CHN", "RUS"]) == ("156", "643")
    assert "842" in comtrade_codes(settings, ["USA"])
    with pytest.raises(EntrepotError, match="no code for CN;"):
        comtrade_codes(settings, ["CN"])


def land_answers(settings: Settings, content: bytes) -> Outcome:
    return land_bytes(settings, "comtrade_api.trade", "A-156-2023", content, "jsonl")


def test_several_answers_in_one_file_land_as_one_dataset(settings: Settings) -> None:
    outcome = land_answers(settings, FIXTURE.read_bytes())
    assert (outcome.outcome, outcome.rows, outcome.rejects) == ("new", 4, 0), outcome.reason
    with land.landed(settings) as con:
        found = con.execute(
            "select line, period, cmd_code, primary_value, qty, is_reported from raw.comtrade_api__trade order by line"
        ).fetchall()
    assert [(line, code) for line, _, code, *_ in found] == [(1, "TOTAL"), (2, "01"), (3, "TOTAL"), (4, "27")]
    assert str(found[0][3]) == "110970025990.437", "digits as the publisher wrote them"
    assert {row[1] for row in found} == {"2023"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((b'"primaryValue"', b'"tradeValue"'), "primaryValue of comtrade_api.trade are missing"),
        ((b'"count": 2', b'"count": 3'), "announces 3 rows and holds 2"),
        ((b'"cmdCode": "27"', b'"cmdCode": "TOTAL"'), "duplicate key"),
        ((b"110970025990.437", b'"much"'), "not a decimal"),
        ((b'"reporterCode": 156', b'"reporterCode": 9999'), "unknown comtrade code"),
    ],
)
def test_a_changed_answer_fails_its_partition(settings: Settings, change: tuple[bytes, bytes], reason: str) -> None:
    outcome = land_answers(settings, FIXTURE.read_bytes().replace(*change))
    assert outcome.outcome == "failed"
    assert reason in outcome.reason


def test_a_column_nobody_knows_yet_is_noticed_and_does_no_harm(settings: Settings) -> None:
    assert land_answers(settings, FIXTURE.read_bytes()).notice == ""
    content = FIXTURE.read_bytes().replace(b'"typeCode"', b'"newColumn": 1, "typeCode"')
    outcome = land_answers(settings, content)
    assert outcome.rows == 4
    assert "comtrade_api.trade does not know: newColumn; they stay in the raw file" in outcome.notice


def test_a_partner_nobody_knows_lands_and_is_left_to_the_gate(settings: Settings) -> None:
    outcome = land_answers(settings, FIXTURE.read_bytes().replace(b'"partnerCode": 643', b'"partnerCode": 9999'))
    assert (outcome.rows, outcome.rejects) == (4, 0), outcome.reason
