"""Invented trade in the formats of publishers: BACI's CSV, UN Comtrade's 47-column CSV and its API's answers.

Every file is synthetic. Next to them a note says so, and the product reads it as no figures at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np

from bench.cells import year
from bench.codes import economies, products

RELEASE = "202601"
NOTE = "SYNTHETIC.txt"
PAGE_RECORDS = 99_999  # as many as the service hands out at once would be an answer cut short
_NOTE_TEXT = "The trade in these files is invented by bench/ to measure with. It is nobody's statistic.\n"

_COMTRADE = """
select 'C' as typeCode, 'A' as freqCode, {year} * 10000 + 101 as refPeriodId, {year} as refYear, 52 as refMonth,
    '{year}' as period, r.comtrade as reporterCode, r.iso3 as reporterISO, r.iso3 as reporterDesc, c.flow as flowCode,
    case c.flow when 'M' then 'Import' else 'Export' end as flowDesc, p.comtrade as partnerCode, p.iso3 as partnerISO,
    p.iso3 as partnerDesc, 0 as partner2Code, 'W00' as partner2ISO, 'World' as partner2Desc,
    'H0' as classificationCode, 'H0' as classificationSearchCode, true as isOriginalClassification, g.code as cmdCode,
    'HS ' || g.code as cmdDesc, 6 as aggrLevel, true as isLeaf, 'C00' as customsCode, 'TOTAL CPC' as customsDesc,
    '0' as mosCode, 0 as motCode, 'TOTAL MOT' as motDesc, case when c.kg is null then -1 else 8 end as qtyUnitCode,
    case when c.kg is null then 'N/A' else 'kg' end as qtyUnitAbbr, coalesce(c.kg, 0) as qty,
    false as isQtyEstimated, -1 as altQtyUnitCode, 'N/A' as altQtyUnitAbbr, 0 as altQty, false as isAltQtyEstimated,
    coalesce(c.kg, 0) as netWgt, false as isNetWgtEstimated, 0 as grossWgt, false as isGrossWgtEstimated,
    case c.flow when 'M' then c.usd end as cifvalue, case c.flow when 'X' then c.usd end as fobvalue,
    c.usd as primaryValue, 0 as legacyEstimationFlag, true as isReported, false as isAggregate
from report as c
join area as r on c.reporter = r.place
join area as p on c.partner = p.place
join good as g on c.product = g.place
order by c.reporter, c.flow, c.partner, c.product
"""

_BACI = """
select {year} as t, e.baci as i, m.baci as j, g.code as k, printf('%.3f', w.usd / 1000) as v,
    lpad(coalesce(printf('%.3f', w.kg / 1000), 'NA'), 13, ' ') as q
from world as w
join area as e on w.exporter = e.place
join area as m on w.importer = m.place
join good as g on w.product = g.place
order by w.exporter, w.importer, w.product
"""


def _note(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NOTE).write_text(_NOTE_TEXT, encoding="utf-8")


def _world(con: duckdb.DuckDBPyConnection, year_number: int, cells: int, seed: int) -> None:
    """Make the cells of a year in `con`, and the code lists their positions point to."""
    areas, goods = economies(), products()
    frames = {
        "area": {
            "place": np.arange(len(areas.iso3)),
            "iso3": areas.iso3,
            "baci": areas.baci,
            "comtrade": areas.comtrade,
        },
        "good": {"place": np.arange(len(goods.codes)), "code": goods.codes},
    }
    for name, columns in frames.items():
        con.register("frame", {column: np.asarray(values) for column, values in columns.items()})
        con.execute(f"create temp table {name} as from frame")
    con.execute("create temp table world (exporter int, importer int, product int, usd bigint, kg bigint)")
    for part in year(year_number, cells, seed):
        con.register(
            "frame",
            {"importer": part.importer, "product": part.product, "usd": part.value_usd, "kg": part.net_weight_kg},
        )
        con.execute(
            f"insert into world select {part.exporter}, importer, product, usd, case when not isnan(kg) then kg end "
            "from frame"
        )


def write_baci(folder: Path, year_number: int, rows: int, seed: int = 1) -> Path:
    """One BACI year of exactly `rows` cells: thousand USD, tons padded to a width, `NA` where there is no quantity."""
    _note(folder)
    path = folder / f"BACI_HS92_Y{year_number}_V{RELEASE}.csv"
    with duckdb.connect() as con:
        _world(con, year_number, rows, seed)
        con.execute(f"copy ({_BACI.format(year=year_number)}) to '{_quoted(path)}' (header, quote '', escape '')")
    return path


def _records(con: duckdb.DuckDBPyConnection, year_number: int, records: int, seed: int) -> str:
    """Make `records` reports in `con`, exports and, of the same trade with freight, imports; give their query."""
    _world(con, year_number, (records + 1) // 2, seed)
    con.execute(
        f"""create temp table report as
        select exporter as reporter, 'X' as flow, importer as partner, product, usd, kg from world
        union all
        (select importer, 'M', exporter, product, usd + usd // 20, kg from world order by all limit {records // 2})"""
    )
    return _COMTRADE.format(year=year_number)


def write_comtrade_csv(folder: Path, year_number: int, records: int, seed: int = 1) -> Path:
    """UN Comtrade's 47-column download of exactly `records` records."""
    _note(folder)
    path = folder / f"comtrade_synthetic_{year_number}.csv"
    with duckdb.connect() as con:
        query = _records(con, year_number, records, seed)
        con.execute(f"copy ({query}) to '{_quoted(path)}' (header, delimiter ',')")
    return path


def write_comtrade_pages(folder: Path, year_number: int, records: int, seed: int = 1) -> list[Path]:
    """Answers of UN Comtrade's API with exactly `records` records together, each with its envelope and count."""
    _note(folder)
    with duckdb.connect() as con:
        con.execute(f"create temp table record as {_records(con, year_number, records, seed)}")
        return [
            _write_page(folder / f"comtrade_synthetic_{year_number}_{number}.json", page)
            for number, page in enumerate(_pages(con), 1)
        ]


def _pages(con: duckdb.DuckDBPyConnection) -> Iterator[list[str]]:
    found = con.execute("select to_json(record) from record")
    while page := found.fetchmany(PAGE_RECORDS):
        yield [text for (text,) in page]


def _write_page(path: Path, records: list[str]) -> Path:
    with path.open("w", encoding="utf-8") as stream:
        stream.write(f'{{"elapsedTime":"0.5 secs","count":{len(records)},"data":[')
        stream.write(",".join(records))
        stream.write(f'],"error":{json.dumps("")}}}')
    return path


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
