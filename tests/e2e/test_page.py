"""The page as a reader meets it: opened from disk in a browser, at two widths, in light and in dark."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from flows.exports.site.sections.statements import counted_verdict
from flows.exports.site.writing import write_site
from flows.read.wording.numbers import BILLIONS, money_for, number
from tests.conftest import Home
from tests.marts import GOODS_OF_TUVALU
from tests.pair_files import unpacked
from tests.worlds import Shown

SECTIONS = (
    "statements",
    "turnover",
    "months",
    "ranks",
    "goods",
    "mirror",
    "settlement",
    "partners",
    "coverage",
    "changes",
)
DRAWN = "document.querySelectorAll('.draw').length === document.querySelectorAll('.draw[data-drawn] svg').length"
MEGABYTE = 1_000_000


@dataclass
class Opened:
    """The page in a tab, what it asked for and what it complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def wait_until_drawn(self) -> None:
        self.page.wait_for_function(DRAWN)


@pytest.fixture(scope="module")
def site(published: Home) -> Path:
    """Folder of the page that the run left."""
    return (published.settings.export / "site").resolve()


@contextmanager
def opened(
    browser: Browser, site: Path, width: int = 1440, scheme: Any = "light", scripts: bool = True, address: str = ""
) -> Iterator[Opened]:
    """The page opened from disk, and a check at the end that it asked nobody and complained of nothing."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
    )
    tab = Opened(context.new_page())
    tab.page.on("request", lambda request: tab.asked.append(request.url))
    tab.page.on("console", lambda message: tab.complaints.append(f"{message.type}: {message.text}"))
    tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
    tab.page.goto((site / "index.html").as_uri() + address)
    if scripts:
        tab.wait_until_drawn()
    yield tab
    context.close()
    assert [url for url in tab.asked if not url.startswith(("file:", "data:"))] == []
    assert tab.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [380, 1440])
def test_every_section_is_there_drawn_readable_and_accessible(
    chromium: Browser, site: Path, screenshots: Path, width: int, scheme: str
) -> None:
    with opened(chromium, site, width, scheme) as tab:
        page = tab.page
        for name in SECTIONS:
            section = page.locator(f"section#{name}")
            assert len(section.inner_text()) > 60, name
        assert page.locator(".draw svg").count() >= 9
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.screenshot(path=screenshots / f"page-{width}-{scheme}.png", full_page=True)
        paints = page.evaluate("performance.getEntriesByType('paint').map(entry => [entry.name, entry.startTime])")
        assert paints
        said = ", ".join(f"{name} {milliseconds:.0f} ms" for name, milliseconds in paints)
        (screenshots / f"page-{width}-{scheme}.txt").write_text(f"{said}\n", encoding="utf-8")
        print(f"{width} px, {scheme}: {said}")
        found = Axe().run(page, options={"preload": False}).response["violations"]
        grave = [
            (rule["id"], [node["target"] for node in rule["nodes"]][:5])
            for rule in found
            if rule["impact"] in ("serious", "critical")
        ]
        assert grave == []


def test_the_head_says_which_pair_which_release_and_the_verdicts(
    chromium: Browser, site: Path, published: Home
) -> None:
    with duckdb.connect(str(published.settings.published), read_only=True) as con:
        verdicts = con.execute(
            "select verdict, count(*) from marts.claim_check where is_article group by all order by all"
        ).fetchall()
        own = con.execute(
            "select turnover_usd from marts.bilateral_year where reporter_code = 'CHN' and "
            "partner_code = 'RUS' and turnover_usd is not null order by year_number desc limit 1"
        ).fetchone()
    assert own is not None
    with opened(chromium, site) as tab:
        head = tab.page.locator(".head").inner_text()
        assert tab.page.locator("h1").inner_text() == "China and Russia"
        assert "Release 1, built" in head
        assert all(counted_verdict(verdict, count) in head for verdict, count in verdicts)
        assert BILLIONS.text(own[0]) in head
        assert "not redistributable" in head


def test_the_picker_takes_names_codes_and_other_languages(chromium: Browser, site: Path, screenshots: Path) -> None:
    with opened(chromium, site) as tab:
        page = tab.page
        one, other = page.locator("#one"), page.locator("#other")
        for typed, name in (
            ("BLR", "Belarus"),
            ("by", "Belarus"),
            ("kasachstan", "Kazakhstan"),
            ("burma", "Myanmar"),
            ("UK", "United Kingdom"),
            ("gbr", "United Kingdom"),
            ("England", "United Kingdom"),
            ("DRC", "DR Congo"),
            ("Oesterreich", "Austria"),
            ("cote divoire", "C\u00f4te"),
            ("guinea bissau", "Guinea-Bissau"),
            ("the netherlands", "Netherlands"),
            ("ae", "United Arab Emirates"),
            ("白俄", "Belarus"),
        ):
            other.fill(typed)
            option = page.locator("#other-list li[aria-selected=true]")
            assert option.inner_text().startswith(name), typed
        page.keyboard.press("Escape")
        assert other.input_value() == "Russia"
        one.fill("Беларусь")
        page.keyboard.press("Enter")
        page.locator("h1", has_text="Belarus and Russia").wait_for()
        tab.wait_until_drawn()
        assert "Belarus" in page.locator("section#turnover").inner_text()
        assert page.url.endswith("#pair=BLR-RUS")
        page.screenshot(path=screenshots / "page-picked.png", full_page=True)


_TOLD_BY_MARKS = """async ([field, value]) => {
    const row = {year: 2019, reporter: "China", turnover: 1, own: true, reported: true, growth_computed_pct: null};
    const setting = {names: ["China", "Russia"], unit: "bn USD", targets: [], events: []};
    const chart = {kind: "turnover", height: 300, rows: [{...row, [field]: value}], setting: setting};
    const box = document.createElement("div");
    const drawn = await entrepot.embed(box, entrepot.specs.turnover(chart, 600), {renderer: "svg"});
    const told = [], table = entrepot.tableOf(chart);
    const head = field === "turnover" ? "Total trade" : "Growth computed, %";
    const at = [...table.querySelectorAll("thead th")].findIndex(cell => cell.textContent === head);
    (function walk(item) { if (item.tooltip) told.push(item.tooltip); (item.items || []).forEach(walk); })(
        drawn.view.scenegraph().root);
    const said = told.find(one => "By" in one);
    return [said[field === "turnover" ? "bn USD" : head], table.querySelectorAll("tbody tr > *")[at].textContent];
}"""


def test_a_mark_tells_numbers_as_the_table_does(chromium: Browser, site: Path) -> None:
    with opened(chromium, site) as tab:
        for field_name, value, text in (
            ("turnover", 1234.565, "1,234.57"), ("turnover", 0.004, "<0.01"), ("growth_computed_pct", -0.04, "0.0"),
            ("growth_computed_pct", 0.04, "0.0"), ("growth_computed_pct", -12.25, "\u221212.3"),
            ("growth_computed_pct", 3, "+3.0"),
        ):  # fmt: skip
            told = tab.page.evaluate(_TOLD_BY_MARKS, [field_name, value])
            assert told == [text, text], (field_name, value)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("germny", ["Germany"]), ("Gremany", ["Germany"]), ("kyrgistan", ["Kyrgyzstan"]), ("S. Korea", ["South Korea"]),
        ("Cote d Ivoire", ["C\u00f4te d'Ivoire"]), ("Austrlia", ["Australia", "Austria"]), ("Russa", ["Russia"]),
        ("Soviet Unon", ["the Soviet Union"]), ("xyzzy", []), ("zz", []),
    ],
)  # fmt: skip
def test_a_name_with_a_mistake_leads_to_the_nearest_ones(
    chromium: Browser, site: Path, typed: str, names: list[str]
) -> None:
    with opened(chromium, site) as tab:
        page = tab.page
        page.locator("#other").fill(typed)
        said = page.locator("#other-list li[aria-disabled=true]").inner_text()
        asked = f" Did you mean {' or '.join(names)}?" if names else ""
        assert said == f"No economy or group is called \u201c{typed}\u201d.{asked}"
        assert page.locator("#other-list li[data-code]").count() == len(names)
        read_out = page.locator("#told[role=status]")
        assert read_out.inner_text() == said, "a screen reader does not come to a line that cannot be marked"
        page.locator("#other").fill("Germany")
        assert read_out.text_content() == ""


def test_the_nearest_name_can_be_chosen_by_keyboard_and_by_click(chromium: Browser, site: Path) -> None:
    with opened(chromium, site) as tab:
        page = tab.page
        page.locator("#other").fill("germny")
        assert page.locator("#other-list li[aria-selected=true]").inner_text().startswith("Germany")
        page.keyboard.press("Enter")
        page.locator("h1", has_text="China and Germany").wait_for()
        page.locator("#other").fill("Brzil")
        page.locator("#other-list li[data-code]").click()
        page.locator("h1", has_text="Brazil and China").wait_for()
        page.locator("#other").fill("Austrlia")
        page.keyboard.press("ArrowDown")
        assert page.locator("#other-list li[aria-selected=true]").inner_text().startswith("Austria")


@pytest.mark.parametrize("box", ["one", "other"])
def test_one_economy_in_both_boxes_makes_no_pair(chromium: Browser, site: Path, box: str) -> None:
    with opened(chromium, site, address="#pair=CHN-DEU") as tab:
        page = tab.page
        before = page.locator("#one").input_value(), page.locator("#other").input_value()
        twice = before[box == "one"]
        said = f"A pair needs two economies. {twice} was already in the other box, so the two were swapped."
        page.locator(f"#{box}").fill(twice)
        page.keyboard.press("Enter")
        page.locator("#told:not(.away)", has_text=said).wait_for()
        assert (page.locator("#other").input_value(), page.locator("#one").input_value()) == before
        assert page.locator("h1").inner_text() == "China and Germany"
        assert page.url.endswith("#pair=CHN-DEU")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Brazil (BRA)", "Brazil and China"),
        ("842", "China and the United States"),
        ("euro area", "China and the euro area"),
        ("World without China", "China and the world without China"),
    ],
)
def test_what_is_typed_is_taken_with_tab_too(chromium: Browser, site: Path, typed: str, said: str) -> None:
    with opened(chromium, site) as tab:
        tab.page.locator("#other").fill(typed)
        tab.page.keyboard.press("Tab")
        tab.page.wait_for_function("said => document.querySelector('h1').innerText === said", arg=said)


def test_a_pair_without_figures_has_its_own_name_and_says_what_would_bring_them(chromium: Browser, site: Path) -> None:
    with opened(chromium, site) as tab:
        page = tab.page
        page.locator("#other").fill("Tuvalu")
        page.keyboard.press("Enter")
        page.locator("h1", has_text="China and Tuvalu").wait_for()
        said = page.locator(".lead").inner_text()
        assert "No figure of the trade between China and Tuvalu" in said
        assert "entrepot profile CHN TUV" in said
        assert page.locator("#pair").inner_text() == page.locator("#verdicts").inner_text() == ""
        assert "That does not mean that they do not trade." in said
        page.reload()
        page.locator("h1", has_text="China and Tuvalu").wait_for()


@pytest.mark.parametrize("most", [400, 1])
def test_a_pair_of_groups_that_no_report_names_shows_what_members_add_up_to(
    chromium: Browser, published: Home, tmp_path: Path, most: int
) -> None:
    """On a page of its own and on a short one."""
    write_site(published.settings, published.settings.published, tmp_path, most=most)
    with opened(chromium, tmp_path, address="#pair=BRICS-G7") as tab:
        tab.page.locator("#lead p", has_text="what is known of members adds up to at least").wait_for()
        tables = tab.page.locator("#members details")
        assert [table.count("added up from members") for table in tables.all_inner_texts()] == [1, 1]
        assert "(7 of 63)" in tables.first.inner_text()
    with opened(chromium, tmp_path, address="#pair=BRICS-TUV") as tab:
        tab.page.locator("#lead p", has_text="No figure of the trade between BRICS and Tuvalu").wait_for()


def test_a_pair_known_by_goods_alone_says_so(chromium: Browser, published: Home, tmp_path: Path) -> None:
    release = tmp_path / "trade.duckdb"
    shutil.copy(published.settings.published.resolve(), release)
    with duckdb.connect(str(release)) as con:
        con.execute(GOODS_OF_TUVALU)
    write_site(published.settings, release, tmp_path / "site", most=2)
    with opened(chromium, tmp_path / "site", address="#pair=CHN-TUV") as tab:
        tab.page.locator("h1", has_text="China and Tuvalu").wait_for()
        said = tab.page.locator(".lead").inner_text()
        assert "is loaded, but figures of goods for 2015 to 2019 are." in said
        assert "entrepot profile CHN TUV" in said
    with opened(chromium, tmp_path / "site", address="#pair=NRU-TUV") as tab:
        tab.page.locator("h1", has_text="Nauru and Tuvalu").wait_for()
        assert "No figure of the trade between Nauru and Tuvalu" in tab.page.locator(".lead").inner_text()


@pytest.mark.parametrize("address", ["pair=CHN-ZZZ", "pair=CHN-CHN", "pair=WLD-CHN", "pair=nope&at=ranks", "nope"])
def test_an_address_that_names_no_pair_says_so_and_which_one_is_shown(
    chromium: Browser, site: Path, address: str
) -> None:
    named = address.removeprefix("pair=").partition("&")[0]
    with opened(chromium, site, address=f"#{address}") as tab:
        said = f"The address names no pair of this page ({named}); China and Russia are shown instead."
        tab.page.locator("#told:not(.away)", has_text=said).wait_for()
        assert tab.page.locator("h1").inner_text() == "China and Russia"
    with opened(chromium, site, address=f"#{address}&only=turnover-by-year") as tab:
        tab.page.locator("html.only figure p", has_text=said).wait_for()


@pytest.mark.parametrize("address", ["", "#ranks", "#pair=chn-rus", "#pair=CHN-RUS&at=months"])
def test_an_address_that_names_one_is_no_trouble(chromium: Browser, site: Path, address: str) -> None:
    with opened(chromium, site, address=address) as tab:
        assert "away" in str(tab.page.locator("#told").get_attribute("class"))


def test_a_state_that_has_ended_is_not_said_to_trade(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, address="#pair=RUS-SUN") as tab:
        tab.page.locator("h1", has_text="Russia and the Soviet Union").wait_for()
        said = tab.page.locator("#lead").inner_text()
        assert "The Soviet Union existed until 1991." in said
        assert "do not trade" not in said


def test_a_year_without_a_row_is_crossed_as_one_without_a_report(chromium: Browser, site: Path) -> None:
    row = "({year, reporter, turnover: 1, own: true, reported: true})"
    with opened(chromium, site) as tab:
        layers = tab.page.evaluate(
            f"""() => {{
                const made = (reporter, year) => {row};
                const rows = [made('Alpha', 2001), made('Alpha', 2004), made('Beta', 2002)];
                const setting = {{ names: ['Alpha', 'Beta'], unit: 'bn USD', targets: [], events: [] }};
                return entrepot.specs.turnover({{ rows, setting, height: 300 }}, 380).layer;
            }}"""
        )
    (crosses,) = (layer for layer in layers if layer.get("mark", {}).get("shape"))
    told = sorted((row["reporter"], row["year"]) for row in crosses["data"]["values"])
    assert told == [
        ("Alpha", 2002), ("Alpha", 2003), ("Beta", 2001), ("Beta", 2003), ("Beta", 2004)
    ]  # fmt: skip
    words = [layer["mark"]["text"] for layer in layers if layer.get("mark", {}).get("text")]
    assert "\u00d7 no own total" in words, "the sign is explained on a phone, too"


def test_the_address_holds_pair_section_and_open_tables(chromium: Browser, site: Path) -> None:
    with opened(chromium, site) as tab:
        page = tab.page
        page.locator("#one").fill("Kazakhstan")
        page.keyboard.press("Enter")
        page.locator("h1", has_text="Kazakhstan and Russia").wait_for()
        page.locator("nav a[href='#ranks']").click()
        page.locator("section#turnover details.table summary").first.click()
        page.wait_for_function("location.hash.includes('open=turnover-table-1')")
        assert page.url.endswith("#pair=KAZ-RUS&at=ranks&open=turnover-table-1")
        page.reload()
        page.locator("h1", has_text="Kazakhstan and Russia").wait_for()
        page.locator("#turnover-table-1[open]").wait_for()
        page.wait_for_function("document.querySelector('#ranks').getBoundingClientRect().top < innerHeight")


@pytest.mark.parametrize("pair", ["DEU-CHN", "chn-deu", "rus-chn"])
def test_an_address_holds_its_section_and_tables_in_whatever_order_its_pair_is(
    chromium: Browser, site: Path, pair: str
) -> None:
    parts = "at=ranks&open=ranks-table-1&table=turnover-by-year"
    with opened(chromium, site, address=f"#pair={pair}&{parts}") as tab:
        key = "-".join(sorted(pair.upper().split("-")))
        tab.page.wait_for_function("address => location.hash === address", arg=f"#pair={key}&{parts}")
        tab.page.locator("#ranks-table-1[open]").wait_for()
        tab.page.wait_for_function("document.querySelector('#ranks').getBoundingClientRect().top < innerHeight")


@pytest.mark.parametrize("width", [380, 1440])
def test_a_column_of_sentences_is_not_squeezed(chromium: Browser, site: Path, width: int) -> None:
    with opened(chromium, site, width, address="#pair=CHN-DEU&at=ranks&open=ranks-table-1") as tab:
        tab.page.locator("#ranks-table-1[open]").wait_for()
        heights = tab.page.locator("#ranks-table-1 tbody tr").evaluate_all("all => all.map(row => row.offsetHeight)")
        assert max(heights) < 180
        assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_another_permalink_in_the_address_of_the_open_page_is_followed(chromium: Browser, site: Path) -> None:
    with opened(chromium, site) as tab:
        page = tab.page
        page.evaluate("location.hash = 'pair=BRA-CHN&at=ranks'")
        page.locator("h1", has_text="Brazil and China").wait_for()
        tab.wait_until_drawn()
        page.locator(".skip").focus()
        page.keyboard.press("Enter")  # an address within the page is none of another pair
        page.wait_for_timeout(300)
        assert page.locator("h1").inner_text() == "Brazil and China"


def test_the_article_belongs_to_its_pair(chromium: Browser, site: Path) -> None:
    with opened(chromium, site) as tab:
        page = tab.page
        introduced = page.locator("section#statements .standfirst").inner_text()
        assert all(
            words in introduced for words in ("Moscow & Beijing Set To Expand Trade", "Caspian News", "February 2022")
        )
        page.locator("#other").fill("Germany")
        page.keyboard.press("Enter")
        page.locator("h1", has_text="China and Germany").wait_for()
        assert page.locator("section#statements").count() == 0
        assert not page.locator(".verdicts").is_visible()
        assert page.locator(".lacking dt").all_inner_texts() != []


def test_forty_pairs_are_whole(chromium: Browser, site: Path, published: Home) -> None:
    """Of all kinds, full, sparse and groups: the first sentence is SQL's, each chart is drawn, nothing says `null`."""
    pairs = sorted(path.stem for path in (site / "pairs").glob("*.js"))[:40]
    assert len(pairs) == 40
    with duckdb.connect(str(published.settings.published), read_only=True) as con:
        rows = con.execute(
            "select least(reporter_code, partner_code) || '-' || greatest(reporter_code, partner_code), reporter_code, "
            "turnover_any_basis_usd, turnover_usd, year_number from marts.bilateral_year order by year_number"
        ).fetchall()
    for pair in pairs:
        of_pair = [row for row in rows if row[0] == pair]
        money = money_for(row[2] for row in of_pair)
        lasts = {row[1]: (str(row[4]), money.text(row[3])) for row in of_pair if row[3] is not None}
        with opened(chromium, site, address=f"#pair={pair}") as tab:
            tab.page.wait_for_function(f"entrepot.shown === '{pair}' && {DRAWN}")
            said = tab.page.locator("#lead .sub").inner_text()
            assert all(year in said and amount in said for year, amount in lasts.values()), pair
            assert lasts or "No " in said, pair
            drawn = tab.page.eval_on_selector_all(
                ".draw svg", "all => all.map(one => one.querySelectorAll('path').length)"
            )
            assert min(drawn) >= 3, pair  # two are the frame of a chart without marks
            words = set(tab.page.locator("main").inner_text().split())
            assert not words & {"null", "None", "NaN", "undefined", "nan"}, pair


