"""IMF International Trade in Goods by Partner Country (IMTS): yearly, quarterly and monthly totals by partner, live.

The IMF tells when the whole of IMTS was last updated and nothing finer, so an update asks for every partition
again; one that comes back byte for byte the same is no new vintage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from flows.errors import FileRefused, NothingYet
from flows.ledger import utc_now
from flows.settings import Settings
from flows.sources.base import Partition, asked_before, widened, widened_years
from flows.transport.http import Http

__all__ = ["fetch", "partitions"]

HOST = "https://api.imf.org/external/sdmx/2.1"
_DATA = f"{HOST}/data/IMF.STA,IMTS,1.0.0"
_CSV = {"Accept": "application/vnd.sdmx.data+csv;version=1.0.0"}
_INDICATORS = "XG_FOB_USD+MG_CIF_USD+MG_FOB_USD"
_WORLD = "G001"
_FREQUENCIES = ("A", "Q", "M")
_UPDATED = re.compile(r"last_?updated(?:_?at)?\b.{0,200}?(\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?)", re.IGNORECASE | re.DOTALL)


def partitions(settings: Settings, since: datetime | None, http: Http) -> Iterator[Partition]:
    """One partition per reporter and frequency; per year and frequency where all reporters are asked for.

    Nothing when `since` is later than the last update. Raises HttpFailed when the IMF does not answer.
    """
    updated = _last_update(http)
    if since is not None and updated[:10] < since.date().isoformat():
        return
    for frequency in (f for f in _FREQUENCIES if f in settings.frequencies):
        for reporter in settings.reporters:
            yield _partition(settings, http, reporter, frequency, updated)
        if not settings.reporters:
            newest = min(int(updated[:4]), utc_now().year) - (frequency == "A")
            for year in range(min(newest, settings.history_to or newest), settings.history_from - 1, -1):
                yield _partition(settings, http, "", frequency, updated, year)


def fetch(partition: Partition, http: Http) -> Iterator[bytes]:
    """The CSV as received. Raises FileRefused when it holds a header and nothing else."""
    head, has_rows = b"", False
    for chunk in http.stream(partition.location, headers=_CSV, expect="csv"):
        if has_rows:
            yield chunk
            continue
        head += chunk
        has_rows = bool(head.partition(b"\n")[2].strip())
        if has_rows:
            yield head
    if not has_rows and partition.period >= str(int(partition.labels["release"][:4]) - 1):
        raise NothingYet(f"The IMF has no figures for {partition.key} yet.")
    if not has_rows:
        what = f"The IMF answers with no row for {partition.key}"
        raise FileRefused(f"{what}; it wants economies as ISO 3166 alpha-3 and has nothing for those it does not know.")


def _last_update(http: Http) -> str:
    """When IMTS was last updated, as the dataflow says; this month, where it does not say."""
    answer = http.get(f"{HOST}/dataflow/IMF.STA/IMTS/1.0.0", expect="xml")
    found = _UPDATED.search(answer.text())
    return found[1] if found else f"{utc_now():%Y-%m-01}"


def _partition(
    settings: Settings, http: Http, reporter: str, frequency: str, updated: str, year: int | None = None
) -> Partition:
    """All years of a reporter, or one year of all reporters."""
    key = f"{frequency}-{reporter}" if year is None else f"{frequency}-ALL-{year}"
    before = asked_before(http, "imf_imts", "partner_trade", key)
    first, last = widened_years(settings, before) if year is None else (year, year)
    chosen = widened(settings.partners, before.get("partners"))
    partners = "+".join([*chosen, _WORLD]) if chosen else ""
    period = {"startPeriod": str(first)} | ({"endPeriod": str(last)} if last else {})
    address = f"{_DATA}/{reporter}.{_INDICATORS}.{partners}.{frequency}?{urlencode(period)}"
    return Partition(
        source="imf_imts",
        table="partner_trade",
        key=key,
        revision=f"{updated} {first}-{last or ''} {partners or 'all partners'}",
        url=address,
        location=address,
        labels={"frequency": frequency, "release": updated},
        asked={"partners": "+".join(chosen), "first": str(first), "last": str(last or "")},
        period=str(year or ""),
    )
