"""Whatever detail of a report is loaded, what `core.fct_trade` adds up to is the published World, or its dataset says
what is lacking and what is too much: over reports cut down at random, each in another way.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import duckdb
import pytest

from tests.comtrade_files import columns, plus, text
from tests.conftest import Home

REPORTERS = (
    32, 36, 40, 56, 76, 100, 124, 152, 170, 188, 191, 203, 208, 218, 233, 246, 251, 268, 276, 300, 320, 348, 352, 360,
    372, 376, 380, 392, 400, 410, 417, 428, 440, 458, 484, 498, 528, 554, 579, 604, 608, 616, 620, 642, 688, 702, 703,
)  # fmt: skip
PARTNERS = (156, 643, 699, 704, 764, 792, 826, 842, 899)
CHAPTERS = {"27": ("270900", "271111"), "72": ("720110", "720711"), "84": ("840710", "841191"), "85": ("850440",)}
YEAR = 2019


@dataclass
class Report:
    """One flow of one reporter as it is loaded: the World, totals of partners, and products of partners by level."""

    world: int
    totals: dict[int, int] = field(default_factory=dict)
    products: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    def by_product(self, partner: int) -> int:
        """What the products of a partner add up to, what subheadings leave of a chapter among them.

        A dollar a subheading is rounding, which no row has. Where the total is exceeded with what they leave only, that
        counts for nothing.
        """
        named, left = 0, 0
        codes = self.products.get(partner, {})
        for chapter, subheadings in CHAPTERS.items():
            parts = [codes[code] for code in subheadings if code in codes]
            rest = codes.get(chapter, 0) - sum(parts)
            named += sum(parts) if parts else rest
            left += rest if parts and rest > len(parts) else 0
        total = self.totals.get(partner)
        return named if total is not None and named + left > total + len(codes) else named + left

    @property
    def excess(self) -> int:
        """By how much products exceed the totals of their partners."""
        return sum(max(0, self.by_product(partner) - total) for partner, total in self.totals.items())

    @property
    def added(self) -> int:
        """What may be added up: products and what they leave of a total, or the total where there are none."""
        alone = sum(self.by_product(partner) for partner in self.products if partner not in self.totals)
        return sum(self.totals.values()) + self.excess + alone


def cut_down(chance: random.Random) -> Report:
    """A report of which partners, totals, chapters and subheadings are left out at random."""
    whole = {partner: chance.randrange(10_000_000, 90_000_000) for partner in PARTNERS}
    report = Report(sum(whole.values()) + chance.choice((0, 12_345_678)))
    loaded = chance.sample(PARTNERS, chance.randrange(len(PARTNERS) + 1))
    for partner in loaded:
        if chance.random() < 0.75:
            report.totals[partner] = whole[partner]
        chapters = chance.sample(sorted(CHAPTERS), chance.randrange(len(CHAPTERS) + 1))
        for chapter in chapters:
            value = whole[partner] // 4 + (2_000_000 if chance.random() < 0.2 else 0)
            report.products[partner][chapter] = value
            if chance.random() < 0.3:
                for code in CHAPTERS[chapter]:
                    report.products[partner][code] = value // chance.choice((2, 3, 4))
    return report


@pytest.fixture(scope="module")
def reports() -> dict[tuple[int, str], Report]:
    chance = random.Random(12)
    return {(reporter, flow): cut_down(chance) for reporter in REPORTERS for flow in "XM"}


@pytest.fixture(scope="module")
def con(
    reports: dict[tuple[int, str], Report], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    home = Home(tmp_path_factory.mktemp("rest"), follows=False)
    home.settings.bundled.mkdir(parents=True)
    home.settings.inbox.mkdir(parents=True)
    rows = []
    for (reporter, flow), report in reports.items():
        cells = [(0, "TOTAL", report.world), *((partner, "TOTAL", v) for partner, v in report.totals.items())]
        cells += [(p, code, v) for p, codes in report.products.items() for code, v in codes.items()]
        rows += [
            plus("H5", YEAR, code, value, reporterCode=reporter, partnerCode=partner, flowCode=flow)
            for partner, code, value in cells
        ]
    names = columns(home.settings, "comtrade_csv", "plus_trade")
    (home.settings.inbox / "cut.csv").write_text(text(names, rows), encoding="utf-8")
    result = home.entrepot("run")
    assert result.returncode == 0, result.stdout + result.stderr
    with duckdb.connect(str(home.settings.published), read_only=True) as connection:
        yield connection


def test_the_reports_differ_in_what_they_lack(reports: dict[tuple[int, str], Report]) -> None:
    """Else nothing is shown below."""
    assert sum(report.excess > 0 for report in reports.values()) > 3
    assert sum(not report.totals for report in reports.values()) > 3
    assert sum(bool(report.products.keys() - report.totals.keys()) for report in reports.values()) > 20
    assert sum(bool(report.totals.keys() - report.products.keys()) for report in reports.values()) > 20


def test_sum_and_rest_are_the_world(con: duckdb.DuckDBPyConnection, reports: dict[tuple[int, str], Report]) -> None:
    sql = f"""
        with added as (
            select reporter_code, flow_code, sum(value_usd)::bigint as added_usd from core.fct_trade
            where source_code = 'comtrade_csv' and period_code = '{YEAR}' group by all
        )
        select code.code::integer, dataset.flow_code, coalesce(added.added_usd, 0),
            dataset.partner_shortfall_usd::bigint, coalesce(dataset.product_excess_usd, 0)::bigint
        from core.fct_availability as dataset
        inner join core.bridge_area_code as code
            on dataset.reporter_code = code.area_code and code.code_system = 'comtrade'
        left join added using (reporter_code, flow_code)
        where dataset.source_code = 'comtrade_csv' and dataset.period_code = '{YEAR}'
            and dataset.classification_code = 'TOTAL'
    """
    found = {(reporter, flow): rest for reporter, flow, *rest in con.execute(sql).fetchall() if reporter in REPORTERS}
    assert found == {
        key: [report.added, report.world - report.added + report.excess, report.excess]
        for key, report in reports.items()
    }


def test_the_proof_of_every_build_finds_a_rest_that_is_not_said(con: duckdb.DuckDBPyConnection) -> None:
    """The question every build asks finds nothing here, and does where what products leave is taken away."""
    asked = """
        select count(*) from core.fct_trade_total as world
        left join (
            select source_code, reporter_code, flow_code, period_code, sum(value_usd) as added_usd
            from core.fct_trade where {kept} group by all
        ) as added using (source_code, reporter_code, flow_code, period_code)
        left join core.fct_availability as dataset
            on dataset.source_code = world.source_code and dataset.reporter_code = world.reporter_code
            and dataset.flow_code = world.flow_code and dataset.period_code = world.period_code
            and dataset.classification_code = 'TOTAL'
        where world.partner_code = 'WLD' and world.product_key = 'TOTAL' and world.flow_code in ('X', 'M')
            and world.value_usd is distinct from coalesce(added.added_usd, 0) + dataset.partner_shortfall_usd
                - coalesce(dataset.product_excess_usd, 0)
    """
    assert con.execute(asked.format(kept="true")).fetchall() == [(0,)]
    (left,) = con.execute(asked.format(kept="product_key <> 'UNALLOCATED'")).fetchone() or (0,)
    assert left > 20
