"""What is true in the world, before anybody reports it: the right answers for methods that reconcile reports."""

from __future__ import annotations

from typing import Any

from standin.economy import YEARS, tau
from standin.world import flows


def true_trade() -> dict[str, Any]:
    """Per exporter, importer and year: FOB value in thousandths of USD, what went through the hub, tau, kg."""
    result: dict[str, Any] = {}
    for year in YEARS:
        for (exporter, importer, _), flow in flows(year).items():
            entry = result.setdefault(
                f"{exporter}|{importer}|{year}",
                {"fob_mills": 0, "via_hub_mills": 0, "kg": 0, "tau": round(tau(exporter, importer), 6)},
            )
            entry["fob_mills"] += sum(flow.mills)
            entry["via_hub_mills"] += sum(flow.via_hub)
            entry["kg"] += sum(flow.kg)
    return result