def test_every_figure_has_its_source_one_click_away(chromium: Browser, site: Path) -> None:
    with opened(chromium, site) as tab:
        page = tab.page
        button = page.locator("section#turnover .say .source").first
        button.click()
        card = page.locator(".card:popover-open")
        text = card.inner_text()
        assert all(word in text for word in ("Publisher", "Rule", "Period", "Retrieved from", "Vintage", "Licence"))
        assert (text.count("Read in"), text.count("https://")) == (3, 3), "turnover, exports and imports, as quoted"
        page.keyboard.press("Escape")
        assert page.locator(".card:popover-open").count() == 0
        lacking = page.evaluate("""[...document.querySelectorAll('#pair tbody tr')]
            .filter(row => row.querySelector('td.n:not(.missing):not(:empty)') && !row.querySelector('.source'))
            .map(row => row.innerText)""")
        assert lacking == []


def test_every_chart_can_be_taken_away(chromium: Browser, site: Path, tmp_path: Path) -> None:
    with opened(chromium, site) as tab:
        page = tab.page
        names = page.eval_on_selector_all(".takes", "all => all.map(one => one.dataset.chart)")
        assert len(names) >= 9
        for name in names:
            rows = list(csv.DictReader(io.StringIO(page.evaluate("n => entrepot.csvOf(entrepot.chartOf(n))", name))))
            assert rows, name
            assert all(None not in row and None not in row.values() for row in rows), name
            assert all(row["release"] and row["citation"].startswith("Entrepôt, release 1") for row in rows), name
        for name, form, start in (
            ("turnover-by-year", "csv", b"year,"),
            ("turnover-by-year", "png", b"\x89PNG"),
            ("goods-of-rus", "svg", b"<svg"),
        ):
            with page.expect_download() as download:
                page.locator(f"[data-chart={name}] [data-take={form}]").click()
            assert download.value.suggested_filename == f"CHN-RUS-{name}.{form}"
            download.value.save_as(tmp_path / "taken")
            assert (tmp_path / "taken").read_bytes().startswith(start)
        page.locator("[data-chart=turnover-by-year] [data-take=embed]").click()
        frame = page.locator("#taken textarea").input_value()
    with opened(chromium, site, address=re.findall(r'src="[^#]*(#[^"]*)"', frame)[0].replace("&amp;", "&")) as tab:
        tab.page.locator("html.only figure#turnover-by-year svg").wait_for()
        assert tab.page.locator("figure").count() == 1


