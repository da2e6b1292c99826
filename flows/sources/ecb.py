"""European Central Bank: daily euro reference rates, one file per year (SDMX, csvdata)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from flows.errors import HttpFailed, NothingYet
from flows.ledger import utc_now
from flows.settings import Settings
from flows.sources.base import Partition, asked_before, rate_years, widened
from flows.transport.http import Http

_DATA = "https://data-api.ecb.europa.eu/service/data/EXR"


def partitions(settings: Settings, since: datetime | None, http: Http) -> Iterator[Partition]:
    """One partition per year. A closed year is asked for once a quarter, the running one once a day."""
    for year, revision in rate_years(settings, since, utc_now().date()):
        before = asked_before(http, "ecb", "reference_rate", str(year)).get("currencies")
        currencies = "+".join(sorted(set(widened(settings.currencies, before)) - {"EUR"}))
        first, last = date(year, 1, 1), date(year, 12, 31)
        span = f"startPeriod={first}&endPeriod={last}"
        url = f"{_DATA}/D.{currencies}.EUR.SP00.A?format=csvdata&detail=dataonly&{span}"
        yield Partition(
            source="ecb", table="reference_rate", key=str(year), revision=f"{currencies} {revision}", url=url,
            location=url, period=str(year), asked={"currencies": currencies},
        )  # fmt: skip


def fetch(partition: Partition, http: Http) -> Iterator[bytes]:
    """The CSV as the ECB sends it. Raises NothingYet where it has no rate of these currencies in the year."""
    try:
        yield http.get(partition.location, expect="csv", unless=partition.unless).content
    except HttpFailed as error:
        if "No results found" not in str(error):
            raise
        raise NothingYet(f"The ECB has no rate of {partition.asked['currencies']} in {partition.key}.") from None
