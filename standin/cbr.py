"""Bank of Russia daily rates: XML in windows-1251, decimal comma, roubles for `Nominal` units, dates dd.mm.yyyy."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from standin.rates import FIRST, LAST, days, four_places, usd_per_unit
from standin.reply import Reply, Request
from standin.world import World

CURRENCIES = {
    "AMD": ("R01060", "051", "Армянских драмов"), "AUD": ("R01010", "036", "Австралийский доллар"),
    "BRL": ("R01115", "986", "Бразильский реал"), "BYN": ("R01090B", "933", "Белорусский рубль"),
    "GBP": ("R01035", "826", "Фунт стерлингов"),
    "CHF": ("R01775", "756", "Швейцарский франк"), "CNY": ("R01375", "156", "Китайский юань"),
    "EUR": ("R01239", "978", "Евро"), "HKD": ("R01200", "344", "Гонконгский доллар"),
    "INR": ("R01270", "356", "Индийских рупий"), "KZT": ("R01335", "398", "Казахстанских тенге"),
    "USD": ("R01235", "840", "Доллар США"), "VND": ("R01150", "704", "Вьетнамских донгов"),
}  # fmt: skip
_NOMINALS = {
    "CNY": ((date(2022, 12, 1), 1), (FIRST, 10)), "HKD": ((date(2022, 12, 1), 1), (FIRST, 10)),
    "AMD": ((FIRST, 100),), "INR": ((date(2020, 7, 1), 10), (FIRST, 100)), "KZT": ((FIRST, 100),),
    "VND": ((FIRST, 10000),),
}  # fmt: skip
_HEAD = '<?xml version="1.0" encoding="windows-1251"?>'


def nominal(currency: str, day: date) -> int:
    """For how many units the rate is printed; it changes over time."""
    return next((n for since, n in _NOMINALS.get(currency, ()) if day >= since), 1)


def effective_days(first: date, last: date) -> list[date]:
    """Days a new rate takes effect: Tuesday to Saturday, but 1 to 8 January."""
    return [d for d in days(first, last) if d.weekday() in (1, 2, 3, 4, 5) and not (d.month == 1 and d.day <= 8)]


def comma(value: Decimal) -> str:
    """A number with a decimal comma."""
    return f"{value:f}".replace(".", ",")


class Cbr:
    """The publisher."""

    name, host = "cbr", "www.cbr.ru"

    def __init__(self, world: World) -> None:
        self.world = world

    def value(self, currency: str, day: date) -> Decimal:
        """Roubles for the nominal, four decimals."""
        revised = 1 + 0.01 * self.world.revision("cbr", currency, str(day))
        return four_places(usd_per_unit(currency, day) / usd_per_unit("RUB", day) * nominal(currency, day) * revised)

    def reply(self, request: Request) -> Reply:
        """XML_daily.asp, XML_dynamic.asp and the list of currencies."""
        verbs = {"/scripts/xml_daily.asp": self._daily, "/scripts/xml_dynamic.asp": self._dynamic}
        if request.path.lower() == "/scripts/xml_val.asp":
            return _xml("<Valuta name=\"Foreign Currency Market Lib\">" + "".join(
                f'<Item ID="{code}"><Name>{name}</Name><Nominal>{nominal(c, LAST)}</Nominal>'
                f"<ParentCode>{code}    </ParentCode></Item>" for c, (code, _, name) in CURRENCIES.items()
            ) + "</Valuta>")  # fmt: skip
        if request.path.lower() not in verbs:
            return Reply(b"<html><body>404</body></html>", "text/html; charset=utf-8", 404)
        try:
            return verbs[request.path.lower()](request)
        except ValueError:
            return _xml("<ValCurs>Error in parameters</ValCurs>")

    def _daily(self, request: Request) -> Reply:
        """The rates in force on a day; `Date` is the day they took effect, so a Monday shows Saturday's."""
        asked = _day(request.get("date_req")) if request.get("date_req") else LAST
        known = effective_days(FIRST, asked)
        if not known:
            return _xml("<ValCurs>Error in parameters</ValCurs>")
        day = known[-1]
        rows = []
        for currency, (code, number, name) in CURRENCIES.items():
            rows.append(
                f'<Valute ID="{code}"><NumCode>{number}</NumCode><CharCode>{currency}</CharCode>'
                f"{self._rate(currency, day, name)}</Valute>"
            )
        return _xml(f'<ValCurs Date="{day:%d.%m.%Y}" name="Foreign Currency Market">{"".join(rows)}</ValCurs>')

    def _rate(self, currency: str, day: date, name: str | None = None) -> str:
        """Nominal, value and the rate of one unit."""
        units, value = nominal(currency, day), self.value(currency, day)
        one = (value / units).normalize()
        named = f"<Name>{name}</Name>" if name else ""
        return f"<Nominal>{units}</Nominal>{named}<Value>{comma(value)}</Value><VunitRate>{comma(one)}</VunitRate>"

    def _dynamic(self, request: Request) -> Reply:
        """One currency over a range of days; an unknown currency gives no records."""
        first, last = _day(request.get("date_req1")), _day(request.get("date_req2"))
        code = request.get("VAL_NM_RQ").strip()
        rows = [
            f'<Record Date="{day:%d.%m.%Y}" Id="{code}">{self._rate(currency, day)}</Record>'
            for currency in [name for name, entry in CURRENCIES.items() if entry[0] == code]
            for day in effective_days(first, last)
            if self.world.is_out("cbr", currency, str(day))
        ]
        head = f'<ValCurs ID="{code}" DateRange1="{first:%d.%m.%Y}" DateRange2="{last:%d.%m.%Y}"'
        return _xml(f'{head} name="Foreign Currency Market Dynamic">{"".join(rows)}</ValCurs>')

    def knows(self, subject: str, period: str) -> bool:
        """A currency and a day a rate took effect."""
        return subject in CURRENCIES and period in {str(day) for day in effective_days(FIRST, LAST)}

    def truth(self) -> dict[str, Any]:
        """Per currency: records, sum of `Value` as printed, sum of roubles for one unit."""
        result = {}
        for currency, (code, _, _) in CURRENCIES.items():
            every = [day for day in effective_days(FIRST, LAST) if self.world.is_out("cbr", currency, str(day))]
            values = [self.value(currency, day) for day in every]
            units = [value / nominal(currency, day) for value, day in zip(values, every, strict=True)]
            result[currency] = {
                "id": code,
                "rows": len(every),
                "sum": str(sum(values)),
                "sum_per_unit": str(sum(units)),
            }
        return result


def _day(text: str) -> date:
    """dd/mm/yyyy or dd.mm.yyyy; anything else is a ValueError."""
    return datetime.strptime(text.replace(".", "/"), "%d/%m/%Y").date()  # noqa: DTZ007


def _xml(text: str) -> Reply:
    """A reply in windows-1251."""
    return Reply((_HEAD + text).encode("windows-1251"), "application/xml; charset=windows-1251")
