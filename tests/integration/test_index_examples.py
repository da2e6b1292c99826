"""One worked example an index, run through the models of the warehouse, to the digits that are printed.

Each test names where its numbers are from. Published examples are of regional statistics too, where the formula is the
same: an exporter stands for a region, a product for an industry. Where no published example could be checked, the
numbers are our own, worked by hand from the formula of the citation, and the test says so. Economic complexity is held
against the package of its authors' group, in test_indicator.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.marts import Cell, Compiled

OTHERS = [f"R{number}" for number in range(9)]
"""Nine more reporters: with them an index has a world. What the rest of the world sells is theirs."""


def exports(source: str, reporter: str, partner: str, values: list[float], year: int = 2021) -> list[Cell]:
    """What a reporter sells a partner of products in chapters 01, 02, ..., in thousands of dollars."""
    keys = [f"H5:{chapter:02}0101" for chapter in range(1, len(values) + 1)]
    return [
        Cell(reporter, partner, "X", key, round(1000 * value), year, source=source)
        for key, value in zip(keys, values, strict=True)
        if value
    ]


def imports(source: str, reporter: str, partner: str, values: list[float], year: int = 2021) -> list[Cell]:
    return [cell._replace(flow="M") for cell in exports(source, reporter, partner, values, year)]


def rest(source: str, values: list[float], year: int = 2021) -> list[Cell]:
    """Exports of the rest of the world, by nine reporters; all but one sell a thousandth of each product."""
    small = [value / 1000 for value in values]
    last = [value - 8 * part for value, part in zip(values, small, strict=True)]
    return [cell for other in OTHERS for cell in exports(source, other, "BBB", last if other == "R8" else small, year)]


SOYBEANS = [11, 140 - 11], [42 - 11, 12_000 - 42 - (140 - 11)]
QUOTIENT = [1714, 79_006 - 1714], [879_213 - 1714, 15_593_224 - 879_213 - (79_006 - 1714)]
TURNOVER = [20, 50, 20, 10]
INCOMES = [8, 5, 1, 3, 5, 6, 7, 6, 3]
SWEDEN = [45_000, 15_000, 32_000, 10_000, 30_000]
NEIGHBOURS = [
    [35_000, 12_000, 30_000, 8_000, 22_000],
    [40_000, 10_000, 25_000, 9_000, 18_000],
    [30_000, 11_000, 18_000, 3_000, 13_000],
    [40_000, 6_000, 11_000, 2_000, 12_000],
]
REGIONS = {
    "A": (1, [90, 20, 10, 60], [100, 40, 10, 55]),
    "B": (4, [60, 30, 30, 40], [85, 55, 40, 35]),
    "C": (5, [250, 100, 110, 300], [255, 115, 85, 390]),
}
"""Region: economies it is divided into alike, so that there are ten; industries in the first year and in the second."""
CURRENT = [[80, 180, 250, 100], [90, 210, 450, 150], [72, 240, 455, 150], [48, 255, 504, 135]]
REAL = [[60, 210, 375, 120], [90, 210, 450, 150], [108, 224, 525, 150], [144, 238, 540, 162]]


KAZAKHSTAN = {
    2015: (5.480, 45.946, 9.846, 1.211),
    2016: (4.215, 36.757, 9.550, 1.201),
    2017: (5.798, 48.484, 9.986, 1.197),
    2018: (6.307, 61.108, 10.557, 0.978),
    2019: (8.004, 58.065, 10.647, 1.295),
    2020: (6.837, 41.873, 11.449, 1.426),
    2021: (6.852, 53.067, 11.839, 1.091),
    2022: (10.462, 76.138, 10.849, 1.267),
    2023: (14.759, 78.723, 10.906, 1.719),
    2024: (14.897, 81.606, 11.285, 1.618),
}
"""Year: exports to China, in all (billions of dollars), China's share in world imports (%), intensity; as printed."""