def test_a_text_that_a_spreadsheet_would_run_stays_a_text(chromium: Browser, site: Path) -> None:
    chart = "{title: 'x', setting: {}, rows: [{good: '=1+1', value: -2, 'note': 'a, \"b\"'}]}"
    with opened(chromium, site) as tab:
        header, row = tab.page.evaluate(f"entrepot.csvOf({chart})").splitlines()
    assert header == "good,value,note,unit,release,citation"
    assert row.startswith('\'=1+1,-2,"a, ""b""",')


def test_the_data_of_charts_equal_the_marts(site: Path, published: Home) -> None:
    charts = unpacked(site / "pairs" / "CHN-RUS.js")["charts"]
    pair = "(reporter_code, partner_code) in (('CHN', 'RUS'), ('RUS', 'CHN'))"
    with duckdb.connect(str(published.settings.published), read_only=True) as con:
        years = con.execute(
            "select area_name, year_number, turnover_any_basis_usd / 1e9, turnover_yoy_published_pct "
            "from marts.bilateral_year "
            f"inner join core.dim_area on reporter_code = area_code where {pair}"
        ).fetchall()
        ranks = con.execute(
            "select year_number, rank_best, rank_worst, n_missing from marts.partner_rank where measure = 'turnover' "
            "and perimeter_code = 'all' and reporter_code = 'CHN' and partner_code = 'RUS' and not is_among_few"
        ).fetchall()
    assert figures(charts["turnover-by-year"], "reporter", "year", "turnover", "growth_printed_pct") == told(years)
    assert figures(charts["rank-of-rus-for-chn"], "year", "best", "worst", "missing") == told(ranks)


