"""ECB euro reference rates as `csvdata`: units of a currency for one euro, working days only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any, NamedTuple

from standin.rates import FIRST, LAST, days, four_places, usd_per_unit
from standin.reply import Reply, Request, tagged
from standin.world import World

CURRENCIES = {
    "USD": "US dollar", "CNY": "Chinese yuan renminbi", "RUB": "Russian rouble", "INR": "Indian rupee",
    "HKD": "Hong Kong dollar", "CHF": "Swiss franc", "AUD": "Australian dollar", "BRL": "Brazilian real",
    "GBP": "UK pound sterling",
}  # fmt: skip
SUSPENDED = {"RUB": date(2022, 3, 2)}
"""First day without a rate."""
SHORT = "KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE"
COLUMNS = (
    f"{SHORT},OBS_STATUS,OBS_CONF,OBS_PRE_BREAK,OBS_COM,TIME_FORMAT,BREAKS,COLLECTION,COMPILING_ORG,DISS_ORG,"
    "DOM_SER_IDS,PUBL_ECB,PUBL_MU,PUBL_PUBLIC,UNIT_INDEX_BASE,COMPILATION,COVERAGE,DECIMALS,NAT_TITLE,SOURCE_AGENCY,"
    "SOURCE_PUB,TITLE,TITLE_COMPL,UNIT,UNIT_MULT"
)
_PATH = "/service/data/EXR/"


class Rate(NamedTuple):
    """One rate; None on a holiday, which is printed with status H and no value."""

    period: str
    value: Decimal | None


class Ecb:
    """The publisher. Frequencies D, and M and A as averages of the daily rates."""

    name, host = "ecb", "data-api.ecb.europa.eu"

    def __init__(self, world: World) -> None:
        self.world = world

    def daily(self, currency: str) -> Iterator[Rate]:
        """Working days; 25 December is printed as a holiday, 1 January and 26 December not at all."""
        for day in days(FIRST, LAST):
            closed = day.weekday() > 4 or (day.month, day.day) in ((1, 1), (12, 26))
            closed = closed or not self.world.is_out("ecb", currency, str(day))
            if closed or day >= SUSPENDED.get(currency, date.max):
                continue
            if (day.month, day.day) == (12, 25):
                yield Rate(str(day), None)
                continue
            revised = 1 + 0.01 * self.world.revision("ecb", currency, str(day))
            yield Rate(str(day), four_places(usd_per_unit("EUR", day) / usd_per_unit(currency, day) * revised))

    def series(self, freq: str, currency: str) -> Iterator[Rate]:
        """The rates of a frequency; averages are plain means of the days with a rate, to four decimals."""
        if freq == "D":
            yield from self.daily(currency)
            return
        sums: dict[str, list[Decimal]] = {}
        for rate in self.daily(currency):
            if rate.value is not None:
                sums.setdefault(rate.period[: 4 if freq == "A" else 7], []).append(rate.value)
        for period, values in sums.items():
            yield Rate(period, four_places(float(sum(values) / len(values))))

    def reply(self, request: Request) -> Reply:
        """`/service/data/EXR/D.CNY.EUR.SP00.A?format=csvdata`; 404 where there is nothing."""
        parts = request.path.removeprefix(_PATH).split(".")
        if not request.path.startswith(_PATH) or len(parts) != 5:
            return Reply(b"No results found.", "text/plain", 404)
        if request.get("format") != "csvdata" and "csv" not in request.headers.get("accept", ""):
            return Reply(b'<?xml version="1.0"?><message:GenericData/>', "application/vnd.sdmx.genericdata+xml")
        freqs, currencies, denominators, types, suffixes = ({c for c in part.split("+") if c} for part in parts)
        if not (denominators <= {"EUR"} and types <= {"SP00"} and suffixes <= {"A"}):
            return Reply(b"No results found.", "text/plain", 404)
        first, last = request.get("startPeriod", "0000"), request.get("endPeriod", "9999") + "~"
        keep, short = int(request.get("lastNObservations", "0")), request.get("detail") == "dataonly"
        rows = []
        for currency in [c for c in CURRENCIES if not currencies or c in currencies]:
            for freq in [f for f in "ADM" if not freqs or f in freqs]:
                found = [rate for rate in self.series(freq, currency) if first <= rate.period <= last]
                rows += [_row(freq, currency, rate, short) for rate in found[-keep:]]
        if not rows:
            return Reply(b"No results found.", "text/plain", 404)
        text = "\r\n".join([SHORT if short else COLUMNS, *rows, ""])
        modified = datetime.fromisoformat("2025-01-02T15:00:00+00:00") + timedelta(days=self.world.changes["ecb"])
        return tagged(Reply(text.encode(), "text/csv"), format_datetime(modified, usegmt=True))

    def knows(self, subject: str, period: str) -> bool:
        """A currency and a working day."""
        return subject in CURRENCIES and period in {str(day) for day in days(FIRST, LAST) if day.weekday() < 5}

    def truth(self) -> dict[str, Any]:
        """Per currency: rows, rates, their sum; and the mean of each month, unrounded, to 12 digits."""
        result = {}
        for currency in CURRENCIES:
            rates = list(self.daily(currency))
            values = [rate.value for rate in rates if rate.value is not None]
            result[currency] = {"rows": len(rates), "rates": len(values), "sum": str(sum(values))}
        return result


def _row(freq: str, currency: str, rate: Rate, short: bool) -> str:
    """A line of the CSV."""
    value = "" if rate.value is None else f"{rate.value.normalize():f}"
    start = f"EXR.{freq}.{currency}.EUR.SP00.A,{freq},{currency},EUR,SP00,A,{rate.period},{value}"
    if short:
        return start
    span = {"D": "P1D", "M": "P1M", "A": "P1Y"}[freq]
    status = "H" if rate.value is None else "A"
    title = f"{CURRENCIES[currency]}/Euro"
    compl = f'"ECB reference exchange rate, {title}, 2:15 pm (C.E.T.)"'
    return f"{start},{status},F,,,{span},,A,,,,,,,,,,4,,4F0,,{title},{compl},{currency},0"
