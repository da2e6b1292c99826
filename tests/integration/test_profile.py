"""The article's questions for any two areas: `entrepot profile` and the table macro marts.profile."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.cli import profile_trade
from flows.cli.profile_cells import rank
from flows.cli.profile_report import show_profile
from flows.cli.terminal import console
from flows.read.areas import find_area
from flows.read.opening import open_published
from flows.read.profile import profile
from tests.conftest import Home
from tests.marts import GOODS_OF_TUVALU
from tests.opened import opened
from tests.pair_files import unpacked
from tests.warm_entrepot import ENTREPOT

FREE = ("period_code", "state", "valuation_code", "announced_text", "publication_id", "file_id", "cause_codes")
SECTIONS = {"trade", "rank", "commodity", "target", "settlement", "event", "statement", "missing", "mirror"}


def figures(home: Home, *arguments: str) -> list[dict[str, Any]]:
    result = home.entrepot("profile", *arguments, "--json")
    assert result.returncode == 0, result.stderr
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_the_articles_pair_has_every_section_with_its_evidence(published: Home) -> None:
    found = figures(published, "RUS", "CHN")
    assert {figure["section"] for figure in found} == SECTIONS
    for figure in found:
        if figure["section"] == "trade" and figure["state"] in ("observed", "by_partner"):
            assert figure["value"] is not None
            assert figure["source_code"], figure
        if figure["file_id"]:
            assert figure["known_from"], "a figure with a file has a vintage"
    levels = [
        f for f in found if f["item"] in ("exports_usd", "imports_usd", "turnover_usd") and f["value"] is not None
    ]
    one_source = [f for f in levels if f["section"] == "trade" and "+" not in (f["source_code"] or "")]
    assert one_source
    assert all(f["valuation_code"] for f in one_source)


def test_it_publishes_codes_and_numbers_and_no_sentence(published: Home) -> None:
    """What a code says is in core.dim_code; what is recorded by name stays as the source has it."""
    with open_published(published.settings) as con:
        columns = {name: kind for name, kind, *_ in con.execute("describe from marts.profile('RUS', 'CHN')").fetchall()}
        coded = [name for name, kind in columns.items() if kind == "VARCHAR" and name not in ("name", *FREE)]
        found = con.execute(f"select {', '.join(coded)} from marts.profile('RUS', 'CHN')").fetchall()
        lists = con.execute("select code_list, code from core.dim_code").fetchall()
        said = con.execute(
            "select distinct section, rule_code, reason_code, basis_code from marts.profile('EUU', 'CHN') "
            "union from marts.profile('RUS', 'CHN') select section, rule_code, reason_code, basis_code"
        ).fetchall()
    assert not {text for row in found for text in row if text and " " in text}
    known = set(lists)
    for section, rule, reason, basis in said:
        assert basis is None or ("basis", basis) in known
        assert rule is None or section == "statement" or {("rule", rule), ("stand_in", rule)} & known, rule
        reasons = {(name, reason) for name in ("figure_gap", "report_gap", "target_outcome")}
        assert reason is None or reasons & known, reason


def test_both_directions_are_one_profile(published: Home) -> None:
    assert figures(published, "rus", "China") == figures(published, "CN", "Russia")


def test_a_side_that_stopped_reporting_is_missing_not_zero(published: Home) -> None:
    found = figures(published, "RUS", "CHN", "--from", "2022", "--to", "2024")
    own = [f for f in found if f["reporter_code"] == "RUS" and f["section"] == "trade"]
    assert {f["state"] for f in own if f["item"] == "turnover_usd"} == {"by_partner"}
    ranks = [f for f in found if f["reporter_code"] == "RUS" and f["item"] == "rank"]
    assert ranks
    assert all(f["value"] is None and f["basis_code"] == "mirror" and f["n_missing"] for f in ranks)
    assert not [f for f in found if f["value"] == 0 and f["unit"] == "usd"]
    assert {f["period_code"] for f in found if f["section"] == "missing"} == {"2022", "2023", "2024"}
    targets = {(f["reporter_code"], f["state"]) for f in found if f["section"] == "target" and f["value_min"] == 250e9}
    assert targets == {("CHN", "not_reached"), ("RUS", "unknown")}


def test_every_year_is_shown_or_told_as_missing(published: Home) -> None:
    """Of Turkey and Russia the press has 2021 and 2023; Russia lists the United Kingdom in 2020 only."""
    for one, other in (("TUR", "RUS"), ("GBR", "RUS")):
        found = figures(published, one, other)
        for code in (one, other):
            shown = {f["period_code"] for f in found if f["section"] == "trade" and f["reporter_code"] == code}
            assert shown == {str(year) for year in range(2000, 2026)}, (one, other, code)
    told = {f["period_code"] for f in found if f["section"] == "missing" and f["rule_code"] == "none"}
    assert {"2019", "2022", "2025"} <= told


def test_flows_of_two_reports_of_others_are_not_one_flow(published: Home) -> None:
    told = {f["period_code"]: f["rule_code"] for f in figures(published, "HKG", "CHN") if f["section"] == "missing"
            and f["reporter_code"] == "HKG"}  # fmt: skip
    assert (told["2009"], told["2010"]) == ("single_flow", "two_reports")


def test_flows_of_a_group_that_do_not_make_its_total_say_so(published: Home) -> None:
    """In five pairs of China with the G7 one flow of 2021 is from another report than the total."""
    found = {f["item"]: f for f in figures(published, "CHN", "G7", "--from", "2021", "--to", "2021")
             if f["section"] == "members" and f["reporter_code"] == "CHN"}  # fmt: skip
    total = found["turnover_usd"]
    assert found["exports_usd"]["value"] + found["imports_usd"]["value"] > 1.05 * total["value"]
    assert total["reason_code"] == "not_one_report"
    said = " ".join(published.entrepot("profile", "CHN", "G7", "--from", "2021", "--to", "2021").stdout.split())
    assert "For 2021 exports and imports of some pairs do not add up to the total" in said
    assert "a floor" not in said


def test_flows_of_a_floor_that_do_not_make_its_total_say_so(published: Home) -> None:
    """Five of 28 pairs of China with the European Union are known for 2018, some of them by two reports."""
    said = " ".join(published.entrepot("profile", "CHN", "EU", "--from", "2018", "--to", "2018").stdout.split())
    assert "a floor" in said
    assert "For 2018 exports and imports of some pairs do not add up to the total" in said


def test_a_year_without_growth_does_not_deny_the_report_of_the_other_side(published: Home) -> None:
    """Taiwan's report has 2016 and 2017; China's own, which gives the total of 2017, has 2017 alone."""
    said = " ".join(published.entrepot("profile", "CHN", "TWN", "--from", "2016", "--to", "2017").stdout.split())
    assert "+18.1 %" in said
    assert "For 2017 no growth is computed: no report of the side that gives the total has both years" in said


def test_it_reads_well(published: Home) -> None:
    said = published.entrepot("profile", "RUS", "CHN", "--from", "2015").stdout
    for words in (
        "Russia and China", "146.89", "+35.8 %", "190.27°",
        "China was first among the named partners for 9 years in a row up to 2021, possibly for 12.", "2-18", "mixed",
        "If the trade without a named partner belonged to one rival, only 6 years would be certain.", "1*",
        "* trade without a named partner could change the place.",
        "announced 9 times: by China's figures reached in 2023; by Russia's figures not reached by 2021, "
        "with no report since",
        "For 2021 exports and imports do not add up to the total: exports, imports and total come from different "
        "reports.",
        "China, 2021: one flow is from the report of Russia; the report of China does not give both flows.",
        "Russia, 2022-2023: only the report of China is loaded; the loaded reports of Russia name some partners only.",
    ):  # fmt: skip
        assert words in said, words
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("width", "heads"),
    [
        (60, "year exports imports total rank"),
        (72, "year exports imports total growth share rank"),
        (90, "year exports imports balance total growth printed share rank"),
    ],
)
def test_a_table_of_trade_has_the_columns_there_is_room_for(
    published: Home, width: int, heads: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(console, "_width", width)
    with open_published(published.settings) as con:
        found = profile(con, "RUS", "CHN")
    profile_trade.show_trade(found, profile_trade.TradeByYear.of(found), found.area, found.partner)
    said = capsys.readouterr().out
    assert [line.replace("┃", " ").split() for line in said.splitlines() if " exports " in line] == [heads.split()]
    assert ("A terminal of 90 columns has room for `balance`" in said) == (width < 90)
    assert max(map(len, said.splitlines())) <= width
    assert "…" not in said


@pytest.mark.parametrize("width", [40, 60, 140])
def test_no_cell_of_a_table_is_cut(
    published: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int
) -> None:
    """A narrow terminal cut `114.15` to `114.1` and `comtrade_extract` to `comtrade_ext`, with a sign for the rest."""
    monkeypatch.setattr(console, "_width", width)
    with open_published(published.settings) as con:
        for one, other in (("RUS", "CHN"), ("EUU", "CHN")):
            show_profile(profile(con, one, other, 2018))
    said = capsys.readouterr().out
    assert "\u2026" not in said
    assert max(map(len, said.splitlines())) <= width
    titled = "the importer's report less the exporter's, at FOB, billions of US dollars"
    assert (titled in said) == (width == 140), "a title is as wide as the screen, not as its table"


def test_a_place_by_partners_figures_bears_their_mark() -> None:
    """Where best and worst place agree without a report of its own, there is no rank to print plainly."""
    own: dict[str, Any] = {"value": 1, "value_min": 1, "value_max": 1, "basis_code": "own"}
    by_partners = own | {"value": None, "basis_code": "mirror"}
    interval = by_partners | {"value_max": 3}
    assert [rank(figure).plain.strip() for figure in (own, by_partners, interval)] == ["1", "1°", "1-3"]


def test_a_place_trade_without_a_named_partner_could_change_has_an_asterisk() -> None:
    """An interval takes that trade in: both ends are the furthest."""
    place: dict[str, Any] = {"value": 2, "value_min": 1, "value_max": 5, "basis_code": "own"}
    assert [rank(figure).plain.strip() for figure in (place, place | {"value": None})] == ["2*", "1-5"]


def test_ends_of_a_rank_are_those_whoever_has_the_trade_without_a_named_partner(published: Home) -> None:
    """In 2010 China was first or second among Russia's named partners, and down to fifth with the rest of its trade."""
    ranks = {
        (f["period_code"], f["item"]): (f["value"], f["value_min"], f["value_max"])
        for f in figures(published, "RUS", "CHN")
        if f["section"] == "rank" and f["reporter_code"] == "RUS" and f["detail"] == "all"
    }
    assert ranks["2010", "rank"] == (None, 1, 5)
    assert ranks["2014", "rank"] == (1, 1, 4)
    assert ranks["2021", "rank"] == (1, 1, 1)
    assert ranks["2021", "years_first"] == (None, 6, 12)
    said = published.entrepot("profile", "RUS", "CHN", "--from", "2010", "--to", "2014").stdout
    assert "1-5" in said
    assert "1-2 " not in said