def figures(chart: dict[str, Any], *columns: str) -> list[tuple[str, ...]]:
    return told([tuple(row[name] for name in columns) for row in chart["rows"]])


def told(rows: list[Any]) -> list[tuple[str, ...]]:
    """Rows as texts, numbers to six digits after the point, in one order."""
    return sorted(tuple("" if cell is None else as_text(cell) for cell in row) for row in rows)


def as_text(cell: Any) -> str:
    try:
        return f"{float(cell):.6f}"
    except ValueError:
        return str(cell)


def test_the_theme_can_be_switched_and_stays(chromium: Browser, site: Path) -> None:
    with opened(chromium, site) as tab:
        page = tab.page
        paper = "getComputedStyle(document.body).backgroundColor"
        light = page.evaluate(paper)
        page.locator("#theme").click()
        assert page.evaluate(paper) != light
        page.reload()
        tab.wait_until_drawn()
        assert page.evaluate(paper) != light


def test_the_pair_is_readable_without_scripts(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, scripts=False) as tab:
        page = tab.page
        page.locator("section#turnover details.table summary").first.click()
        rows = page.locator("section#turnover details.table").first.locator("tbody tr")
        assert rows.count() > 20
        assert rows.first.is_visible()
        assert not page.locator("#picker").is_visible()


