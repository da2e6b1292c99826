"""`explain` finds every figure the product prints of a pair, rounded as printed."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from flows.contracts import load_contracts
from flows.read import drawn_figures, figures
from flows.read.areas import area_names
from flows.read.cells_under import cells_under, totals_of_members
from flows.read.explanation import Explanation, explain
from flows.read.figures import Figure, find_figures
from flows.read.member_pairs import member_pairs
from flows.read.opening import open_published
from flows.read.printed_number import read_printed
from flows.read.published import ask
from flows.read.raw_record import raw_record
from flows.read.wording.codes import code_words
from tests.conftest import Home
from tests.pair_files import unpacked

# A number with a point; 1,234.56 is one too, and so is one with thin blanks. Codes and dates have none.
_BLANK = "\\u2009\\u202f\\u00a0"
# A group of fifteen members, the n-th of which exports n billion; the totals are of no file.
MANY_MEMBERS = """
create schema core;
create schema marts;
create table core.dim_period as
select '2021' as period_code, 'A' as freq_code, 2021 as year_number, date '2021-12-31' as period_end;
create table core.bridge_area_group as
select 'GRP' as group_code, 'M' || n as area_code, date '2000-01-01' as member_from, null::date as member_to
from range(1, 16) as of_number (n);
create table core.dim_area as select 'AAA' as area_code, true as is_economy;
create table core.dim_raw_file as select 'f' as file_id, 'p' as path, 'u' as url, 't' as table_name where false;
create table marts.bilateral_group_year as
select 'GRP' as reporter_code, 'AAA' as partner_code, 2021 as year_number, 20 as n_pairs, 0 as n_turnover_known;
create table marts.bilateral_year as
select
    'M' || n as reporter_code, 'AAA' as partner_code, 2021 as year_number, n * 1e9 as exports_usd,
    'own' as exports_basis,
    null as imports_usd, null as imports_basis, null as turnover_any_basis_usd, null as turnover_basis,
    null as turnover_source_code, null as file_id, null as line, 's' as exports_source_code, null as exports_file_id,
    null as exports_line, null as imports_source_code, null as imports_file_id, null as imports_line
from range(1, 16) as of_number (n)
"""
# What BACI has: cells by partner and product, and no totals. Those of press are no whole of anything.
CELLS_ONLY = """
create schema core;
create table core.dim_area as
select area_code, area_code not in ('WLD', 'EUU') as is_economy
from (values ('KEN'), ('CHN'), ('USA'), ('WLD'), ('EUU')) as area (area_code);
create table core.dim_raw_file as select 'f' as file_id, 'p' as path, 'u' as url, 't' as table_name;
create table core.fct_trade as
select
    source_code, reporter_code, partner_code, 'X' as flow_code, product_key, period_code, value_usd,
    'f' as file_id, line, null as choice_rule