def test_a_group_is_a_floor_where_members_are_missing(published: Home) -> None:
    found = figures(published, "EUU", "China", "--from", "2021", "--to", "2021")
    sums = {(f["reporter_code"], f["item"]): f for f in found if f["section"] == "members"}
    exports = sums["CHN", "exports_usd"]
    assert exports["value"] is None
    assert exports["value_min"] > 0
    assert 0 < exports["n_known"] < exports["n_total"] == 27
    assert "≥" in published.entrepot("profile", "EU", "China").stdout


def test_it_says_where_only_members_of_a_group_report(published: Home) -> None:
    used = {
        f["period_code"]: f["rule_code"]
        for f in figures(published, "RUS", "European Union", "--from", "2018", "--to", "2025")
        if f["section"] == "missing" and f["reporter_code"] == "RUS"
    }
    assert (used["2018"], used["2025"]) == ("members", "none")
    said = published.entrepot("profile", "RUS", "European Union", "--from", "2018", "--to", "2025").stdout
    assert "what is known of the pairs of members is added up; " in said
    assert "no report of either side is loaded; " in said


def test_among_too_few_known_partners_there_is_no_rank(published: Home) -> None:
    ranks = {f["reporter_code"] for f in figures(published, "USA", "CHN") if f["section"] == "rank"}
    assert ranks == {"CHN"}
    said = published.entrepot("profile", "USA", "CHN").stdout
    assert "Too few of the United States' partners are loaded to rank them." in said
    assert "The United States may have been first for up to 22 years in a row up to 2025" in said