def test_what_is_missing_is_said_and_never_drawn_as_zero(site: Path, published: Home) -> None:
    chart = unpacked(site / "pairs" / "CHN-RUS.js")["charts"]["turnover-by-year"]
    rows = {(row["reporter"], row["year"]): row for row in chart["rows"]}
    silent = rows["Russia", 2025]
    assert (silent["reported"], silent["own"]) == (False, False)
    assert "No report of Russia" in silent["note"]
    assert [row for row in rows.values() if row["turnover"] == 0] == []


def test_a_pair_and_the_whole_page_are_small(site: Path) -> None:
    sizes = {path: path.stat().st_size for path in site.rglob("*") if path.is_file()}
    assert sum(sizes.values()) < 6 * MEGABYTE
    folders = ("pairs", "sources", "charts", "more")
    assert max(size for path, size in sizes.items() if path.parent.name in folders) < 0.06 * MEGABYTE


def test_a_chart_is_a_table_too_and_the_address_says_so(chromium: Browser, site: Path) -> None:
    with opened(chromium, site) as tab:
        page = tab.page
        names = page.eval_on_selector_all(".takes", "all => all.map(one => one.dataset.chart)")
        for name in names:
            page.locator(f".takes[data-chart={name}] [data-view]").click()
            table = page.locator(f"figure#{name} table")
            assert table.locator("tbody tr").count() == page.evaluate("n => entrepot.chartOf(n).rows.length", name)
            assert not page.locator(f"figure#{name} .draw").is_visible()
            heads = table.locator("thead th").all_inner_texts()
            assert not [head for head in heads if "_" in head or not head[0].isupper()], name
        assert "&table=" in page.url
        page.reload()
        tab.wait_until_drawn()
        assert page.locator("figure.as-table").count() == len(names)
        page.locator("[data-chart=turnover-by-year] [data-view]").click()
        assert page.locator("figure#turnover-by-year .draw svg").is_visible()


