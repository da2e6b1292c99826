"""A fact of many words goes on beneath its beginning; a line ends after a word, a field or a part of a path."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from flows.cli.facts import folded


def test_a_path_and_a_record_end_a_line_between_their_parts() -> None:
    assert folded("raw/gacc_quoted/partner_trade.csv line 104", 20) == [
        "raw/gacc_quoted/",
        "partner_trade.csv",
        "line 104",
    ]
    assert folded("CHN,RUS,2021-01-01,146.88,,USD", 12) == ["CHN,RUS,", "2021-01-01,", "146.88,,USD"]


@given(st.text(alphabet="ab ,/é年", max_size=60), st.integers(4, 20))
def test_nothing_is_lost_and_a_line_is_as_wide_as_it_may_be(text: str, width: int) -> None:
    lines = folded(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert cell_len(line) <= width or not re.search("[ ,/][^ ,/]", line), "one piece alone may be wider"