def kazakhstan() -> list[Cell]:
    """Kazakhstan sells China and another; of 100 that all the others import, China imports its share."""
    cells = []
    for year, (to_china, in_all, share, _) in KAZAKHSTAN.items():
        cells += exports("kazakhstan", "KAZ", "CHN", [to_china], year)
        cells += exports("kazakhstan", "KAZ", "R0", [in_all - to_china], year)
        cells += imports("kazakhstan", "KAZ", "R0", [in_all], year) + imports("kazakhstan", "CHN", "R0", [share], year)
        cells += [cell for one in OTHERS for cell in imports("kazakhstan", one, "CHN", [(100 - share) / 9], year)]
    return cells


def priced() -> list[Cell]:
    """Values and quantities of four goods in four years."""
    return [
        cell._replace(kg=quantity)
        for year, (values, quantities) in enumerate(zip(CURRENT, REAL, strict=True), 2020)
        for cell, quantity in zip(exports("statcan", "AAA", "BBB", values, year), quantities, strict=True)
    ]


def regions() -> list[Cell]:
    return [
        cell
        for region, (parts, *years) in REGIONS.items()
        for year, values in enumerate(years, 2020)
        for part in range(parts)
        for cell in exports("regions", f"{region}{part}", "MKT", [value / parts for value in values], year)
    ]


def neighbours() -> list[Cell]:
    """Sweden, and an economy with the mean structure of four neighbours, in both of its flows."""
    structures = [[value / sum(one) for value in one] for one in NEIGHBOURS]
    mean = [1e6 * sum(shares) / len(structures) for shares in zip(*structures, strict=True)]
    here = exports("structure", "SWE", "MIX", SWEDEN)
    return here + exports("structure", "MIX", "SWE", mean) + imports("structure", "MIX", "SWE", mean)


def alone(source: str, values: list[float]) -> list[Cell]:
    """AAA sells each partner one product, of which it sells no other: a distribution over partners and products."""
    return [
        cell
        for number, value in enumerate(values)
        for cell in exports(source, "AAA", f"P{number}", [value if k == number else 0 for k in range(len(values))])
    ]


def two_ways() -> list[Cell]:
    """Exports and imports of two goods, of Bengalia (BEN) and of Ravenia (RAV)."""
    cells = exports("iit", "AAA", "BBB", [300, 6]) + imports("iit", "AAA", "BBB", [200, 2])
    cells += exports("open", "BEN", "BBB", [19]) + imports("open", "BEN", "BBB", [49])
    return cells + exports("open", "RAV", "BBB", [198]) + imports("open", "RAV", "BBB", [84])


def construction() -> list[Cell]:
    """AAA's one product grows by 6 %, that product in all by 3 %, all products by 2 %."""
    before = exports("growth", "AAA", "BBB", [100], 2020) + rest("growth", [10_000 - 100, 90_000], 2020)
    return before + exports("growth", "AAA", "BBB", [106]) + rest("growth", [10_300 - 106, 102_000 - 10_300])


def by_hand() -> list[Cell]:
    """AAA sells BBB 24 of 80; BBB's imports are 150, AAA's own 200, those of all ten 1,200."""
    cells = exports("hand", "AAA", "BBB", [24]) + exports("hand", "AAA", "CCC", [56])
    cells += imports("hand", "AAA", "BBB", [0, 200]) + imports("hand", "BBB", "AAA", [150])
    cells += [cell for number in range(7) for cell in imports("hand", f"R{number}", "AAA", [100])]
    cells += imports("hand", "CCC", "AAA", [150])
    cells += exports("two_way", "AAA", "BBB", [120, 80, 0]) + imports("two_way", "AAA", "BBB", [60, 90, 50])
    cells += exports("breadth", "AAA", "BBB", [10, 20]) + exports("breadth", "R0", "BBB", [90, 60, 132])
    return cells + [cell for other in OTHERS[1:] for cell in exports("breadth", other, "BBB", [0, 0, 11])]