def test_total_trade_can_be_shown_in_another_currency(chromium: Browser, site: Path, published: Home) -> None:
    with duckdb.connect(str(published.settings.published), read_only=True) as con:
        rates = dict(
            con.execute(
                "select period_code::integer, rate::double from core.fct_exchange_rate where is_chosen and "
                "length(period_code) = 4 and base_currency_code = 'USD' and quote_currency_code = 'CNY'"
            ).fetchall()
        )
    rows_of = "entrepot.chartOf('turnover-by-year').rows.filter(row => row.turnover !== null)"
    with opened(chromium, site) as tab:
        page = tab.page
        assert "US prices for real dollars" in page.locator("figure#turnover-by-year .measures").inner_text()
        dollars = {(row["reporter"], row["year"]): row["turnover"] for row in page.evaluate(rows_of)}
        page.locator("[data-measures]").select_option("cny")
        page.locator("figcaption", has_text="billions of yuan").wait_for()
        yuan = {(row["reporter"], row["year"]): row["turnover"] for row in page.evaluate(rows_of)}
        assert yuan == {
            key: pytest.approx(value * rates[key[1]], rel=1e-5) for key, value in dollars.items() if key[1] in rates
        }
        assert ",bn CNY," in page.evaluate("entrepot.csvOf(entrepot.chartOf('turnover-by-year'))")
        page.reload()
        page.locator("figcaption", has_text="billions of yuan").wait_for()
        tab.wait_until_drawn()


def test_a_number_has_one_text_in_python_and_in_the_browser(chromium: Browser, site: Path) -> None:
    values = [228.105, 8.125, -0.125, 0.004, -0.004, 1234567.891, 5.9, 8, 3.8, 2.5, -6.825, 1.005, 999.995]
    with opened(chromium, site) as tab:
        for digits in (0, 1, 2):
            for is_signed in (False, True):
                asked = [[value, digits, is_signed] for value in values]
                shown = tab.page.evaluate("asked => asked.map(one => entrepot.number(...one))", asked)
                said = [number(value, digits, is_signed) for value in values]
                if digits == 2:  # of amounts alone, of which the smallest is no zero
                    said = [BILLIONS.text(value * 1e9, is_signed) for value in values]
                assert shown == said
        table = tab.page.evaluate("entrepot.tableOf(entrepot.chartOf('turnover-by-year')).innerHTML")
        assert ">8.00<" in table
        assert ">\u22126.8<" in table