def test_years_without_a_rank_say_why(published: Home) -> None:
    """As many economies are reported for China's rank of Russia in 2025, so that is not the reason."""
    said = " ".join(published.entrepot("profile", "DEU", "CHN").stdout.split())
    assert "No rank for 2003 to 2009: the report of China states exports to Germany only, and" in said
    assert "No rank for 2025: the report of China does not state its trade with Germany in dollars." in said
    assert "No rank" not in published.entrepot("profile", "RUS", "CHN", "--from", "2025").stdout


def test_a_report_that_is_loaded_is_not_said_to_be_missing(published: Home) -> None:
    """The press printed China's trade with the European Union of 2019 without exports and imports."""
    said = published.entrepot("profile", "EUU", "CHN", "--from", "2019", "--to", "2019").stdout
    (year,) = (line.split("│")[1:] for line in said.splitlines() if line.startswith("│ 2019 │") and "703.19" in line)
    assert [cell.strip() for cell in year[1:5]] == ["not split", "not split", "", "703.19"]
    assert "not split: the total is published without exports or imports." in said


def test_a_side_without_any_figure_is_a_line_and_no_table(published: Home) -> None:
    said = published.entrepot("profile", "EUU", "CHN").stdout
    assert "By the European Union as a whole: no figure of its trade with China is loaded for 2000 to 2025." in said
    assert "By the European Union: trade with China" not in said
    assert "By China: trade with the European Union" in said
    said = published.entrepot("profile", "DEU", "CHN", "--from", "2025").stdout
    assert "By Germany: no figure of its trade with China is loaded for 2025." in said
    assert "no report" not in said.partition("Missing reports")[0]