@pytest.fixture(scope="module")
def examples(compiled: Compiled) -> Iterator[duckdb.DuckDBPyConnection]:
    """All examples, each a source of its own, in one run of the models."""
    cells = exports("soybeans", "BRA", "BBB", SOYBEANS[0]) + rest("soybeans", SOYBEANS[1])
    cells += exports("quotient", "AAA", "BBB", QUOTIENT[0]) + rest("quotient", QUOTIENT[1])
    cells += neighbours() + regions() + priced() + two_ways() + construction()
    cells += kazakhstan() + by_hand()
    con = compiled.run(cells, gdp_usd={("AAA", 2021): 800_000, ("BEN", 2021): 20_000, ("RAV", 2021): 120_000})
    yield con
    con.close()


def index(
    con: duckdb.DuckDBPyConnection, source: str, code: str, reporter: str = "AAA", product: str = "TOTAL",
    partner: str = "WLD",
) -> float:  # fmt: skip
    """The one value of an index of 2021."""
    rows = con.execute(
        "select value from marts.indicator where source_code = ? and indicator_code = ? and reporter_code = ? "
        "and product_key = ? and partner_code = ? and flow_code <> 'M' and period_code = '2021'",
        [source, code, reporter, product, partner],
    ).fetchall()
    assert len(rows) == 1
    assert rows[0][0] is not None
    return float(rows[0][0])


def test_revealed_advantage_of_brazil_in_soybeans(examples: duckdb.DuckDBPyConnection) -> None:
    """Hausmann, Hidalgo et al. (2013), The Atlas of Economic Complexity, technical box 2.2: in 2008 the world exported
    42 billion dollars of soybeans, 0.35 % of its trade (hence 12,000 billion of all); Brazil nearly 11 of 140 billion:
    "around 22 times" its fair share. RSCA: our arithmetic, 21.45 / 23.45, by the formula of Dalum, Laursen and
    Villumsen (1998).
    """
    rca = index(examples, "soybeans", "rca", "BRA", "HS:01")
    assert round(rca) == 22
    assert round(index(examples, "soybeans", "rsca", "BRA", "HS:01"), 4) == 0.9147
    by_product = examples.execute(
        "select rca, rsca, 100 * world.usd / 12e6 from marts.product_indicator as one, (select sum(exports_usd) as usd "
        "from marts.product_indicator where source_code = 'soybeans' and product_key = 'H5:010101') as world "
        "where source_code = 'soybeans' and reporter_code = 'BRA' and product_key = 'H5:010101'"
    ).fetchone()
    assert by_product == pytest.approx((rca, 0.9147, 0.35), abs=5e-5)


def test_hoover_balassa_quotient(examples: duckdb.DuckDBPyConnection) -> None:
    """Farhauer and Kroell (2013), Standorttheorien, as in the manual of the R package REAT (Wieland), locq: 1,714 of
    79,006 in a region, 879,213 of 15,593,224 in all: 0.3847623. RSCA: our arithmetic, -0.6152377 / 1.3847623.
    """
    assert round(index(examples, "quotient", "rca", product="HS:01"), 7) == 0.3847623
    assert round(index(examples, "quotient", "rsca", product="HS:01"), 4) == -0.4443


@pytest.mark.parametrize("over", ["partners", "products"])
def test_herfindahl_of_four(compiled: Compiled, over: str) -> None:
    """Doersam (2004), Wirtschaftsstatistik anschaulich dargestellt, as in the manual of the R package REAT (Wieland),
    herf: 20, 50, 20 and 10 give 0.34, normalised 0.12, an equivalent number of 2.941176. UNCTAD's index: our own
    arithmetic by its formula, (sqrt(0.34) - 1/2) / (1 - 1/2) = 0.166190. There are these four and AAA, and no others.
    """
    con = compiled.run(alone("turnover", TURNOVER))
    assert round(index(con, "turnover", f"hhi_{over}"), 10) == 0.34
    assert round(index(con, "turnover", f"hhi_normalised_{over}"), 10) == 0.12
    assert round(index(con, "turnover", f"hhi_equivalent_{over}"), 6) == 2.941176
    assert round(index(con, "turnover", f"concentration_unctad_{over}"), 6) == 0.16619