def test_the_map_says_of_each_flow_whose_figure_it_is(chromium: Browser, site: Path, published: Home) -> None:
    with duckdb.connect(str(published.settings.published), read_only=True) as con:
        bases = con.execute(
            "select exports_basis, imports_basis, turnover_basis from marts.bilateral_year "
            "where (reporter_code, partner_code, year_number) = ('CHN', 'USA', 2024)"
        ).fetchone()
    assert bases == ("mirror", "mirror", "own")
    with opened(chromium, site) as tab:
        tab.page.locator("figure#partners-of-chn").scroll_into_view_if_needed()
        shapes = tab.page.evaluate(
            "entrepot.specs.partners(entrepot.chartOf('partners-of-chn'), 700).layer[0].data.values.objects.economies"
        )
    told = next(shape["properties"]["told"] for shape in shapes["geometries"] if shape["id"] == "USA")
    assert told["total"].endswith(" (own report)")
    assert told["exports"].endswith(" (partner\u2019s)")
    assert told["imports"].endswith(" (partner\u2019s)")


def test_a_mark_pointed_at_has_no_line_for_what_is_not_known(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, address="#pair=RUS-USA") as tab:
        box = tab.page.locator("figure#partners-of-rus .draw svg")
        box.scroll_into_view_if_needed()
        around, said = box.bounding_box(), set()
        assert around is not None
        for across in range(24):
            for down in range(12):
                tab.page.mouse.move(
                    around["x"] + around["width"] * (across + 0.5) / 24,
                    around["y"] + around["height"] * (down + 0.5) / 12,
                )
                told = tab.page.locator("#vg-tooltip-element.visible")
                said |= set(told.all_inner_texts())
    assert any("no figure" in text for text in said)
    assert not [text for text in said if "null" in text]


def test_a_map_shows_the_partners_of_each_side(chromium: Browser, site: Path, published: Home) -> None:
    with duckdb.connect(str(published.settings.published), read_only=True) as con:
        known = dict(
            con.execute(
                "select partner_code, turnover_any_basis_usd / 1e9 from marts.bilateral_year "
                "inner join core.dim_area on partner_code = area_code and is_economy "
                "where reporter_code = 'CHN' and year_number = 2024 and turnover_any_basis_usd is not null"
            ).fetchall()
        )
    with opened(chromium, site) as tab:
        chart = tab.page.evaluate("entrepot.chartOf('partners-of-chn')")
        assert chart["rows"][0]["year"] == 2024
        assert {row["code"]: row["total"] for row in chart["rows"]} == {
            code: pytest.approx(float(value), abs=1e-6) for code, value in known.items()
        }
        paths = "all => all.map(path => getComputedStyle(path).fill)"
        fills = tab.page.locator("figure#partners-of-chn svg path").evaluate_all(paths)
        assert len(set(fills)) >= 4, "grey, the reporter and at least two classes"


def test_a_pair_without_a_page_of_its_own_has_a_short_one(
    chromium: Browser, published: Home, tmp_path: Path, screenshots: Path
) -> None:
    write_site(published.settings, published.settings.published, tmp_path / "site", most=3)
    assert len(list((tmp_path / "site" / "pairs").glob("*.js"))) == 3
    with opened(chromium, tmp_path / "site") as tab:
        page = tab.page
        page.locator("#one").fill("Brazil")
        page.keyboard.press("Enter")
        page.locator("h1", has_text="Brazil and Russia").wait_for()
        tab.wait_until_drawn()
        with duckdb.connect(str(published.settings.published), read_only=True) as con:
            value = con.execute(
                "select turnover_any_basis_usd from marts.bilateral_year where reporter_code = 'BRA' and "
                "partner_code = 'RUS' and turnover_usd is not null order by year_number desc limit 1"
            ).fetchone()
        assert value is not None
        assert BILLIONS.text(value[0]) in page.locator("#lead").inner_text()
        assert "entrepot profile BRA RUS" in page.locator("#pair").inner_text()
        assert page.locator("#partners figcaption").inner_text().startswith("Russia\u2019s total trade")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.screenshot(path=screenshots / "page-short.png", full_page=True)
        page.reload()
        page.locator("h1", has_text="Brazil and Russia").wait_for()
        tab.wait_until_drawn()


_SHORT_PAGE = """async totals => {
    const years = totals.map((total, at) => [0, 2020 + at, total, 0.056, null, "estimate", false, false, "baci"]);
    const pair = {headline: "", figures: [], unit: "thousand USD", unit_in_full: "thousands of US dollars", years};
    entrepot.others = {CHN: [["CHN-0", "RUS"]]};
    entrepot.unpack = () => Promise.resolve({RUS: pair});
    entrepot.script = () => entrepot.more("CHN-0", "");
    const made = await new Promise(done => entrepot.short(["CHN", "RUS"], done));
    return [made.charts["turnover-by-year"].title, made.pair[0].textContent];
}"""


def test_a_short_page_without_a_drawing_speaks_of_its_table(chromium: Browser, site: Path) -> None:
    with opened(chromium, site) as tab:
        title, said = tab.page.evaluate(_SHORT_PAGE, [None])
        assert title == "Exports and imports of China and Russia, thousands of US dollars"
        assert "A figure that is not in the table is not known, which is not zero." in said
        assert "Hollow marks" not in said
    with opened(chromium, site) as tab:
        title, said = tab.page.evaluate(_SHORT_PAGE, [1.5, 2.5])
        assert title == "Total trade of China and Russia, thousands of US dollars"
        assert "Hollow marks" in said


