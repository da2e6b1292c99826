"""Which columns say the period: by the layout, by their names, or by texts read as dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from flows.formats.matrix import Layout
from flows.formats.period_words import month_of
from flows.inbox.own.guess import Guess, matching
from flows.inbox.own.periods import PERIOD_NAME, guess_frequency, guess_layouts
from flows.inbox.own.sample import Sample

_MONTH = re.compile(
    r"month|monat|месяц|月份|महीना|الشهر|(?<![^\W_])(?:m[eê]s|mois|mese|miesi[aą]c|ay|maand|måned|månad|місяць|měsíc|月|월)(?![^\W_])",
    re.IGNORECASE,
)


def guess_period(found: Guess, sample: Sample, columns: Sequence[Sequence[str]]) -> None:
    """Note which columns say the period: by the layout, or one column, or one of years and one of months."""
    if sample.layout and _period_of_layout(found, sample):
        return
    layouts = {at: guess_layouts(values) for at, values in enumerate(columns)}
    fitting = [at for at in matching(sample.header, PERIOD_NAME, layouts) if layouts[at]]
    fitting += [at for at in layouts if layouts[at] and layouts[at] != ("YYYY",) and at not in found.numeric]
    called = [at for at in matching(sample.header, _MONTH, range(len(columns))) if columns[at] and not layouts[at]]
    by_layout = Layout.of(sample.layout).headers if sample.layout else ()
    months = [at for at in called if _are_mostly(month_of, columns[at])]
    months.sort(key=lambda at: sample.header[at] not in by_layout)  # the column whose words the layout has read
    years = [at for at in fitting if layouts[at] == ("YYYY",)]
    finer = [at for at in fitting if layouts[at] != ("YYYY",)]
    if finer:
        found.period, found.layouts = finer[0], layouts[finer[0]]
        found.frequency = guess_frequency(found.layouts, columns[finer[0]])
    elif years and months:
        found.year, found.month = years[0], months[0]
    elif years:
        found.period, found.layouts = years[0], ("YYYY",)


def _period_of_layout(found: Guess, sample: Sample) -> bool:
    """The period where the layout says it: months of years, or years and months, or years alone."""
    said = {name.partition(" ")[0]: sample.header.index(name) for name in Layout.of(sample.layout or "").headers}
    if "periods" in said:
        found.period, found.layouts = said["periods"], ("YYYY-MM",)
    elif "years" in said and "months" in said:
        found.year, found.month = said["years"], said["months"]
    elif "years" in said and not any(_MONTH.search(name) for name in sample.header):
        found.period, found.layouts = said["years"], ("YYYY",)
    return bool(said.keys() & {"periods", "years"}) and (found.period is not None or found.year is not None)


def _are_mostly(reads: Callable[[str], object], values: Sequence[str]) -> bool:
    """Whether at least half of the texts of a column are read; others, such as the total of a year, are left out."""
    texts = set(values)
    return 2 * sum(bool(reads(text)) for text in texts) >= len(texts)