@pytest.mark.parametrize("over", ["partners", "products"])
def test_theil_of_nine(compiled: Compiled, over: str) -> None:
    """The manual of the Julia package Inequality.jl, theil: 8, 5, 1, 3, 5, 6, 7, 6, 3 give 0.10494562214323544. All of
    the universe is traded with, so all of it lies among those traded with.
    """
    con = compiled.run(alone("incomes", INCOMES))
    assert index(con, "incomes", f"theil_{over}") == pytest.approx(0.10494562214323544, rel=1e-12)
    assert index(con, "incomes", f"theil_intensive_{over}") == pytest.approx(0.10494562214323544, rel=1e-12)
    assert index(con, "incomes", f"theil_extensive_{over}") == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("over", ["partners", "products"])
def test_n_is_what_there_is_and_not_what_is_loaded(compiled: Compiled, over: str) -> None:
    """Our own numbers: of four equal parts in a universe of eight Theil's index is ln 2, all of it between those traded
    with and those not, the normalised one (1/4 - 1/8) / (7/8) = 1/7; and none of that changes with a second report.
    """
    bridge = {f"H5:{chapter:02}0101": f"H6:{chapter:02}0101" for chapter in range(1, 9)}
    others = [cell for k in range(4, 8) for cell in exports("elsewhere", "AAA", f"P{k}", [1])]
    equal = alone("one", [1, 1, 1, 1]) + others
    second = [cell._replace(reporter="P7", partner="P6", product="H5:070101") for cell in equal if cell.source == "one"]
    for cells in (equal, equal + second):
        con = compiled.run(cells, bridge=bridge)
        assert index(con, "one", f"theil_{over}") == pytest.approx(0.6931471805599453, rel=1e-12)
        assert index(con, "one", f"theil_extensive_{over}") == pytest.approx(0.6931471805599453, rel=1e-12)
        assert index(con, "one", f"hhi_normalised_{over}") == pytest.approx(1 / 7, rel=1e-12)


@pytest.mark.parametrize("code", ["complementarity", "export_similarity"])
def test_structures_of_sweden_and_its_neighbours(examples: duckdb.DuckDBPyConnection, code: str) -> None:
    """Farhauer and Kroell (2013), Standorttheorien, as in the manual of the R package REAT (Wieland), krugman.spec2:
    the shares of five industries in Sweden and their mean in four neighbours differ by 0.1595 in all. That sum is the
    one in Michaely's index (1996), 1 - sum / 2, which equals the sum of the lesser shares of Finger and Kreinin (1979).
    """
    assert round(2 * (1 - index(examples, "structure", code, "SWE", partner="MIX")), 4) == 0.1595


def test_volumes_and_prices_of_four_goods(examples: duckdb.DuckDBPyConnection) -> None:
    """Statistics Canada (2008), Guide to the Income and Expenditure Accounts, 13-017-X, table 2.12, total of A to D:
    volume on the year before by Paasche 117.6, 111.2, 105.7, Laspeyres 118.9, 111.9, 107.0, Fisher 118.2, 111.5, 106.3.
    A volume of Paasche is the value deflated by Laspeyres' prices, and the other way about. One digit does not tell the
    geometric mean of Fisher from an arithmetic one; that the square of the one is the product of the other two does.
    """
    found = examples.execute(
        "select 100 * value_usd / before_usd / unit_value_laspeyres, "
        "100 * value_usd / before_usd / unit_value_paasche, 100 * volume_fisher, coverage_pct "
        "from marts.unit_value_index where source_code = 'statcan' "
        "and partner_code = 'BBB' and period_code > '2020' order by period_code"
    ).fetchall()
    assert [tuple(round(float(value), 1) for value in row) for row in found] == [
        (117.6, 118.9, 118.2, 100),
        (111.2, 111.9, 111.5, 100),
        (105.7, 107.0, 106.3, 100),
    ]
    prices = examples.execute(
        "select unit_value_fisher, unit_value_laspeyres, unit_value_paasche from marts.unit_value_index "
        "where source_code = 'statcan' and partner_code = 'BBB' and period_code > '2020'"
    ).fetchall()
    for fisher, laspeyres, paasche in prices:
        assert fisher**2 == pytest.approx(laspeyres * paasche, rel=1e-12)