def test_a_year_known_by_members_of_a_group_alone_is_a_year_of_the_profile(published: Home) -> None:
    """China's figures of ASEAN begin in 2019, those of members before: 2018 was in the table of members only."""
    found = figures(published, "ASEAN", "China", "--from", "2018", "--to", "2018")
    told = {(f["reporter_code"], f["rule_code"]) for f in found if f["section"] == "missing"}
    assert told == {("ASEAN", "members"), ("CHN", "members")}
    said = published.entrepot("profile", "ASEAN", "China", "--from", "2018").stdout
    assert "│ 2018 │ no report │" in said
    assert "ASEAN's trade with China, added up from members, billions of US dollars" in said


def test_both_tables_of_members_have_the_same_years(published: Home) -> None:
    """Russia reported something of 2022 and no member of the Union did: 2022 was missing between 2021 and 2023."""
    said = published.entrepot("profile", "EUU", "RUS").stdout
    tables = [part.partition("└")[0] for part in said.split("added up from members")[1:]]
    years = [re.findall(r"^│ (\d{4}) │", table, re.MULTILINE) for table in tables]
    assert len(years) == 2
    assert years[0] == years[1]
    assert "2022" in years[0]
    row = next(line for line in tables[0].splitlines() if line.startswith("│ 2022 │"))
    assert row.count("none known") == 3


