"""China's customs: the tables of major exports and imports, and each way in which one can be wrong."""

from __future__ import annotations

import pytest

from flows.errors import FileRefused
from flows.sources.gacc.commodity import commodity_table, notice, term_of

TITLE = "(5) China's Major Exports by Quantity and Value, May 2025 (in USD)"
HEAD = (
    "<tr><td>Commodity</td><td>Quantity Unit</td><td colspan=2>5</td><td colspan=2>1-5 Total</td>"
    "<td colspan=2>1-5 Total of last year</td><td colspan=2>Percentage change</td></tr>"
    "<tr><td></td><td></td>" + "<td>Quantity</td><td>Value</td>" * 4 + "</tr>"
)
ROWS = (
    ("Agriculture products*", "-", "-", "7,123.4", "-", "40,000.5", "-", "39,000.1", "-", "2.6"),
    ("&nbsp;&nbsp;Aquatic products", "10,000 Tons", "35.0", "1,700.2", "170.1", "8,000.0", "160.4", "7,900.0", "6.0",
     "1.3"),
    ("Motor vehicles\uff08including chassis fitted with engines)", "10,000 Autos", "62.0", "11,164.1", "215.8",
     "36,897.6", "209.0", "35,893.0", "3.3", "2.8"),
)  # fmt: skip


def page(rows: tuple[tuple[str, ...], ...] = ROWS, title: str = TITLE, unit: str = "Unit: USD1 Million") -> str:
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in rows)
    return (
        f'<html><div class="atcl-ttl">{title}</div><div class="atcl-date">2025/06/09</div>'
        f"<table><tr><td colspan=10>{unit}</td></tr>{HEAD}{body}<tr><td>Notes: * overlaps.</td></tr></table></html>"
    )


def lost(rows: tuple[tuple[str, ...], ...] = ROWS) -> str:
    """The page as it once was: without the unit column, and a blank at the end of each row."""
    return page(tuple((row[0], *row[2:], "") for row in rows))


def read(text: str) -> dict[str, list[str | None]]:
    return {str(values[8]): values for _, values in commodity_table(text, "page.html")}


def test_a_commodity_has_quantity_and_value_of_the_month_the_year_and_the_year_before() -> None:
    found = read(page())
    assert len(found) == 3
    assert found["Aquatic products"] == [
        "2025-05-01", "2025-05-31", "USD", "1000000", "Unit: USD1 Million", TITLE, "2025-06-09", "X",
        "Aquatic products", "aquatic products", "2", "false", "10,000 Tons", "35.0", "1700.2", "170.1", "8000.0",
        "160.4", "7900.0", "6.0", "1.3",
    ]  # fmt: skip
    assert found["Agriculture products*"][9:15] == ["agriculture products", "0", "true", None, None, "7123.4"]


def test_january_and_february_have_no_month() -> None:
    rows = tuple((row[0], row[1], *row[4:]) for row in ROWS)
    found = read(page(rows, TITLE.replace("May", "Jan-Feb").replace("Exports", "Imports")))
    assert found["Aquatic products"][:2] == ["2025-01-01", "2025-02-28"]
    assert found["Aquatic products"][7] == "M"
    assert found["Aquatic products"][12:] == [
        "10,000 Tons",
        None,
        None,
        "170.1",
        "8000.0",
        "160.4",
        "7900.0",
        "6.0",
        "1.3",
    ]


def test_february_of_its_own_has_its_month() -> None:
    alone = read(page(title=TITLE.replace("May 2025", "Feb 2019")))["Aquatic products"]
    assert alone[:2] == ["2019-02-01", "2019-02-28"]
    short = tuple((row[0], *row[4:], "") for row in ROWS)
    found = read(page(short, TITLE.replace("May 2025", "Feb 2020")))["Aquatic products"]
    assert (found[:2], found[12:16]) == (["2020-01-01", "2020-02-29"], [None, None, None, "170.1"])


@pytest.mark.parametrize("text", [lost(), page(tuple((row[0], *row[2:]) for row in ROWS))])
def test_a_page_that_lost_its_unit_column_is_read_in_line_and_says_so(text: str) -> None:
    for label, values in read(text).items():
        assert values[12] is None
        assert values[13:] == read(page())[label][13:], label
    assert "lost its unit column" in notice(text, "page.html")
    assert notice(page(), "page.html") == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (page((*ROWS, ("Toys", *ROWS[1][2:], ""))), "(Toys) has '35.0' where its unit belongs; it is shifted"),
        (page((*ROWS, ROWS[0][1:])), "'-' where the commodity belongs; the row is shifted"),
        (page((*ROWS, ("12.0", *ROWS[1][1:]))), "'12.0' where the commodity belongs; the row is shifted"),
        (page((*ROWS, ("Toys", "-", "n.a.", *ROWS[1][3:]))), "'n.a.' where a number belongs"),
        (page((*ROWS, ("Toys", "T", "5.0", "-", *ROWS[1][4:]))), "has a quantity of 5.0 without a value"),
        (page((*ROWS, ROWS[1][:9])), "(Aquatic products) has 9 cells where the table has 10"),
        (page(unit="Unit: CNY 100 Million"), "the title says USD and the unit says CNY"),
        (page(title="(4) China's Total Export & Import Values by Country/Region, May 2025 (in USD)"),
         "is not that of a table of major exports or imports"),
        (page(title=TITLE.replace(", May 2025", "")), "is not that of a table of major exports or imports"),
    ],
)  # fmt: skip
def test_a_page_that_contradicts_itself_is_refused_in_one_sentence(text: str, reason: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        read(text)
    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("label", "term"),
    [
        ("Hi-tech products*", "hi-tech products"),
        ("'Copper ores and concentrates", "copper ores and concentrates"),
        ("Meat(including meat offal\n)", "meat (including meat offal)"),
        ("Motor vehicles\uff08including chassis\uff09", "motor vehicles (including chassis)"),
        ("Garments &  clothing accessories", "garments and clothing accessories"),
    ],
)
def test_a_label_becomes_a_term(label: str, term: str) -> None:
    assert term_of(label) == term