def test_contributions_of_four_goods(examples: duckdb.DuckDBPyConnection) -> None:
    """The current values of that table, 610 and 900; contributions worked by hand as INSEE defines them (Contribution
    to GDP growth): growth of a part times its weight the year before, 12.5 % of 80 / 610 for A.
    """
    found = examples.execute(
        "select component_key, contribution_pct, growth_pct from marts.growth_contribution "
        "where source_code = 'statcan' and period_code = '2021' and component_kind = 'product' "
        "and partner_code = 'WLD' order by 1"
    ).fetchall()
    assert [(key, round(part, 2), round(growth, 2)) for key, part, growth in found] == [
        ("HS:01", 1.64, 47.54),
        ("HS:02", 4.92, 47.54),
        ("HS:03", 32.79, 47.54),
        ("HS:04", 8.20, 47.54),
    ]


def test_constant_shares_of_construction(examples: duckdb.DuckDBPyConnection) -> None:
    """Clarksville Partnership, Shift Share Explanation, an example: a local industry grows by 6 %, the economy
    by 2 %, the industry in it by 3 %: shares of 2, 1 and 3 %.
    """
    assert examples.execute(
        "select change_usd / 1000, world_effect_usd / 1000, products_effect_usd / 1000, markets_effect_usd / 1000, "
        "competitiveness_effect_usd / 1000 from marts.constant_market_share "
        "where source_code = 'growth' and reporter_code = 'AAA' and period_code = '2021'"
    ).fetchall() == [(6, 2, 1, 0, 3)]


def test_constant_shares_of_three_regions(examples: duckdb.DuckDBPyConnection) -> None:
    """Figures of Farhauer and Kroell (2013), Standorttheorien, as in the manual of the R package REAT (Wieland), shift;
    the effects are worked by hand by the formula of Leamer and Stern (1970) for one market, as the manual does not
    print them. All grew by 15 %, industries by 10, 40, -10 and 20 %: A by 27 with all, 1 by industries, -3 by itself.
    """
    found = examples.execute(
        "select left(reporter_code, 1), sum(change_usd), sum(world_effect_usd), sum(products_effect_usd), "
        "sum(markets_effect_usd), sum(competitiveness_effect_usd) from marts.constant_market_share "
        "where source_code = 'regions' and period_code = '2021' group by 1 order by 1"
    ).fetchall()
    assert [(region, *(round(float(value) / 1000, 5) for value in effects)) for region, *effects in found] == [
        ("A", 25, 27, 1, 0, -3),
        ("B", 55, 24, -1, 0, 32),
        ("C", 85, 114, 0, 0, -29),
    ]


def test_margins_by_hand(examples: duckdb.DuckDBPyConnection) -> None:
    """Our own numbers of breadth and depth, the world, AAA in it, being the reference: AAA
    sells 10 and 20 of two products of which the world sells 180, of 400 in all: 180 / 400 and 30 / 180. And the table
    of Statistics Canada above: no good is new or lost, so all of 290 is in goods kept.
    """
    assert examples.execute(
        "select round(product_breadth, 10), round(product_depth, 10) from marts.trade_margin "
        "where source_code = 'breadth' and reporter_code = 'AAA'"
    ).fetchall() == [(0.45, 0.1666666667)]
    assert examples.execute(
        "select kept_products_usd, new_products_usd, lost_products_usd from marts.trade_margin "
        "where source_code = 'statcan' and period_code = '2021'"
    ).fetchall() == [(290_000, 0, 0)]


