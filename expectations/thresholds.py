"""Every threshold of the release gate and of what precedes it in Python, in one file to be reviewed, with its reason.

Money is in current US dollars. What a source promises of its own files (row floor, cap, share of rejects) stands in its
contract; what dbt proves of a table (weights within 1e-9 of one, sums to the cent) stands beside the model.
"""

from __future__ import annotations

# -- size ------------------------------------------------------------------------------------------------

# No flow between two economies has come near it.
CELL_CEILING_USD = 2_000_000_000_000
# The largest total of a reporter, exports and imports together, is China's: below 7 trillion.
TOTAL_CEILING_USD = 10_000_000_000_000
# A unit slip is a factor of 1,000; real trade that collapses or starts moves by less than 300 once this is at stake.
SLIP_FACTOR = 300
AT_STAKE_USD = 1_000_000_000
# Trade of one year says little of another one more than five years off: sixty years of growth are no error.
YEARS_BESIDE = 5
# Two reports within one power of ten are of one order of magnitude: a slip is three.
MIRROR_CONFIRMS = 10
# A pair's turnover three powers of ten from its own median is in other units.
TURNOVER_FACTOR = 1_000

# -- sums ------------------------------------------------------------------------------------------------

# Figures quoted in the press are rounded and of several vintages: partners may exceed World by so much, no more.
WORLD_TOLERANCE = 1.02
# Where nearly all of World is there (a table of the largest partners has less), what lacks or exceeds by more than half
# a per cent is a row lost or read twice.
WORLD_GAP = 0.005
NEARLY_ALL_OF_WORLD = 0.97
# The bulletin of China's customs names every partner; what it leaves is rounding.
BULLETIN_MISSING = 0.002
# A printed turnover is rounded; one a fifth away from exports plus imports is another figure.
TURNOVER_ROUNDING = 0.02
TURNOVER_MISREAD = 0.2
# Re-exports are part of exports, a member is part of its group: rounding aside.
SUB_FLOW_TOLERANCE = 1.001
GROUP_TOLERANCE = 1.02
# Products carry their own rounding, to the dollar.
PRODUCT_ROUNDING_USD = 1
SHARES_CEILING_PCT = 102
PART_CEILING_PCT = 102
PRINTED_SHARE_POINTS = 5
# Publishers revise a year without its months; beyond this no revision goes.
MONTHS_ROUNDING_PCT = 2
# Twelve months and a year, each printed to the hundredth of a billion: thirteen times half of it.
MONTHS_ROUNDING_USD = 65_000_000
MONTHS_REVISION_PCT = 30

# -- agreement -------------------------------------------------------------------------------------------

# A log ratio of 1 is a factor of 2.7, far beyond freight, insurance and timing.
MIRROR_LOG_RATIO = 1
MIRROR_FLOOR_USD = 100_000_000
PAIR_FLOOR_USD = 1_000_000_000
REPORTS_FACTOR = 1.1
# UN Comtrade gives whole dollars in its older downloads, while CIF and FOB may have cents.
COMTRADE_ROUNDING_USD = 1
# Records by second partner, procedure and transport counted beside their totals come out twice to eight times as large;
# a revision between two downloads does not change a total by half.
COUNTED_TWICE_FACTOR = 1.5
COUNTED_TWICE_FLOOR_USD = 100_000_000
# A printed rate rests on a revised base: a few points are usual, ten are a misreading.
GROWTH_POINTS = 10
# Iglewicz & Hoaglin 1993 call 3.5 an outlier; trade grows by fits and starts, so 5, where ten growths are known.
ROBUST_Z = 5
MIN_GROWTHS = 10
GROWTH_FLOOR_USD = 1_000_000_000

# -- prices, rates, products -----------------------------------------------------------------------------

# USD per tonne: lowest and highest world price of any month since 1990, with room on both sides.
PRICE_BANDS_USD_PER_TONNE = {
    "crude_oil": (40, 1_500),
    "coal": (10, 700),
    "lng": (50, 4_000),
    "iron_ore": (8, 400),
    "copper": (1_000, 25_000),
    "aluminium": (700, 8_000),
    "nickel": (3_000, 70_000),
    "soya_beans": (100, 1_500),
}
# No yearly average rate or product trebles in a year outside a hyperinflation, and none is on record here.
YEARLY_FACTOR = 3
# Two publishers of a yearly average differ by rounding and by the days they average over.
RATE_SPREAD = 0.05
# The Bank of Russia prices 10, 100 or 10,000 units of a currency; a nominal left out is a factor of 10 at least.
NOMINAL_FACTOR = 5
# The longest time without a rate, by the rule of int_exchange_rate_chosen: the New Year holidays of Russia, from 31
# December to 10 January, and a day or two.
RATE_GAP_DAYS = 12

# -- codes, lines, volume --------------------------------------------------------------------------------

UNMAPPED_SHARE = 0.001
CUSTOMS_UNMAPPED_PCT = 1
REJECT_SHARE = 0.01
# Since the last release.
CELLS_LOST_SHARE = 0.10
ROWS_LOST_SHARE = 0.20
TURNOVER_CHANGED_PCT = 1

# -- answers of a person ---------------------------------------------------------------------------------

# Share by which an amount may differ from what was accepted; beyond it is another figure.
ACCEPTED_MOVED = 0.1
# Nobody has looked at more rows than this, one by one.
ACCEPTED_ROWS = 1_000