from (values
    ('baci', 'KEN', 'CHN', 'H0-010110', '2021', 1e9, 1), ('baci', 'KEN', 'CHN', 'H0-010120', '2021', 2e9, 2),
    ('baci', 'KEN', 'USA', 'H0-010110', '2021', 4e9, 3), ('baci', 'CHN', 'KEN', 'H0-010110', '2021', 8e9, 4),
    ('baci', 'KEN', 'CHN', 'H0-010110', '2020', 16e9, 5), ('press', 'KEN', 'USA', 'H0-010110', '2021', 32e9, 6),
    ('baci', 'KEN', 'EUU', 'H0-010110', '2021', 64e9, 7)
) as cell (source_code, reporter_code, partner_code, product_key, period_code, value_usd, line);
create table core.fct_trade_total as from core.fct_trade where false
"""
_PRINTED = re.compile(rf"(?<![\w.,{_BLANK}])[-+\u2212]?\d{{1,3}}(?:[,{_BLANK}]?\d{{3}})*\d*\.\d+(?![\w.])")

# Amounts of cells, marts and profiles in dollars are compared in billions, those of a profile as they stand, too. In
# order of what is compared, so that few rows are read for a number.
TOGETHER = """
create temp table told as
with found as ({found}),
compared as (
    select *, abs(figure) / case
        when unit = 'current US dollars'
            or (unit = 'usd' and (kept_in like 'core.%' or kept_in in ('marts.profile', 'marts.bilateral_month')))
        then 1e9 else 1 end as compared
    from found
    union all by name
    select *, abs(figure) as compared from found where kept_in = 'marts.profile' and unit = 'usd'
)
from compared order by compared
"""
LIKE_IT = "select * exclude (compared) from told where compared between $number - $half and $number + $half"


def printed(home: Home, *verb: str) -> list[str]:
    result = home.entrepot(*verb)
    assert result.returncode == 0, result.stderr
    return sorted(set(_PRINTED.findall(result.stdout)))


def explained(home: Home, *asked: str) -> list[Explanation | Figure]:
    with open_published(home.settings) as con:
        return explain(home.settings, con, *asked)


def lost(home: Home, texts: list[str], reporter: str | None = None, partner: str | None = None) -> list[str]:
    """The printed figures that are not found.

    What `explain` looks through is the same for each of them: it is taken together once, from all its queries without
    a number to look for, and from what goods leave of a flow. For some figures it is asked as it stands, too, and must
    find the same.
    """
    settings, contracts = home.settings, load_contracts(home.settings.contracts)
    asked = {"reporter": reporter, "partner": partner, "period": None}

    def find(text: str) -> list[Figure]:
        return find_figures(settings, con, contracts, read_printed(text), asked, 1)

    with open_published(settings) as con:
        some = texts[:: max(1, len(texts) // 6)]
        as_it_stands = [find(text) for text in some]
        queries = [figures._PROFILE, figures._CELLS, *drawn_figures.QUERIES, *figures._of_marts(con)]
        whole = {"number": 0.0, "half": math.inf, "area": "RUS", "other": "CHN"}
        con.execute(TOGETHER.format(found=" union all by name ".join(f"({sql})" for sql in queries)), whole)
        rests = figures.goods_left(con, "RUS", "CHN")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(figures, "_PROFILE", LIKE_IT)
            patch.setattr(figures, "_CELLS", "from told where false")
            patch.setattr(drawn_figures, "QUERIES", ())
            patch.setattr(figures, "_of_marts", lambda con: [])
            patch.setattr(figures, "goods_left", lambda con, one, other: [dict(row) for row in rests])
            assert [[found.figure["figure"] for found in find(text)] for text in some] == [
                [found.figure["figure"] for found in found_before] for found_before in as_it_stands
            ]
            return [text for text in texts if not find(text)]


def test_every_figure_of_a_profile_is_found(published: Home) -> None:
    texts = printed(published, "profile", "RUS", "CHN")
    assert len(texts) > 200
    assert not lost(published, texts, "RUS", "CHN")


def test_every_figure_of_the_answers_of_a_run_is_found_without_naming_the_pair(published: Home) -> None:
    texts = printed(published, "answers")
    assert len(texts) > 20
    assert not lost(published, texts)


def numbers(drawn: Any) -> Iterator[str]:
    """All numbers with a fraction in what charts are made of, with every digit."""
    if isinstance(drawn, float):
        yield repr(drawn)
    elif isinstance(drawn, dict | list):
        for one in drawn.values() if isinstance(drawn, dict) else drawn:
            yield from numbers(one)


def test_every_figure_of_the_page_of_a_pair_is_found(published: Home) -> None:
    """In words, tables and notes, and every number its charts draw, places of events and of what is left, too."""
    content = unpacked(published.settings.export / "site" / "pairs" / "CHN-RUS.js")
    told = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content[part])) for part in ("lead", "verdicts", "pair"))
    drawn = [number for chart in content["charts"].values() for number in numbers([chart["rows"], chart["setting"]])]
    texts = sorted({*_PRINTED.findall(told), *drawn})
    assert len(texts) > 1200
    assert not lost(published, texts, "RUS", "CHN")


def test_a_rate_by_which_a_chart_turns_dollars_into_yuan_is_found(published: Home) -> None:
    sql = (
        "select rate from core.fct_exchange_rate where is_chosen and rate_basis = 'period_average' "
        "and base_currency_code = 'USD' and quote_currency_code = 'CNY' order by period_code desc limit 1"
    )
    with open_published(published.settings) as con:
        (rate,) = con.execute(sql).fetchall()[0]
    found = explained(published, f"{float(rate):.6g}", "Russia", "China")
    assert [each for each in found if isinstance(each, Figure) and each.figure["kept_in"] == "core.fct_exchange_rate"]


def test_a_share_leads_to_the_records_under_it(published: Home) -> None:
    found = explained(published, "18.0", "Russia", "China", "2021")
    shares = [each for each in found if isinstance(each, Figure) and "share" in each.figure["words"]]
    assert shares
    assert any("RUS,CHN" in cell["raw_line"] for each in shares for cell in each.made_of)


@pytest.mark.parametrize(
    "item", ["share_of_turnover_pct", "turnover_yoy_pct"], ids=["share of the World", "growth on the year before"]
)
def test_a_ratio_follows_from_the_records_under_it(published: Home, item: str) -> None:
    """Of each source that has all totals the ratio is computed anew; one of them gives the figure."""
    sql = f"select *, {item} as figure, '{item}' as item from marts.bilateral_year where {item} <> 0"
    with open_published(published.settings) as con:
        contracts, names = load_contracts(published.settings.contracts), area_names(con)
        rows = ask(con, f"{sql} and turnover_basis = 'own' and year_number % 4 = 0").records()
        judged = 0
        for row in rows:
            told = row | {"section": None, "kept_in": "marts.bilateral_year", "file_id": None, "source_code": None}
            told |= {"period_code": str(row["year_number"])}
            made_of = figures._made_of(published.settings, con, contracts, told, names)
            assert all(cell["raw_line"] for cell in made_of), row
            pair = totals(made_of, None)
            other = totals(made_of, f"{names[row['reporter_code']]} with the world")
            before = totals(made_of, str(row["year_number"] - 1))
            against, less = (other, 0) if item.startswith("share") else (before, 100)
            found = [pair[source] / against[source] * 100 - less for source in pair if source in against]
            judged += any(math.isclose(each, row["figure"], abs_tol=0.01) for each in found)
        assert judged == len(rows) > 20


def totals(made_of: list[dict[str, Any]], pair: str | None) -> dict[str, float]:
    """Total trade by source of the cells of a pair: as a source gives it, else the sum of both flows."""
    flows: dict[str, dict[str, float]] = {}
    for cell in made_of:
        if cell["pair"] == pair and cell["value_usd_bn"] is not None:
            flows.setdefault(cell["source_code"], {})[cell["flow_code"]] = cell["value_usd_bn"]
    return {
        source: of["T"] if "T" in of else of["X"] + of["M"] for source, of in flows.items() if "T" in of or len(of) == 2
    }


def test_trade_with_the_world_leads_to_reports_on_the_world(published: Home) -> None:
    figure = "785.8109"  # of Russia in 2021, in the rows of every partner
    with open_published(published.settings) as con:
        total = con.execute(
            "select any_value(world_turnover_usd) / 1e9 from marts.bilateral_year "
            "where reporter_code = 'RUS' and year_number = 2021"
        ).fetchall()[0][0]
    assert f"{total:.4f}" == figure
    found = [one for one in explained(published, figure, "Russia", None, "2021") if isinstance(one, Figure)]
    assert [one.figure["sides"] for one in found] == ["Russia"]
    assert all(",WLD," in cell["raw_line"] for cell in found[0].made_of)
    own = [cell["value_usd_bn"] for cell in found[0].made_of if cell["source_code"] == "comtrade_extract"]
    assert sum(own) == pytest.approx(total)


def test_what_the_page_shows_of_both_reports_and_of_all_trade_of_one_is_found(published: Home) -> None:
    sql = (
        "select 'marts.mirror_gap', printf('%.2f', value_importer_fob_usd / 1e9) from marts.mirror_gap "
        "where exporter_code = 'RUS' and importer_code = 'CHN' and period_code = '2013' "
        "union all select 'marts.settlement_currency', share_pct_min::decimal(9, 1)::varchar "
        "from marts.settlement_currency where partner_code = 'WLD' and share_pct_min < share_pct_max limit 2"
    )
    asked = {"reporter": "RUS", "partner": "CHN", "period": None}
    settings, contracts = published.settings, load_contracts(published.settings.contracts)
    with open_published(settings) as con:
        shown = con.execute(sql).fetchall()
        assert len(shown) == 2
        for table, text in shown:
            found = find_figures(settings, con, contracts, read_printed(text), asked, 50)
            assert table in {each.figure["kept_in"] for each in found}, (table, text)


def test_what_charts_draw_is_found_with_all_its_digits_and_in_millions(published: Home) -> None:
    """January and February together stand in the chart at their monthly average; small trade is drawn in millions."""
    sql = """
        (
            select cast(turnover_usd as double) / period_months / 1e9 as figure, 'a month on average' as words
            from marts.bilateral_month where period_months = 2 and reporter_code = 'CHN' and partner_code = 'RUS'
            and turnover_usd is not null order by period_code desc limit 3
        )
        union all
        (
            select cast(turnover_usd as double) / 1e6, 'total trade'
            from marts.bilateral_year where reporter_code = 'RUS' and partner_code = 'CHN' and year_number = 2013
        )
        union all
        (
            select turnover_yoy_pct, 'growth' from marts.bilateral_year
            where reporter_code = 'RUS' and partner_code = 'CHN' and year_number = 2014
        )
    """
    asked = {"reporter": "RUS", "partner": "CHN", "period": None}
    settings, contracts = published.settings, load_contracts(published.settings.contracts)
    with open_published(settings) as con:
        drawn = con.execute(sql).fetchall()
        assert len(drawn) == 5
        for figure, words in drawn:
            found = find_figures(settings, con, contracts, read_printed(repr(figure)), asked, 50)
            assert [each for each in found if words in each.figure["words"] + str(each.also_in)], (figure, words)


def test_one_figure_is_printed_once_in_words(published: Home) -> None:
    found = [each for each in explained(published, "146.88", "RUS", "CHN", "2021") if isinstance(each, Figure)]
    told = [(each.figure["sides"], each.figure["period_code"], each.figure["figure"]) for each in found]
    assert len(told) == len(set(told)) > 0
    assert (found[0].figure["words"], found[0].figure["sides"]) == ("total trade", "China with Russia")
    assert not [each for each in found if "line" in each.figure["item"]]


def test_every_column_of_figures_has_words(published: Home) -> None:
    """`number of universe` is the name of a column, and no heading for a figure."""
    with open_published(published.settings) as con:
        columns = con.execute(figures._COLUMNS, {"none": list(figures._NO_FIGURES)}).fetchall()
    named = {name for _, found, *_ in columns for name in found or ()}
    assert "exports_known_usd" in named
    assert sorted(named - {code for code_list, code in code_words() if code_list == "figure"}) == []


def test_explain_takes_a_minus_and_marks(published: Home) -> None:
    for text in ("-6.7", "-6.7 %", "146.89\u00b0"):
        result = published.entrepot("explain", text)
        assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("file_id", [None, "no/such/file/here"])
def test_a_figure_without_a_file_has_no_record(published: Home, file_id: str | None) -> None:
    assert raw_record(published.settings, {}, file_id, "nowhere.csv", 1) == ""


def test_a_sides_own_report_comes_before_what_others_make_of_it(published: Home) -> None:
    """The Netherlands report 75.23 for 2024; China has the figure by them, and sums of groups hold it, too."""
    found = [each.figure for each in explained(published, "75.23") if isinstance(each, Figure)]
    assert [(each["reporter_code"], each["partner_code"]) for each in found[:2]] == [("NLD", "CHN"), ("CHN", "NLD")]
    assert [each["item"] for each in found[:2]] == ["turnover_usd", "turnover_any_basis_usd"]
    assert {each["kept_in"] for each in found[2:]} == {"marts.bilateral_group_year"}


@pytest.mark.parametrize("text", ["11-23", "11\u201323", "between 11th and 23rd"])
def test_an_interval_of_places_is_found_as_it_is_printed(published: Home, text: str) -> None:
    found = explained(published, text, "Russia", "China", "2021")
    assert isinstance(found[0], Figure)
    assert (found[0].figure["words"], found[0].figure["sides"]) == (
        "place, by total trade, all partners", "China with Russia"
    )  # fmt: skip
    assert all("RUS" in cell["raw_line"] for cell in found[0].made_of)
    assert "11 to 23: place, by total trade" in published.entrepot("explain", text).stdout


def test_a_unit_that_is_printed_with_a_figure_counts(published: Home) -> None:
    """Without it exports to Saudi Arabia of 18.3 bn come first."""
    shares = explained(published, "18.3 %")
    assert shares
    assert {each.figure["unit"] for each in shares if isinstance(each, Figure)} <= {"percent", "percentage points"}
    assert [each.report["yoy_pct"] for each in shares if isinstance(each, Explanation)] == [
        pytest.approx(18.3, abs=0.1) for each in shares if isinstance(each, Explanation)
    ]
    amounts = explained(published, "USD 240 bn")
    assert {each.figure["unit"] for each in amounts if isinstance(each, Figure)} <= {"usd", "usd_bn"}
    assert isinstance(explained(published, "9 years", "Russia", "China", "2021")[0], Figure)


@pytest.mark.parametrize(("text", "year"), [("14.1 %", "2025"), ("29.3 %", "2021")])
def test_how_far_a_target_was_missed_or_passed_is_found(published: Home, text: str, year: str) -> None:
    found = explained(published, text, "Russia", "China", year)
    assert "distance from target, t040" in " ".join(
        [each.figure["words"] + " ".join(each.also_in) for each in found if isinstance(each, Figure)]
    )


def test_a_range_that_a_statement_claims_is_found(published: Home) -> None:
    (found,) = explained(published, "98-115 bn USD", "Russia", "China")
    assert isinstance(found, Figure)
    assert found.figure["words"].startswith("statement")
    assert (found.figure["figure"], found.figure["until"]) == (98, 115)
    assert found.made_of[0]["raw_line"]


def test_a_sum_over_members_leads_to_their_pairs_and_not_to_a_report_on_the_group(published: Home) -> None:
    """Every sum of a year is that of the pairs named beneath it; the press printed another total for the group."""
    with open_published(published.settings) as con:
        contracts, names = load_contracts(published.settings.contracts), area_names(con)
        asked = "from marts.bilateral_group_year where year_number in (2013, 2021, 2024) and partner_code <> 'WLD'"
        judged = 0
        for row in ask(con, asked).records():
            for item in ("exports_known_usd", "imports_known_usd", "turnover_known_usd"):
                told = {"section": None, "kept_in": "marts.bilateral_group_year", "item": item, "file_id": None}
                told |= {side: row[side] for side in ("reporter_code", "partner_code")}
                told |= {"period_code": str(row["year_number"])}
                made_of = figures._made_of(published.settings, con, contracts, told, names)
                amounts = [cell["value_usd_bn"] for cell in made_of if cell["value_usd_bn"] is not None]
                assert math.isclose(sum(amounts), (row[item] or 0) / 10**9, abs_tol=1e-6), (row, item)
                judged += len(amounts) > 1
                assert all(cell["raw_line"] for cell in made_of if cell["file_id"])
        assert judged > 50
    found = [one for one in explained(published, "133.67", "EU", "RUS", "2021") if isinstance(one, Figure)]
    assert {cell["pair"] for cell in found[0].made_of} >= {"Germany with Russia", "Finland with Russia"}
    assert not any(cell["reporter_code"] == "EUU" for one in found for cell in one.made_of)
    said = published.entrepot("explain", "133.67", "--reporter", "EU", "--partner", "RUS", "--period", "2021").stdout
    assert "sum of what is loaded of 4 of 27 pairs of members" in said
    assert "Germany with Russia, comtrade_extract, by the partner's report, " in said


def test_a_sum_of_members_with_the_world_leads_to_their_totals(published: Home) -> None:
    found = [one for one in explained(published, "785.8109", "EAEU", None, "2021") if isinstance(one, Figure)]
    made_of = next(one for one in found if one.figure["kept_in"] == "marts.bilateral_group_year").made_of
    assert {cell["pair"] for cell in made_of} == {"Russia with the world"}
    assert all(",WLD," in cell["raw_line"] for cell in made_of)


def test_where_a_source_gives_no_totals_its_cells_are_added_up() -> None:
    con = duckdb.connect()
    con.execute(CELLS_ONLY)
    row = {"reporter_code": "KEN", "partner_code": "CHN", "period_code": "2021", "source_code": None}

    def found(item: str) -> list[tuple[Any, ...]]:
        cells = cells_under(con, row | {"item": item}, lambda cell: f"{cell['reporter_code']}-{cell['partner_code']}")
        return [(cell["pair"], cell["value_usd_bn"], cell["n_cells"], cell["line"]) for cell in cells]

    pair = [(None, 3.0, 2, 2), ("CHN-KEN", 8.0, 1, 4)]
    assert found("exports_usd") == pair
    assert found("share_of_exports_pct") == [*pair, ("KEN-WLD", 7.0, 3, 3)]
    assert found("share_of_imports_pct") == pair
    assert found("exports_growth_pct") == [*pair, ("2020", 16.0, 1, 5)]


def test_totals_of_members_beyond_a_dozen_are_counted() -> None:
    con = duckdb.connect()
    con.execute(MANY_MEMBERS)
    con.execute(
        "create table core.fct_trade as select reporter_code, 'WLD' as partner_code, '2021' as period_code, "
        "'X' as flow_code, 'TOTAL' as product_key, exports_usd as value_usd, 's' as source_code, null as choice_rule, "
        "'f' as file_id, 1 as line from marts.bilateral_year; "
        "create table core.fct_trade_total as from core.fct_trade where false"
    )
    row = {"reporter_code": "GRP", "partner_code": "WLD", "period_code": "2021", "item": "exports_known_usd"}
    found = totals_of_members(con, row, lambda cell: str(cell["reporter_code"]))
    assert [cell["pair"] for cell in found] == [f"M{n}" for n in range(15, 3, -1)] + ["3 more totals"]


def test_pairs_beyond_a_dozen_are_told_in_one() -> None:
    con = duckdb.connect()
    con.execute(MANY_MEMBERS)
    row = {"reporter_code": "GRP", "partner_code": "AAA", "period_code": "2021", "item": "exports_known_usd"}
    found = member_pairs(con, row)
    assert [cell["pair"] for cell in found] == [None] * 12 + ["3 more pairs"]
    assert found[-1]["value_usd_bn"] == 1 + 2 + 3
    assert found[0]["sum_of"] == "15 of 20 pairs of members"
