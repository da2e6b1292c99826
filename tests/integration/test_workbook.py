"""The Excel workbook: what stands in its cells is what SQL answers, and it says whose figures they are."""

from __future__ import annotations

import itertools
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from flows.contracts.grains import load_grains
from flows.contracts.relations import IS_STORAGE, RELATIONS
from flows.errors import EntrepotError, of_the_machine
from flows.exports.excel import write_workbook
from flows.exports.named import NAMES
from flows.read.wording.names import sentence_case
from flows.releases.place import release_path
from flows.settings import Settings
from tests.conftest import Home


@pytest.fixture(scope="module")
def workbook(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("xlsx") / "marts.xlsx"
    done = published.entrepot("export", "xlsx", str(path))
    assert done.returncode == 0, done.stderr
    assert "Wrote 29 marts of release" in " ".join(done.stdout.split())
    assert [p.name for p in path.parent.iterdir()] == ["marts.xlsx"]
    return path


@pytest.fixture(scope="module")
def sheets(workbook: Path) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(workbook, read_only=True)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def marts(con: duckdb.DuckDBPyConnection) -> list[str]:
    found = con.execute(
        f"select table_name from {RELATIONS} where schema_name = 'marts' and not {IS_STORAGE} order by 1"
    ).fetchall()
    return [name for (name,) in found]


def as_in_excel(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return None if value == "" else value


def same(cell: Any, value: Any) -> bool:
    if hasattr(cell, "hour") and not hasattr(value, "hour"):
        cell = cell.date()
    if isinstance(value, float) and not isinstance(cell, bool | str | None):
        return bool(cell == pytest.approx(value, rel=1e-15))
    return bool(cell == value)


def test_every_sheet_holds_the_rows_of_its_mart_in_the_order_of_the_grain(
    published: Home, sheets: dict[str, list[tuple[Any, ...]]]
) -> None:
    grains = load_grains(published.settings.dbt_project)
    with duckdb.connect(str(published.settings.published), read_only=True) as con:
        assert list(sheets) == ["About", "Dictionary", *marts(con)]
        for mart in marts(con):
            rows = con.execute(f"from marts.{mart} order by {', '.join(grains[f'marts.{mart}'].columns)}")
            own = [column[0] for column in rows.description or []]
            header, *cells = sheets[mart]
            assert [name for name in header if name in own] == own
            places = [header.index(name) for name in own]
            values = rows.fetchall()
            assert len(cells) == len(values), mart
            for line, wanted in zip(cells, values, strict=True):
                found = [line[place] for place in places]
                padded = itertools.zip_longest(found, map(as_in_excel, wanted))
                assert all(same(cell, value) for cell, value in padded), (mart, wanted)


def test_a_name_stands_after_every_code_of_an_area_or_product(
    published: Home, sheets: dict[str, list[tuple[Any, ...]]]
) -> None:
    with duckdb.connect(str(published.settings.published), read_only=True) as con:
        names = dict(con.execute("select area_code, area_name from core.dim_area").fetchall())
        names |= dict(con.execute("select product_key, product_name from core.dim_product").fetchall())
    seen = set()
    for mart, (header, *cells) in list(sheets.items())[2:]:
        for place, code in enumerate(header):
            if code in NAMES:
                name = header.index(NAMES[code].column)
                assert mart in ("mirror_gap", "reporter_asymmetry") or name == place + 1, mart
                assert all(line[name] == names[line[place]] for line in cells if line[place] is not None), mart
                seen.add(code)
    assert seen == set(NAMES)


def test_the_first_sheets_say_whose_figures_these_are_and_what_they_mean(
    published: Home, sheets: dict[str, list[tuple[Any, ...]]]
) -> None:
    said = "\n".join(str(cell) for row in sheets["About"] for cell in row if cell is not None)
    with duckdb.connect(str(published.settings.published), read_only=True) as con:
        used = con.execute(
            "select distinct source_code, licence, is_redistributable from core.dim_source "
            "join core.dim_raw_file using (source_code) where row_count > 0"
        ).fetchall()
        columns = con.execute(
            "select table_name, column_name, lower(data_type), coalesce(unit, ''), column_description "
            f"from meta.dictionary where object_kind = 'table' and schema_name = 'marts' and not {IS_STORAGE}"
        ).fetchall()
    assert published.settings.published.resolve().parent.name in said
    assert "never zero" in said
    for source, licence, may_be_passed_on in used:
        (line,) = [row for row in sheets["About"] if row[0] == source]
        assert sentence_case(licence) in line[2]
        assert ("Not redistributable" in line[2]) is not may_be_passed_on
    listed = {row[0]: row[1] for row in sheets["About"] if row[0] in sheets}
    assert listed == {name: len(rows) - 1 for name, rows in sheets.items() if name not in ("About", "Dictionary")}
    described = {(row[0], row[1], row[3] or "", row[4]) for row in sheets["Dictionary"][1:]}
    own = {(table, column, unit, text) for table, column, _, unit, text in columns}
    assert own <= described
    assert {column for _, column, _, _ in described - own} == {name.column for name in NAMES.values()} - {
        "exporter_name",
        "importer_name",
    }


@pytest.fixture
def small(tmp_path: Path) -> Settings:
    """A release of three marts: `money`, `four` of four rows, and `odd` with what a spreadsheet might misread."""
    settings = Settings(warehouse=tmp_path / "warehouse")
    release_path(settings, "one").parent.mkdir(parents=True)
    with duckdb.connect(str(release_path(settings, "one"))) as con:
        con.execute("create schema core; create schema marts; create schema meta")
        con.execute("create table meta.release as select true as is_this_release, timestamp '2022-02-06' as built_at")
        con.execute("create table meta.dictionary(object_kind text, schema_name text, table_name text, "
                    "column_name text, unit text)")  # fmt: skip
        con.execute("create table core.dim_source(source_code text, publisher text, licence text, "
                    "is_redistributable boolean, landing_page text)")  # fmt: skip
        con.execute("create table core.dim_raw_file(source_code text, known_from timestamp, row_count bigint)")
        con.execute(
            "create table marts.money as select 2021 as year_number, x::decimal(18, 3) as turnover_usd, "
            "35.8 as share_pct, date '2022-02-06' as said_on from (values (146887000000), (12), (null)) as v(x)"
        )
        con.execute("comment on column marts.money.turnover_usd is 'Exports and imports.'")
        con.execute("insert into meta.dictionary values "
                    "('table', 'marts', 'money', 'turnover_usd', 'current US dollars'), "
                    "('table', 'marts', 'money', 'share_pct', 'percent'), "
                    "('table', 'marts', 'money', 'year_number', 'calendar year')")  # fmt: skip
        con.execute("create table marts.four as select range as number from range(4)")
        con.execute("create table marts.odd as select '=1+1' as words union all select 'https://example.org'")
    return settings


def test_a_mart_beyond_a_sheet_is_named_and_counted_not_cut(small: Settings, tmp_path: Path) -> None:
    done = write_workbook(small, "one", tmp_path / "marts.xlsx", most_rows=4)
    assert [(mart.name, mart.rows) for mart in done.left_out] == [("four", 4)]
    book = openpyxl.load_workbook(done.path)
    assert book.sheetnames == ["About", "Dictionary", "money", "odd"]
    about = [[cell.value for cell in row] for row in book["About"]]
    place = next(i for i, row in enumerate(about) if str(row[0]).startswith("Left out"))
    assert about[place + 1][:2] == ["four", 4]
    assert write_workbook(small, "one", tmp_path / "marts.xlsx", most_rows=5).left_out == []


def test_numbers_have_formats_and_headers_stay_in_sight(small: Settings, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_workbook(small, "one", tmp_path / "marts.xlsx").path)
    sheet = book["money"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:D4"
    header = {cell.value: cell for cell in sheet[1]}
    assert all(cell.font.bold for cell in header.values())
    assert header["turnover_usd"].comment.text == "Exports and imports.\nUnit: current US dollars"
    formats = {name: sheet.cell(2, cell.column).number_format for name, cell in header.items()}
    assert formats["turnover_usd"].startswith('[>=1000000000]#,##0.000,,," bn"_);')
    assert (formats["share_pct"], formats["year_number"], formats["said_on"]) == ('#,##0.0"%"_)', "0_)", "yyyy-mm-dd")
    values = [sheet.cell(row, header["turnover_usd"].column).value for row in (2, 3, 4)]
    assert values == [12, 146_887_000_000, None]
    assert all(10 <= sheet.column_dimensions[letter].width <= 50 for letter in "ABCD")
    assert book["About"]["A1"].value == "Entrepôt: trade statistics"
    assert not any(row.height for row in book["About"].row_dimensions.values())  # each takes what its text needs
    links = [cell.hyperlink.location for row in book["About"] for cell in row if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in ("four", "money", "odd")]


def test_what_a_row_is_about_stays_in_sight(small: Settings, tmp_path: Path) -> None:
    with duckdb.connect(str(release_path(small, "one"))) as con:
        con.execute("create table core.dim_area as from (values ('CHN', 'China'), ('RUS', 'Russia')) as area "
                    "(area_code, area_name)")  # fmt: skip
        con.execute("create table marts.bilateral_year as select 'CHN' as reporter_code, 'RUS' as partner_code, "
                    "2021 as year_number, '2021' as period_code, true as is_corroborated")  # fmt: skip
    sheet = openpyxl.load_workbook(write_workbook(small, "one", tmp_path / "marts.xlsx").path)["bilateral_year"]
    assert sheet.freeze_panes == "D2"
    assert [cell.value for cell in sheet[2]] == ["CHN", "China", "RUS", "Russia", 2021, "2021", True]


def test_text_is_never_taken_for_a_formula_or_a_link(small: Settings, tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(write_workbook(small, "one", tmp_path / "marts.xlsx").path)["odd"]
    assert [(sheet.cell(row, 1).value, sheet.cell(row, 1).data_type) for row in (2, 3)] == [
        ("=1+1", "s"),
        ("https://example.org", "s"),
    ]
    assert sheet.cell(3, 1).hyperlink is None


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("/proc/x.xlsx", r"/proc cannot be written to \("),
        ("/proc/x/y.xlsx", r"/proc/x cannot be written to \("),
        ("{}", r" is a folder; name a file in it, such as .*/trade\.xlsx\."),
        ("{}/file/x.xlsx", r"/file cannot be written to \("),
    ],
)
def test_a_place_where_no_file_can_be_made_is_told_in_a_sentence(
    small: Settings, tmp_path: Path, place: str, said: str
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EntrepotError, match=said):
        write_workbook(small, "one", Path(place.format(tmp_path)))
    assert not list(tmp_path.glob(".*"))


def test_a_full_disk_while_a_workbook_is_written_is_told_as_one(
    small: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("xlsxwriter.workbook.ZipFile", full)
    with pytest.raises(OSError, match="No space left") as error:
        write_workbook(small, "one", tmp_path / "marts.xlsx")
    assert of_the_machine(error.value).startswith("The disk is full")


def test_a_text_longer_than_a_cell_stops_it_and_leaves_no_file(small: Settings, tmp_path: Path) -> None:
    with duckdb.connect(str(release_path(small, "one"))) as con:
        con.execute("insert into marts.odd select repeat('a', 32768)")
    with pytest.raises(EntrepotError, match=r"32768 characters in row 2 of marts\.odd"):
        write_workbook(small, "one", tmp_path / "out" / "marts.xlsx")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_that_is_not_there_is_not_made(published: Home, tmp_path: Path) -> None:
    """A misspelt one was, and the workbook was where nobody looked for it."""
    done = published.entrepot("export", "xlsx", str(tmp_path / "reprots" / "marts.xlsx"))
    assert done.returncode == 1
    assert done.stderr.startswith(f"There is no folder {tmp_path / 'reprots'}; make it")
    assert not list(tmp_path.iterdir())