@pytest.mark.parametrize(("columns", "width"), [("80", 80), ("100", 100), ("", 140)])
def test_output_that_is_piped_is_as_wide_as_asked_for(published: Home, columns: str, width: int) -> None:
    environment = {**published.environment, "COLUMNS": columns}
    command = [ENTREPOT, "profile", "EUU", "CHN"]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120).stdout
    assert max(map(len, said.splitlines())) == width


def test_a_column_without_a_figure_is_neither_shown_nor_missed(published: Home) -> None:
    said = published.entrepot("profile", "DEU", "CHN").stdout
    assert " growth " in said
    assert " printed " not in said


def test_a_kind_of_event_is_spelt_as_a_dictionary_has_it(published: Home) -> None:
    said = published.entrepot("profile", "RUS", "USA").stdout
    assert "counter-sanction by Russia: Food import ban" in said
    assert "secondary sanction by the United States: " in said


def test_an_event_of_a_month_has_no_day(published: Home) -> None:
    """Its record has the first of the month and says that no day is known; it was told as of that day."""
    said = published.entrepot("profile", "EUU", "RUS").stdout
    assert re.search(r"^ +2024-02     sanction by the European Union: Thirteenth package\b", said, re.MULTILINE)
    assert re.search(r"^ +2023-06-23  sanction by the European Union: Eleventh package\b", said, re.MULTILINE)
    page = unpacked(published.settings.export / "site" / "pairs" / "EUU-RUS.js")["pair"]
    assert "February 2024" in page
    assert "1 February 2024" not in page


def test_a_pair_without_figures_says_so(published: Home) -> None:
    result = published.entrepot("profile", "China", "TUV")
    assert result.returncode == 0
    assert "No figure of their trade is loaded." in result.stdout
    assert "Tuvalu: none of its reports is loaded." in result.stdout
    assert "are loaded, but do not name this partner (" in result.stdout
    assert "comtrade_extract" not in result.stdout, "publishers have names"


