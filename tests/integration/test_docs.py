"""The documentation is executed: its queries answer, its commands run, its links lead somewhere, it asks no server."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from flows.contracts import load_contracts
from flows.read.wording.numbers import counted, ordinal
from flows.settings import ROOT, Settings
from tests.conftest import Home
from tests.opened import opened

DOCS = ROOT / "docs"
PAGES = {page.relative_to(DOCS).as_posix(): page.read_text(encoding="utf-8") for page in sorted(DOCS.rglob("*.md"))}


def blocks(language: str) -> list[tuple[str, str]]:
    """Every block of a language, with the page it stands on."""
    return [
        (name, block)
        for name, page in PAGES.items()
        for block in re.findall(rf"^ *```{language}\n(.*?)^ *```", page, flags=re.DOTALL | re.MULTILINE)
    ]


QUERIES = [(name, query.strip()) for name, block in blocks("sql") for query in block.split(";") if query.strip()]
COMMANDS = [
    (name, line)
    for name, block in blocks("console")
    for line in block.splitlines()
    if line.startswith(".venv/bin/entrepot")
]


def test_there_are_queries_and_commands() -> None:
    assert len(QUERIES) >= 10
    assert len(COMMANDS) >= 5


@pytest.mark.parametrize(("page", "query"), QUERIES, ids=[f"{page}-{n}" for n, (page, _) in enumerate(QUERIES)])
def test_query_of_the_docs_answers(published: Home, page: str, query: str) -> None:
    with opened(published.settings.published) as con:
        found = con.execute(query.replace("'warehouse/", f"'{published.settings.warehouse}/"))
        assert found.fetchall() or "meta." in query, f"{page}: no row"


def answered(published: Home) -> list[str]:
    """What docs/how-to/ten-questions.md must say, by the answers to its queries in their order."""
    page = PAGES["how-to/ten-questions.md"]
    first, second, third, fourth, *_, seventh, eighth, _, tenth = re.findall(r"```sql\n(.*?);\n```", page, re.DOTALL)[
        :10
    ]
    with opened(published.settings.published) as con:
        china, russia = sorted(con.execute(first).fetchall())
        _, best, worst, naive, _, own, *_ = con.execute(second).fetchall()[0]
        unallocated, least, most, _ = con.execute(third).fetchall()[0]
        share, *_ = con.execute(fourth).fetchall()[0]
        exporter, importer, _, _, importer_fob, _, reconciled = (
            value and float(value) / 1e9 if isinstance(value, Decimal) else value
            for value in con.execute(seventh).fetchall()[0]
        )
        months = len(con.execute(eighth).fetchall())
        doubted = len(con.execute(tenth).fetchall())
        (of,) = con.execute("select count(*) from marts.claim_check where is_article").fetchall()[0]
    return [
        f"China {china[1]:.3f} billion, {counted(china[2])} publications", f"Russia {russia[1]:.3f}, by its report",
        f"Russia was {ordinal(best)} at best and {ordinal(worst)} at worst",
        f"Only {counted(own)} partners have a report by China loaded",
        f"Russia would be {ordinal(naive)} (`rank_naive`)",
        f"Certainly {least}, possibly {most}; only {unallocated} if", f"{share:.1f} %, from UN Comtrade",
        f"Russia {exporter:.1f} billion FOB, China {importer:.1f} CIF, which is {importer_fob:.1f} without",
        f"reconciled {reconciled:.1f}", f"{counted(months).capitalize()} rows",
        f"{counted(doubted).capitalize()} of {counted(of)}.",
    ]  # fmt: skip


def test_the_ten_questions_are_answered_as_the_release_answers(published: Home) -> None:
    said = " ".join(PAGES["how-to/ten-questions.md"].split())
    assert [answer for answer in answered(published) if answer not in said] == []


def test_the_chart_of_the_docs_draws_each_sides_own_figures(published: Home) -> None:
    """Russia's line ends with its reports; what China says of later years is not drawn as Russia's."""
    (query,) = (text for page, text in blocks("sql") if page == "how-to/sql-prompt.md" and "turnover" in text)
    with opened(published.settings.published) as con:
        found = con.execute(
            f"select reporter_code, max(year_number) from ({query.rstrip().rstrip(';')}) "
            "where turnover_usd_bn is not null group by all order by all"
        ).fetchall()
        by_china = con.execute(
            "select turnover_any_basis_usd from marts.bilateral_year where reporter_code = 'RUS' "
            "and partner_code = 'CHN' and year_number = 2025"
        ).fetchone()
    assert found == [("CHN", 2025), ("RUS", 2021)]
    assert by_china is not None
    assert by_china[0] > 0


@pytest.fixture(scope="module")
def copy(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A warehouse for the commands: some of them write down what they asked of publishers."""
    return published.copy(tmp_path_factory.mktemp("docs_commands") / "home")


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_command_of_the_docs_runs(copy: Home, page: str, command: str) -> None:
    result = copy.entrepot(*shlex.split(command)[1:])
    unasked = 3 if " backfill " in command else 0  # no publisher is asked here, and an estimate says so
    assert result.returncode == unasked, f"{page}: {result.stderr}"
    assert result.stdout