def test_intensity_of_kazakhstan_to_china(examples: duckdb.DuckDBPyConnection) -> None:
    """AkshatSharma03, KazPaper-data-analysis, analysis_v2/numbers_report.txt (tables PANEL and TII): results that a
    study of Kazakhstan's trade with China prints, from 11.927 / 9.846 = 1.211 in 2015 on. China's share
    is printed alone, without the imports behind it: there it is one in the imports of all, here it is fed in as one in
    those of all but Kazakhstan, which our formula takes. As the parts are printed in three decimals, the last digit may
    be one off: it is in 2017.
    """
    found = examples.execute(
        "select period_code::int, value from marts.indicator where source_code = 'kazakhstan' "
        "and indicator_code = 'trade_intensity' and reporter_code = 'KAZ' and partner_code = 'CHN' order by 1"
    ).fetchall()
    assert [year for year, _ in found] == list(KAZAKHSTAN)
    off = {year for year, value in found if round(value, 3) != KAZAKHSTAN[year][-1]}
    assert off == {2017}
    assert dict(found)[2017] == pytest.approx(KAZAKHSTAN[2017][-1], abs=6e-4)


def test_intensity_by_hand(examples: duckdb.DuckDBPyConnection) -> None:
    """Our own numbers by the formula of Kojima (1964) and Drysdale and Garnaut (1982): BBB takes 24 of AAA's 80, and
    150 of the 1,000 all but AAA import: 0.3 / 0.15 = 2; CCC takes 0.7, and imports as much: 4.67.
    """
    assert index(examples, "hand", "trade_intensity", partner="BBB") == pytest.approx(2)
    assert round(index(examples, "hand", "trade_intensity", partner="CCC"), 2) == 4.67


def test_intra_industry_trade_of_two_exam_questions(examples: duckdb.DuckDBPyConnection) -> None:
    """ixamBee, Economics, question 477699: exports of 300, imports of 200: 0.80. Interview Solution, What is the Grubel
    Lloyd index: exports of 6 billion, imports of 2: 0.5.
    """
    assert examples.execute(
        "select round(grubel_lloyd, 2) from marts.product_indicator where source_code = 'iit' order by product_key"
    ).fetchall() == [(0.8,), (0.5,)]


def test_intra_industry_trade_by_hand(examples: duckdb.DuckDBPyConnection) -> None:
    """Our own numbers by the formula of Grubel and Lloyd (1975): exports 120, 80 and 0, imports 60, 90 and 50:
    1 - (60 + 10 + 50) / 400 = 0.7; by product 0.67, 0.94 and 0.
    """
    assert index(examples, "two_way", "grubel_lloyd") == pytest.approx(0.7)
    assert examples.execute(
        "select round(grubel_lloyd, 2) from marts.product_indicator where source_code = 'two_way' order by product_key"
    ).fetchall() == [(0.67,), (0.94,), (0,)]


@pytest.mark.parametrize(("reporter", "printed"), [("BEN", 3.40), ("RAV", 2.35)])
def test_openness_of_two_nations(examples: duckdb.DuckDBPyConnection, reporter: str, printed: float) -> None:
    """A textbook exercise, Measuring the openness of an economy, as solved at SmartSolve: exports 19 and 198, imports
    49 and 84, GDP 20 and 120, in billions: 3.40 for Bengalia, 2.35 for Ravenia.
    """
    assert round(index(examples, "open", "openness", reporter), 2) == printed


def test_openness_by_hand(examples: duckdb.DuckDBPyConnection) -> None:
    """Our own numbers by the definition of the World Bank (NE.TRD.GNFS.ZS), goods only: (200 + 200) / 800 = 0.5."""
    assert index(examples, "two_way", "openness") == pytest.approx(0.5)
