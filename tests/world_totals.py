"""What every live source must have landed and brought to core, by the stand-in's own knowledge of its world.

A check gives, by a key, what was found and what is true: rows and sums, exact. `files` is the temporary table of the
raw files in question. A new live source needs a line in LANDED.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from flows.settings import Settings
from flows.sources.comtrade.query import comtrade_codes
from standin.cbr import effective_days, nominal
from standin.comtrade_files import reference
from standin.economy import ECONOMIES
from standin.imf import GROUPS
from standin.server import StandIn
from standin.wdi import AGGREGATES
from tests.customs import COLUMNS, figures_of, page_of

Totals = dict[Any, tuple[Any, ...]]
Check = Callable[[duckdb.DuckDBPyConnection, Settings, StandIn], tuple[Totals, Totals]]


def _found(con: duckdb.DuckDBPyConnection, select: str, table: str, rest: str) -> Totals:
    """Key and figures of a query over the chosen files of a landed table."""
    source = f"(select * from raw.{table} semi join files using (file_id))"
    return {key: tuple(values) for key, *values in con.execute(f"{select} from {source} {rest}").fetchall()}


def _publisher(standin: StandIn, name: str) -> Any:
    return next(one for one in standin.office.publishers.values() if one.name == name)


def _years(settings: Settings) -> range:
    return settings.years(date(2026, 1, 1))


def datasets(settings: Settings, standin: StandIn) -> dict[str, Any]:
    """Truth of the datasets of UN Comtrade that were asked for."""
    codes, years = comtrade_codes(settings, settings.reporters), {str(year) for year in _years(settings)}
    every = standin.truth("comtrade")["comtrade"]
    keys = [key for key in every if key.split("|")[1] in codes and key.split("|")[2][:4] in years]
    return {key: every[key] for key in keys if key[0] in settings.frequencies}


def _comtrade(table: str, names: tuple[str, ...]) -> Check:
    def check(con: duckdb.DuckDBPyConnection, settings: Settings, standin: StandIn) -> tuple[Totals, Totals]:
        world = "cmd_code = 'TOTAL' and partner_code = 0"
        levels = {
            "rows_total": "cmd_code = 'TOTAL'",
            "rows_ag2": "length(cmd_code) = 2",
            "rows_ag6": "length(cmd_code) = 6",
        }
        select = (
            "select freq_code || '|' || reporter_code || '|' || period, "
            + "".join(f"count(*) filter (where {levels[name]}), " for name in names)
            + ", ".join(f"sum(primary_value) filter (where {world} and flow_code = '{flow}')" for flow in "XM")
        )
        pinned = "where partner2_code = 0 and customs_code = 'C00' and mot_code = 0 group by all"
        true = {
            key: (*(entry[name] for name in names), Decimal(entry["X_usd"]), Decimal(entry["M_usd"]))
            for key, entry in datasets(settings, standin).items()
        }
        return _found(con, select, table, pinned), true

    return check


def _lists(con: duckdb.DuckDBPyConnection, settings: Settings, standin: StandIn) -> tuple[Totals, Totals]:
    found: Totals = {}
    true: Totals = {}
    for table, name in (("reporter", "Reporters"), ("partner", "partnerAreas")):
        found |= _found(con, f"select '{table}', count(*)", f"comtrade_reference__{table}", "")
        reply = reference(f"{name}.json")
        assert reply is not None
        true[table] = (reply.content.decode("utf-8-sig").count('"isGroup"'),)
    return found, true


def _baci(con: duckdb.DuckDBPyConnection, settings: Settings, standin: StandIn) -> tuple[Totals, Totals]:
    found = _found(con, "select t, count(*), sum(v), count(*) - count(q)", "baci__trade_year", "group by t")
    release = max(_publisher(standin, "baci").releases())
    known = {year: standin.truth("baci")["baci"][f"{release}|{year}"] for year in _years(settings)}
    return found, {
        year: (entry["rows"], Decimal(entry["value_kusd"]), entry["without_quantity"]) for year, entry in known.items()
    }


def _imf(con: duckdb.DuckDBPyConnection, settings: Settings, standin: StandIn) -> tuple[Totals, Totals]:
    key = "frequency_code || '|' || country_code || '|' || indicator_code || '|' || counterpart_code"
    select = f"select {key}, count(*), sum(value_usd)"
    found = _found(con, select, "imf_imts__partner_trade", "group by all")
    return found, observations(settings, standin)


def observations(settings: Settings, standin: StandIn) -> Totals:
    """Rows and whole USD of the IMF by frequency, country, indicator and counterpart."""
    rows: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    years = {str(year) for year in _years(settings)}
    for frequency in settings.frequencies:
        for seen in _publisher(standin, "imf").observations(set(settings.reporters), set(), frequency):
            if seen.period[:4] in years and seen.indicator != "TBG_USD":
                key = f"{frequency}|{seen.country}|{seen.indicator}|{seen.counterpart}"
                rows[key] += 1
                sums[key] += seen.value
    return {key: (count, sums[key]) for key, count in rows.items()}


def _customs(tables: Iterable[str]) -> Check:
    def check(con: duckdb.DuckDBPyConnection, settings: Settings, standin: StandIn) -> tuple[Totals, Totals]:
        printed = standin.truth("gacc")["gacc"]["tables"]
        found: Totals = {}
        true: Totals = {}
        rows: Counter[str] = Counter()
        for table in tables:
            cursor = con.execute(f"select * from raw.{table} semi join files using (file_id)")
            names = [column[0] for column in cursor.description or []]
            for values in cursor.fetchall():
                record = dict(zip(names, values, strict=True))
                page = page_of(table, record)
                rows[page] += 1
                found[page, record["label"]] = tuple(record[name] for name in COLUMNS[table])
                figures = figures_of(table, printed[page]["figures"][record["label"]])
                true[page, record["label"]] = tuple(figures[name] for name in COLUMNS[table])
        years = {str(year) for year in _years(settings)}
        pages = {name for name in printed if name[:4] in years and _is_of(name, tables)}
        assert set(rows) == pages, "all pages; of one that was misprinted later the good one"
        found |= {(page, "rows"): (count,) for page, count in rows.items()}
        return found, true | {(page, "rows"): (printed[page]["rows"],) for page in pages}

    return check


def _is_of(page: str, tables: Iterable[str]) -> bool:
    return page.endswith("bulletin") == any("bulletin" in table for table in tables)


def _comext(con: duckdb.DuckDBPyConnection, settings: Settings, standin: StandIn) -> tuple[Totals, Totals]:
    total = "filter (where product = 'TOTAL' and indicators = 'VALUE_IN_EUROS' and flow = '{flow}')"
    sums = ", ".join(f"sum(obs_value) {total.format(flow=flow)}" for flow in "21")
    rows = "count(*) filter (where product = 'TOTAL' and indicators = 'VALUE_IN_EUROS')"
    select = f"select reporter || '|' || replace(time_period, '-', ''), {sums}, {rows}"
    found = _found(con, select, "comext__trade", "where freq = 'M' and length(partner) = 2 group by all")
    years, reporters = {str(year) for year in _years(settings)}, {key[:2] for key in found}
    true = {
        key: (entry["X_eur"], entry["M_eur"], entry["totals"])
        for key, entry in standin.truth("comext")["comext"].items()
        if key[3:7] in years and key[:2] in reporters
    }
    assert reporters, "some member of the Union"
    return found, true


def _census(con: duckdb.DuckDBPyConnection, settings: Settings, standin: StandIn) -> tuple[Totals, Totals]:
    found: Totals = {}
    single = "where commodity_level = 'HS2' and regexp_full_match(country_code, '[1-9][0-9]{3}') group by all"
    for area in ("imports", "exports"):
        select = f"select '{area}|' || replace(month, '-', ''), count(*), sum(value_month_usd)"
        found |= _found(con, select, f"census__{area}", single)
    years = {str(year) for year in _years(settings)}
    true = {
        key: (entry["rows_hs2"], entry["usd"])
        for key, entry in standin.truth("census")["census"].items()
        if key.split("|")[1][:4] in years
    }
    return found, true


def _ecb(con: duckdb.DuckDBPyConnection, settings: Settings, standin: StandIn) -> tuple[Totals, Totals]:
    found = _found(con, "select currency, count(*), sum(obs_value)", "ecb__reference_rate", "group by currency")
    return found, {
        currency: (len(rates), sum(rate for rate in rates if rate is not None))
        for currency, rates in euro_rates(settings, standin).items()
    }


def euro_rates(settings: Settings, standin: StandIn) -> dict[str, list[Decimal | None]]:
    """Units of a currency for one euro on each day that is printed, in the years asked for."""
    years = {str(year) for year in _years(settings)}
    every = {currency: _publisher(standin, "ecb").daily(currency) for currency in settings.currencies}
    listed = {currency: [rate.value for rate in rates if rate.period[:4] in years] for currency, rates in every.items()}
    return {currency: rates for currency, rates in listed.items() if rates}


def rouble_rates(settings: Settings, standin: StandIn, currency: str) -> dict[date, tuple[int, Decimal]]:
    """Nominal and roubles for it on each day a rate took effect, in the years asked for."""
    years = _years(settings)
    every = effective_days(date(years[0], 1, 1), date(years[-1], 12, 31))
    return {day: (nominal(currency, day), _publisher(standin, "cbr").value(currency, day)) for day in every}


def _cbr(con: duckdb.DuckDBPyConnection, settings: Settings, standin: StandIn) -> tuple[Totals, Totals]:
    select = "select currency_code, count(*), sum(value_rub), sum(nominal)"
    found = _found(con, select, "cbr__daily_rate", "group by currency_code")
    true = {}
    for currency in found:
        rates = rouble_rates(settings, standin, currency).values()
        true[currency] = (len(rates), sum(rub for _, rub in rates), sum(units for units, _ in rates))
    assert set(found) >= set(settings.currencies) - {"RUB"}
    return found, true


def _world_bank(con: duckdb.DuckDBPyConnection, settings: Settings, standin: StandIn) -> tuple[Totals, Totals]:
    select = "select indicator_code || '|' || country_iso3 || '|' || year, count(*), sum(value)"
    return _found(con, select, "world_bank__indicator", "group by all"), indicators(settings, standin)


def indicators(settings: Settings, standin: StandIn) -> Totals:
    """One row and its value, or none, by indicator, economy or aggregate, and year."""
    years = _years(settings)
    return {
        f"{indicator}|{row['countryiso3code']}|{row['date']}": (
            1, None if row["value"] is None else Decimal(repr(row["value"])),
        )
        for indicator in settings.indicators
        for row in _publisher(standin, "wdi").rows(indicator, {"ALL"}, years[0], years[-1])
    }  # fmt: skip


LANDED: dict[str, Check] = {
    "baci": _baci,
    "cbr": _cbr,
    "census": _census,
    "comext": _comext,
    "comtrade_api": _comtrade("comtrade_api__trade", ("rows_total", "rows_ag2")),
    "comtrade_bulk": _comtrade("comtrade_bulk__trade", ("rows_total", "rows_ag2", "rows_ag6")),
    "comtrade_reference": _lists,
    "ecb": _ecb,
    "gacc": _customs(("gacc__preliminary_country", "gacc__preliminary_commodity")),
    "gacc_bulletin": _customs(("gacc_bulletin__country", "gacc_bulletin__division")),
    "imf_imts": _imf,
    "world_bank": _world_bank,
}


def trade_of_datasets(settings: Settings, standin: StandIn, width: int) -> Totals:
    """Cells and thousandths of USD by reporter, period and flow, at a level of the Harmonized System."""
    seen: dict[tuple[str, str, str], set[tuple[int, str]]] = defaultdict(set)
    sums: Counter[tuple[str, str, str]] = Counter()
    for name in datasets(settings, standin):
        freq, reporter, period = name.split("|")
        dataset = standin.office.world.dataset(freq, int(reporter), period)
        assert dataset is not None
        code = f"{period[:4]}-M{period[4:]}" if period[4:] else period
        for (flow, partner, product), amount in dataset.cells.items():
            if flow in ("X", "M"):
                seen[ECONOMIES[int(reporter)].iso3, code, flow].add((partner, product[:width]))
                sums[ECONOMIES[int(reporter)].iso3, code, flow] += amount.mills
    return {key: (len(cells), Decimal(sums[key]) / 1000) for key, cells in seen.items()}


def is_economy(counterpart: str) -> bool:
    """Whether a counterpart of the IMF is neither a group nor the World."""
    return counterpart not in GROUPS


def is_aggregate(iso3: str) -> bool:
    """Whether the World Bank adds up economies under that code."""
    return iso3 in AGGREGATES