def test_a_pair_known_by_goods_or_months_alone_says_so(
    published: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It said that no figure was loaded, above a table of the goods."""
    release = tmp_path / "trade.duckdb"
    shutil.copy(published.settings.published.resolve(), release)
    with duckdb.connect(str(release)) as con:
        con.execute(GOODS_OF_TUVALU)
        show_profile(profile(con, "Tuvalu", "CHN"))
        con.execute("update core.trade_cell set period_code = '2019-M03' where partner_code = 'TUV'")
        show_profile(profile(con, "CHN", "TUV"))
    goods, months = capsys.readouterr().out.split("China and Tuvalu")
    assert "trade are loaded, but figures of goods for 2015 to 2019 are." in " ".join(goods.split())
    assert "figures of goods and of months for 2019 are." in " ".join(months.split())
    assert "from marts.bilateral_month where reporter_code in ('CHN', 'TUV')" in " ".join(months.split())
    assert "No figure" not in goods + months


def test_a_group_that_goes_by_another_name_is_pointed_to(published: Home) -> None:
    said = " ".join(published.entrepot("profile", "EU27", "CHN").stdout.split())
    assert "do not name this partner" in said
    assert "They do name the European Union (EUU)." in said
    assert "The members of the European Union of 27 are not on record, so nothing is added up for it; for" in said
    assert "They do name" not in published.entrepot("profile", "TUV", "CHN").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Russa", "CHN"), "'group')\"` lists them. Did you mean Russia (RUS) or Aruba (ABW)?"),
        (("X899", "CHN"), "Areas not specified (X899) is neither an economy nor a group of economies, so it has"),
        (("CHN", "China"), "A profile needs two areas; both are China."),
        (("CHN", "RUS", "--from", "abcd"), "'abcd' is not a year; write it with four digits, such as 2021."),
        (("CHN", "RUS", "--from", "2021", "--to", "2019"), "The years end before they begin: 2021 to 2019."),
    ],
)
def test_a_question_that_makes_no_sense_gets_one_sentence(
    published: Home, arguments: tuple[str, ...], said: str
) -> None:
    result = published.entrepot("profile", *arguments)
    assert result.returncode == 1
    assert said in " ".join(result.stderr.split())


def test_areas_are_found_by_code_and_name(published: Home) -> None:
    with open_published(published.settings) as con:
        assert {find_area(con, text).code for text in ("deu", "DE", "germany", " Germany ", "Deutschland")} == {"DEU"}
        other_names = {"U.K.": "GBR", "The Netherlands": "NLD", "Burma": "MMR", "COTE D'IVOIRE": "CIV", "156": "CHN"}
        other_names |= {"UK": "GBR", "England": "GBR", "DRC": "COD", "cote divoire": "CIV", "Oesterreich": "AUT"}
        assert {text: find_area(con, text).code for text in other_names} == other_names
        assert find_area(con, "ASEAN").is_group


def test_every_table_macro_is_described_column_by_column(published: Home) -> None:
    calls = {
        "profile": "marts.profile('RUS', 'CHN')",
        "trade_in_revision": "core.trade_in_revision('H4')",
        "trade_asof": "core.trade_asof(now())",
        "trade_of": "core.trade_of('imf_dots', 'A')",
    }
    with open_published(published.settings) as con:
        made = con.execute(
            "select function_name from duckdb_functions() where function_type = 'table_macro' and not internal"
        ).fetchall()
        assert {name for (name,) in made} == set(calls), "a new table macro needs a call here"
        for name, call in calls.items():
            columns = [row[0] for row in con.execute(f"describe select * from {call}").fetchall()]
            described = con.execute(
                "select column_name from meta.dictionary where object_kind = 'table_macro' and table_name = ? "
                "order by column_position",
                [name],
            ).fetchall()
            assert [column for (column,) in described] == columns


def test_the_dictionary_describes_every_column_there_is_and_none_besides(published: Home) -> None:
    columns = "database_name, schema_name, table_name, column_name"
    described = f"select {columns} from meta.dictionary where object_kind = 'table' "
    made = f"select {columns} from duckdb_columns() where not internal "
    schemas = "and database_name in ('trade', 'workings') and schema_name <> 'intermediate' "
    with opened(published.settings.published) as con:
        whole = f"{described} and coalesce(column_description, '') <> '' and coalesce(table_description, '') <> ''"
        assert con.execute(f"{made}{schemas} except {whole} order by all").fetchall() == []
        assert con.execute(f"{described}{schemas} except {made} order by all").fetchall() == []


def test_statements_about_any_pair_get_a_verdict(brought: Home) -> None:
    found = {f["detail"]: f for f in figures(brought, "Japan", "CHN") if f["section"] == "statement"}
    assert {name: f["state"] for name, f in found.items()} == {
        "x001": "supported",
        "x002": "right figure, wrong period",
        "x003": "not supported",
        "x004": "supported",
        "x006": "possible, not proven",
        "x005": "not testable",
    }
    assert float(found["x003"]["value_min"]) <= 371.347 <= float(found["x003"]["value_max"])


def test_the_macro_lives_in_the_file_alone(published: Home, tmp_path: Path) -> None:
    """Another program that only has the file gets the same answer, also where it was copied elsewhere."""
    copy = tmp_path / "trade.duckdb"
    shutil.copyfile(published.settings.published, copy)
    with duckdb.connect(str(copy), read_only=True) as con:
        count = con.execute("select count(*) from marts.profile('RUS', 'CHN')").fetchone()
    assert count == (len(figures(published, "RUS", "CHN")),)
