"""The one kind of expectation the gate has: a query that returns no row."""

from __future__ import annotations

from typing import Any, ClassVar

from expectations.release.engine import UnexpectedRowsExpectation


class ExpectNoOffendingRow(UnexpectedRowsExpectation):  # type: ignore[misc] # the library has no types
    """Great Expectations' own expectation on a query's rows, asked once.

    The original asks every query twice, for its rows and for their number. A rule's query says the number in each of
    its rows, `offending_rows`, and returns no more of them than a report shows.
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table",)

    def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        rows = metrics["unexpected_rows_query.table"]
        return {
            "success": not rows,
            "result": {
                "observed_value": int(rows[0]["offending_rows"]) if rows else 0,
                "details": {
                    "unexpected_rows": [{name: row[name] for name in ("offending", "row_key")} for row in rows]
                },
            },
        }