def test_every_path_the_docs_name_exists() -> None:
    pattern = re.compile(r"`((?:flows|dbt_project|expectations|queries|tests|bi)/[\w./-]+)`")
    named = {(name, path) for name, page in PAGES.items() for path in pattern.findall(page)}
    assert named
    assert sorted((name, path) for name, path in named if not (ROOT / path).exists()) == []


def test_every_link_leads_somewhere_in_the_repository() -> None:
    """As they are followed on a code host and from disk."""
    texts = {DOCS / name: page for name, page in PAGES.items()}
    texts |= {path: path.read_text(encoding="utf-8") for path in (*ROOT.glob("*.md"), *ROOT.glob("*/README.md"))}
    links = {
        (path, link)
        for path, text in texts.items()
        for link in re.findall(r"\]\(([^)\s]+)\)", text)
        if not link.startswith(("http", "mailto:"))
    }
    assert len(links) > 50
    lost = []
    for path, link in sorted(links):
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(f"{path.relative_to(ROOT)}: {link}")
    assert lost == []


def anchors(page: Path) -> set[str]:
    """What a code host calls the headings of a page; a comment in a block of code is none."""
    text = re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    heads = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly: a link that leads nowhere or a page that is not found is an error."""
    folder = tmp_path_factory.mktemp("docs")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = Settings().tool_environment(NO_MKDOCS_2_WARNING="1")
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_site_asks_no_other_server(site: Path) -> None:
    asked = re.compile(r"<(?:script|img|iframe|link)\b[^>]*?(?:src|href)=[\"']?(?:https?:)?//[^\"'> ]+")
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    assert {
        page.name: asked.findall(page.read_text(encoding="utf-8")) for page in pages if page.name != "404.html"
    } == {page.name: [] for page in pages if page.name != "404.html"}


class Links(HTMLParser):
    """Where a page of the site leads, and the places on it that a link may name."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.places: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.places |= {place for place in (given.get("id"), given.get("name")) if place}
        self.links |= {link for link in (given.get("href"), given.get("src")) if link}


def lost_links(site: Path) -> list[str]:
    """The links of a built site to files that it lacks, and to places that their pages lack; it is opened from disk."""
    pages = {page: Links(page) for page in site.rglob("*.html") if page.name != "404.html"}
    lost = []
    for page, found in pages.items():
        for link in found.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            place = unquote(parts.fragment)
            if not target.is_file() or (place and target in pages and place not in pages[target].places):
                lost.append(f"{page.relative_to(site)}: {link}")
    return sorted(lost)


def test_every_link_of_the_site_leads_somewhere(site: Path) -> None:
    """Those of its own navigation and of the pages made from the code, too, with their anchors."""
    assert sum(len(Links(page).links) for page in site.rglob("*.html")) > 1000
    assert lost_links(site.resolve()) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<h1 id="here"></h1><a href="#here"><a href="b.html#there"><a href="b.html#no">')
    (tmp_path / "b.html").write_text(
        '<h1 id="there"></h1><img src="gone.png"><a href="folder"><a href="https://x.org">'
    )
    (tmp_path / "folder").mkdir()
    assert lost_links(tmp_path) == ["a.html: b.html#no", "b.html: folder", "b.html: gone.png"]


def test_the_site_draws_the_entities(site: Path) -> None:
    """The lines of the drawing are those of the Mermaid block, which the site itself cannot draw."""
    wanted = re.findall(r"^ *(\w+) \|\|--o\{ (\w+) : (\w+)$", PAGES["reference/entities.md"], flags=re.MULTILINE)
    text = (site / "reference" / "entities.html").read_text(encoding="utf-8")
    drawn = re.findall(r"<title>(\w+)\.(\w+) refers to (\w+)</title>", text)
    assert len(wanted) > 10
    assert sorted(drawn) == sorted((fact, column, dim) for dim, fact, column in wanted)
    assert "erDiagram" not in text


def test_the_reference_has_every_table_source_setting_and_verb(site: Path) -> None:
    text = {page.name: page.read_text(encoding="utf-8") for page in (site / "reference").glob("*.html")}
    for schema, table in (("marts", "partner_rank"), ("core", "fct_trade"), ("meta", "check_result")):
        assert f"{schema}.{table}" in text[f"{schema}.html"]
    assert all(source in text["contracts.html"] for source in load_contracts(Settings.alone().contracts))
    assert all(f"ENTREPOT_{name}".upper() in text["settings.html"] for name in ("warehouse", "port", "keep_releases"))
    assert all(f"entrepot {verb}" in text["commands.html"] for verb in ("run", "sql", "sources new", "rollback"))
    assert "1.1 How much do China and Russia trade" in text["questions.html"]
    assert not [name for name, page in text.items() if f"{ROOT}/warehouse" in page], "no folder of this machine"