def test_the_first_load_is_light(chromium: Browser, site: Path) -> None:
    with opened(chromium, site) as tab:
        loaded = {Path(url.removeprefix("file://").partition("#")[0]) for url in tab.asked if url.startswith("file:")}
    assert site / "vega.js" in loaded
    assert sum(path.stat().st_size for path in loaded) < 2.5 * MEGABYTE


@pytest.mark.parametrize("width", [390, 1440])
def test_long_names_of_sources_leave_the_cells_of_few_years_their_width(
    chromium: Browser, site: Path, width: int
) -> None:
    with opened(chromium, site, width) as tab:
        tab.page.evaluate(
            """() => {
                const chart = entrepot.chartOf('coverage-by-year');
                const told = { ...chart.rows[0], label: 'A long name '.repeat(20) };
                chart.rows = [2023, 2024].map(year => ({ ...told, year: year }));
                document.getElementById('theme').click(); // draws all anew
            }"""
        )
        tab.page.wait_for_timeout(500)
        tab.wait_until_drawn()
        cells = tab.page.locator("#coverage svg .mark-rect path").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().width)"
        )
        assert len(cells) == 4, "two years that are filled, over two of the grid"
        assert min(cells) > 100


@pytest.mark.parametrize("width", [380, 1440])
def test_every_target_has_its_amount_beside_it(chromium: Browser, site: Path, width: int) -> None:
    with opened(chromium, site, width) as tab:
        layers, targets = tab.page.evaluate(
            """width => {
                const chart = entrepot.chartOf('turnover-by-year');
                return [entrepot.specs.turnover(chart, width).layer, chart.setting.targets.map(one => one.value)];
            }""",
            width,
        )
    flat = [one for layer in layers for one in layer.get("layer", [layer])[-1:]]
    labels = [row["text"] for layer in flat for row in layer["data"]["values"] if "text" in row]
    assert len(targets) > 5
    assert sorted(float(label.removeprefix("target ")) for label in labels) == sorted(targets)


def test_printed_tables_have_room_for_words_and_no_column_of_sources(chromium: Browser, site: Path) -> None:
    with opened(chromium, site, width=718) as tab:  # A4 between its margins
        tab.page.emulate_media(media="print")
        widths = tab.page.evaluate(
            """() => {
                document.querySelectorAll('details.table').forEach(table => { table.open = true; });
                const wide = head => [head.textContent, Math.round(head.getBoundingClientRect().width)];
                return [...document.querySelectorAll('#pair table, #coverage table')].map(table =>
                    [table.scrollWidth <= innerWidth, Object.fromEntries([...table.tHead.rows[0].cells].map(wide))]);
            }"""
        )
        tab.page.emulate_media(media="screen")
    assert [heads for fits, heads in widths if not fits] == []
    in_words = [heads["In words"] for _, heads in widths if "In words" in heads]
    assert in_words
    assert min(in_words) > 150
    assert {heads["Source"] for _, heads in widths if "Source" in heads} == {0}


_ON_PAPER = """() => {
    const body = getComputedStyle(document.body), drawing = document.querySelector(".draw svg");
    return [body.color, body.backgroundColor, getComputedStyle(drawing).filter !== "none"];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("pressed", [False, True])
def test_paper_is_white_and_ink_black_whatever_the_screen_has(
    chromium: Browser, site: Path, scheme: str, pressed: bool
) -> None:
    with opened(chromium, site, 718, scheme) as tab:
        if pressed:
            tab.page.locator("#theme").click()
            tab.wait_until_drawn()
        is_dark = (scheme == "dark") != pressed
        tab.page.emulate_media(media="print")
        assert tab.page.evaluate(_ON_PAPER) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)", is_dark]
        tab.page.emulate_media(media="screen")
        assert tab.page.evaluate(_ON_PAPER)[2] is False


def test_a_place_that_rests_on_figures_of_others_is_outlined(chromium: Browser, site: Path) -> None:
    places = "best: 2, worst: certain ? 2 : 5, certain, is_open: false, basis: 'own', rests_on_others, "
    places += "best_if_unallocated: 2, worst_if_unallocated: certain ? 2 : 5"
    with opened(chromium, site) as tab:
        layers = tab.page.evaluate(
            f"""() => {{
                const place = (year, certain, rests_on_others) => ({{ year, {places} }});
                const rows = [[true, true], [true, false], [false, true], [false, false]]
                    .map(([certain, others], at) => place(at + 1, certain, others));
                const setting = {{ names: ['Alpha', 'Beta'], reporter: 'Alpha' }};
                return entrepot.specs.rank({{ rows, setting, height: 300 }}, 600).layer;
            }}"""
        )
    outlined = {row["year"]: "stroke" in layer["mark"] for layer in layers for row in layer["data"]["values"]}
    assert outlined == {1: True, 2: False, 3: True, 4: False}


@pytest.mark.parametrize("width", [380, 1440])
def test_what_changed_since_the_release_before_is_drawn(chromium: Browser, shown: Shown, width: int) -> None:
    site = (shown.settings.export / "site").resolve()
    with opened(chromium, site, width, address="#pair=DEU-USA") as tab:
        assert tab.page.locator("h1").inner_text() == "Invented: Germany and the United States"
        assert tab.page.locator("#changes .draw svg .mark-rect path").count() > 0
        assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
