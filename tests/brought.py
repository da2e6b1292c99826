"""A warehouse into which a person has brought files of all kinds: tables of one's own, from `sources new` on, saved
answers of live sources, statements about another pair than the article's, and real downloads where the samples lie
beside the project.
"""

from __future__ import annotations

import re
import shlex
import shutil
from datetime import date
from pathlib import Path

import openpyxl

from flows.inbox.own.periods import LAYOUTS
from flows.settings import ROOT, Settings
from tests.conftest import SAMPLES, Home
from tests.periods import MONTHS, written

SAID, AGAIN = "run.txt", "again.txt"
"""What the run that publishes it all has said, and what the same command said once more."""
BACI = SAMPLES / "baci" / "BACI_HS92_Y2021_afg_zaf.csv"
LEGACY = SAMPLES / "comtrade-csv" / "legacy_indonesia_hs6.csv"
PLUS = SAMPLES / "comtrade-csv" / "comtrade_plus_excerpt.csv"
STRANGER = SAMPLES / "baci" / "country_codes_V202201.csv"

FIXTURES = ROOT / "tests" / "fixtures"

PORT = """Partner country;Period;HS6 code;Exports (1000 EUR);Imports (1000 EUR);Net weight, tons
Sweden;2019;270900;1.500,5;200;1,5
Korea, Rep.;2019;101,3;10;..;
Atlantis;2019;270900;7;8;
Sweden;2019-13;270900;1;1;
"""
PORT_LATER = PORT.splitlines()[0] + "\nSweden;2019;270900;1.600;200;1,001\n"

# Invented statements about China and Japan; the bundled figures have 371.3 bn USD for 2021 and 317.3 for 2020;
# of China's partners Japan is second to fourth in 2021: two reports each of Korea and Hong Kong lie within 2 % of it.
STATEMENTS = """\
x001,false,level,turnover,,CHN,JPN,T,equal,371,,usd_bn,2021,2021,2021,USD,trade,371,bn USD,2022,A,,x1,A,Title,,2022
x002,false,level,turnover,,CHN,JPN,T,equal,371,,usd_bn,2020,2020,2020,USD,trade,371,bn USD,2022,A,,x1,A,Title,,2022
x003,false,level,turnover,,CHN,JPN,T,equal,500,,usd_bn,2021,2021,2021,USD,trade,500,bn USD,2022,A,,x1,A,Title,,2022
x004,false,rank,turnover,,CHN,JPN,T,at_most,4,,rank,2021,2021,2021,,place,4,rank (upper bound),2022,A,,x1,A,Title,,2022
x006,false,rank,turnover,,CHN,JPN,T,at_most,3,,rank,2021,2021,2021,,place,3,rank (upper bound),2022,A,,x1,A,Title,,2022
x005,false,level,turnover,,CHN,JPN,T,equal,90,,usd_bn,1975,1975,1975,USD,trade,90,bn USD,2022,A,,x1,A,Title,,2022
"""


def workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Data"
    book.active.append(["Trade of Freeport"])
    book.active.append(["reporter_iso", "partner_iso", "flow", "month", "value_usd", "mode"])
    book.active.append(["FIN", "NOR", "Exports", "2021-03", 100.25, "sea"])
    book.active.append(["FIN", "NOR", "Exports", "2021-03", 0.5, "air"])
    book.active.append(["FIN", "WLD", "Imports", "2021-03", 900, "all"])
    book.save(path)


DAY = date(2019, 2, 17)
"""The day that `calendar.csv` writes in every layout, each for another partner."""
PARTNERS = dict(zip(LAYOUTS, [
    "AUT", "BEL", "BGR", "CHE", "CZE", "DEU", "DNK", "ESP", "EST", "FRA", "GBR", "GRC", "HRV", "HUN",
    "IRL", "ITA", "LTU", "LUX", "LVA", "MLT", "NLD", "NOR", "POL", "PRT", "ROU", "SVK", "SVN", "SWE",
], strict=True))  # fmt: skip


def calendars(settings: Settings) -> None:
    """Two tables of Iceland: one has a record in each layout, one twelve months by their names beside a year."""
    by_layout = [f"{written(layout, DAY)},{partner},X,7" for layout, partner in PARTNERS.items()]
    (settings.inbox / "calendar.csv").write_text("\n".join(["Written,Partner,Flow,Value USD", *by_layout]) + "\n")
    by_name = [f"2019,{name},FIN,X,{number}" for number, name in enumerate(MONTHS, 1)]
    (settings.inbox / "months.csv").write_text("\n".join(["Year,Month,Partner,Flow,Value USD", *by_name]) + "\n")


def documented() -> str:
    """The arguments of `entrepot sources new` in its how-to."""
    how_to = (ROOT / "docs" / "how-to" / "own-files.md").read_text(encoding="utf-8")
    found: list[str] = re.findall(r"entrepot sources new (.*)", how_to)
    return found[0]


def bring(home: Home) -> None:
    """Bring the files to a published warehouse and publish what they hold."""
    inbox = home.settings.inbox
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / "port.csv").write_text(PORT, encoding="utf-8")
    workbook(inbox / "sales.xlsx")
    calendars(home.settings)
    office = "--publisher 'Harbour Office' --licence internal"
    for line in (
        documented(),
        f"port.csv {office} --reporter FIN --hs H5 --period Period --period-layout YYYY --yes",
        f"months.csv {office} --reporter ISL --cumulative no --yes",
        f"calendar.csv {office} --reporter ISL --period Written --period-layout {LAYOUTS[0]} --yes",
    ):
        file, *options = shlex.split(line)
        made = home.entrepot("sources", "new", str(inbox / file), *options)
        assert made.returncode == 0, made.stdout + made.stderr
        assert "Wrote" in made.stdout
    contract = home.settings.own_contracts / "calendar.yml"
    one = f"- {LAYOUTS[0]}\n"
    every = "".join(f"{' ' * 12}- {layout}\n" for layout in LAYOUTS).lstrip()
    contract.write_text(contract.read_text(encoding="utf-8").replace(one, every), encoding="utf-8")
    result = home.entrepot("ingest")
    assert result.returncode == 0, result.stdout + result.stderr
    (inbox / "port later.csv").write_text(PORT_LATER, encoding="utf-8")
    shutil.copy(FIXTURES / "imf_imts" / "partner_trade.csv", inbox / "from the IMF.csv")
    shutil.copy(FIXTURES / "comtrade_api" / "trade.jsonl", inbox / "comtrade.json")
    with (home.folder / "bundled/press_record/statement.csv").open("a", encoding="utf-8") as file:
        file.write(STATEMENTS)
    if SAMPLES.is_dir():
        for path in (BACI, LEGACY, PLUS, STRANGER):
            shutil.copy(path, inbox)
    for name in (SAID, AGAIN):
        result = home.entrepot("run")
        assert result.returncode == (3 if SAMPLES.is_dir() else 0), result.stdout + result.stderr
        (home.folder / name).write_text(result.stdout, encoding="utf-8")
