"""The documented results are those of the file kept beside them."""

from __future__ import annotations

from bench import page, plot, results


def test_page_and_plot_show_the_results_that_are_kept() -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    assert page.page(text, page.KEPT) == text
    assert page.PLOT.read_text(encoding="utf-8") == plot.svg(results.load(page.KEPT)[1])
    assert all(one.exit_code == 0 for one in results.load(page.KEPT)[1])
