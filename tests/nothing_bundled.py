"""A warehouse of invented files alone, without the bundled figures and so without any exchange rate.

Reports that go deeper here than there, all of 2021 (tests/integration/test_mixed_depth.py), and tables of one's own of
the years before, partly in a currency without a rate (tests/integration/test_without_a_rate.py). The first are of
America, the second of Europe: no economy is in both.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.comtrade_files import columns, plus, text
from tests.conftest import Home

SAID = "run.txt"
BRAZIL, CHILE, PERU, COLOMBIA, ARGENTINA = 76, 152, 604, 170, 32
USA, CANADA, MEXICO = 842, 124, 484
YEAR, MILLION = 2021, 1_000_000
CHAPTERS = [f"{number:02d}" for number in range(1, 31)]
WHOLE = 10 * MILLION * len(CHAPTERS)


def unequal() -> dict[str, list[dict[str, Any]]]:
    """Thirty chapters of 10 million dollars each with two partners, and 5 million of crude oil with one of them.

    Mexico's total is 3 million less than its chapters, of which one is broken down in part.

    Chile and Colombia publish the total besides. Peru's and Colombia's oil is in another file and a newer revision.
    """
    first, second = [], []
    for flow in "XM":
        for reporter, revision in ((BRAZIL, "H5"), (CHILE, "H5"), (PERU, "H4"), (COLOMBIA, "H4")):
            of = {"reporterCode": reporter, "flowCode": flow}
            for partner in (USA, CANADA):
                first += [plus(revision, YEAR, code, 10 * MILLION, partnerCode=partner, **of) for code in CHAPTERS]
                if reporter in (CHILE, COLOMBIA):
                    first.append(plus(revision, YEAR, "TOTAL", WHOLE, partnerCode=partner, **of))
            oil = plus("H5", YEAR, "270900", 5 * MILLION, partnerCode=USA, **of)
            (second if revision == "H4" else first).append(oil)
        of = {"reporterCode": MEXICO, "flowCode": flow, "partnerCode": CANADA}
        first += [plus("H5", YEAR, code, 10 * MILLION, **of) for code in CHAPTERS]
        first.append(plus("H5", YEAR, "270900", 5 * MILLION, **of))
        first.append(plus("H5", YEAR, "TOTAL", WHOLE - 3 * MILLION, **of))
        # headings beside subheadings, one of them broken down in part
        for code, value in (("8543", 7), ("8703", 10), ("870323", 4), ("870324", 3), ("100199", 5)):
            of = {"reporterCode": ARGENTINA, "flowCode": flow, "partnerCode": CANADA}
            first.append(plus("H5", YEAR, code, value * MILLION, **of))
    return {"first.csv": first, "second.csv": second}


PARTNERS = {"NOR": 10, "DNK": 20, "FIN": 30, "DEU": 40}
HEADER = "Reporter,Partner,Flow,Period,Value,Currency"


def yearly() -> list[str]:
    """Sweden to the World and four partners, in dollars but for 2018; Finland one flow of 2018 in euro; Latvia nothing
    but euro; Norway reports Sweden in dollars, Denmark its imports.
    """
    rows = []
    for flow in "XM":
        for year, currency in ((2017, "USD"), (2018, "EUR"), (2019, "USD")):
            of_year = {**PARTNERS, "WLD": sum(PARTNERS.values())}
            rows += [f"SWE,{code},{flow},{year},{value * MILLION},{currency}" for code, value in of_year.items()]
        rows.append(f"NOR,SWE,{flow},2018,{11 * MILLION},USD")
        rows.append(f"LVA,LTU,{flow},2018,{3 * MILLION},EUR")
        rows.append(f"FIN,EST,{flow},2017,{5 * MILLION},USD")
    rows.append(f"FIN,EST,X,2018,{5 * MILLION},USD")
    rows.append(f"FIN,EST,M,2018,{6 * MILLION},EUR")
    rows.append(f"DNK,SWE,M,2018,{21 * MILLION},USD")
    return rows


def monthly() -> list[str]:
    """Ireland with France: January in dollars, February in euro."""
    months = (("2019-01", "USD"), ("2019-02", "EUR"))
    return [f"IRL,FRA,{flow},{month},{10 * MILLION},{currency}" for flow in "XM" for month, currency in months]


def draft(home: Home, name: str, *lines: str) -> None:
    """Bring a table of one's own, with the contract that `sources new` drafts."""
    file = home.settings.inbox / f"{name}.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    said = ("--publisher", "Office", "--licence", "internal", "--cumulative", "no", "--yes")
    made = home.entrepot("sources", "new", str(file), *said)
    assert made.returncode == 0, made.stdout + made.stderr


def publish(folder: Path) -> None:
    """Bring all of it into an empty warehouse, and publish it."""
    home = Home(folder, follows=False)
    home.settings.bundled.mkdir(parents=True)
    home.settings.inbox.mkdir(parents=True)
    names = columns(home.settings, "comtrade_csv", "plus_trade")
    for name, rows in unequal().items():
        (home.settings.inbox / name).write_text(text(names, rows), encoding="utf-8")
    draft(home, "yearly", HEADER, *yearly())
    draft(home, "monthly", HEADER.replace("Period", "Month"), *monthly())
    contract = home.settings.own_contracts / "yearly.yml"
    drafted = contract.read_text(encoding="utf-8")
    whole = drafted.replace("        trade:\n", "        trade:\n          coverage: complete\n")
    contract.write_text(whole, encoding="utf-8")
    result = home.entrepot("run")
    assert result.returncode == 0, result.stdout + result.stderr
    (folder / SAID).write_text(result.stdout, encoding="utf-8")


def said(home: Home) -> str:
    """What the run that published it said."""
    return (home.folder / SAID).read_text(encoding="utf-8")
