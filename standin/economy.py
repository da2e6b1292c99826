"""The fixed facts of the synthetic world: its economies, products and years. All figures are invented.

Codes and names are real so that code lists apply; sizes, values and growth are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

YEARS = (2019, 2020, 2021, 2022, 2023, 2024)
EARLY_YEARS = (2010, 2011, 2012)
"""Years in which only China and Sudan trade: Sudan reports as 736 up to 2011, as 729 from 2012, and 728 appears."""
WORLD, AREAS_NES, BUNKERS = 0, 899, 837


@dataclass(frozen=True)
class Economy:
    """One economy. `code` is Comtrade's; `gdp` is in billion USD of 2019; `strengths` weigh what it exports."""

    code: int
    iso3: str
    iso2: str
    name: str
    latitude: float
    longitude: float
    gdp: float
    people: float
    currency: str
    new_revision: int
    strengths: dict[str, float]
    reports: bool = True
    last_year: int = 9999
    import_valuation: str = "CIF"
    trade_system: str = "General"
    schedule_c: str = ""
    late_until: int = 0


_E = Economy
_MACHINES = {"84": 2.0, "85": 2.0, "87": 1.0, "90": 1.0}
ECONOMIES = {
    e.code: e
    for e in (
        _E(156, "CHN", "CN", "China", 39.9, 116.4, 14300, 1408e6, "CNY", 2022,
           {"84": 3, "85": 4, "61": 3, "62": 3, "64": 2, "94": 3, "95": 3, "72": 1.5, "87": 1.5, "40": 1.5, "76": 1},
           schedule_c="5700"),
        _E(643, "RUS", "RU", "Russian Federation", 55.8, 37.6, 1690, 144e6, "RUB", 2022,
           {"27": 9, "44": 3, "31": 3, "10": 2, "76": 2, "74": 1, "71": 1, "03": 2, "26": 0.5, "88": 0.2, "93": 0.3},
           last_year=2021, schedule_c="4621"),
        _E(842, "USA", "US", "USA", 38.9, -77.0, 21400, 328e6, "USD", 2022,
           {"12": 3, "10": 1, "02": 1.5, "27": 1.5, "88": 3, "30": 2, "39": 2, "93": 1, **_MACHINES},
           import_valuation="CIF/FOB"),
        _E(276, "DEU", "DE", "Germany", 52.5, 13.4, 3890, 83e6, "EUR", 2022,
           {"87": 5, "84": 3, "90": 2, "30": 3, "39": 2, "85": 1, "93": 2, "72": 1, "40": 1},
           trade_system="Special", schedule_c="4280"),
        _E(251, "FRA", "FR", "France", 48.9, 2.3, 2730, 65e6, "EUR", 2022,
           {"88": 4, "30": 3, "10": 2, "87": 2, "84": 1, "90": 1, "02": 0.5},
           trade_system="Special", schedule_c="4279"),
        _E(528, "NLD", "NL", "Netherlands", 52.4, 4.9, 910, 17e6, "EUR", 2022,
           {"27": 2, "30": 2, "39": 2, "84": 2, "90": 1, "02": 1}, trade_system="Special", schedule_c="4210"),
        _E(344, "HKG", "HK", "China, Hong Kong SAR", 22.3, 114.2, 363, 7.5e6, "HKD", 2022,
           {"71": 2, "61": 0.3}, schedule_c="5820"),
        _E(699, "IND", "IN", "India", 28.6, 77.2, 2870, 1383e6, "INR", 2022,
           {"30": 3, "10": 3, "27": 1.5, "71": 2, "61": 1.5, "62": 1.5, "72": 1, "09": 1}, schedule_c="5330"),
        _E(398, "KAZ", "KZ", "Kazakhstan", 51.2, 71.4, 182, 18.5e6, "KZT", 2023,
           {"27": 4, "74": 3, "26": 2, "10": 2}, import_valuation="FOB", schedule_c="4634", late_until=2024),
        _E(704, "VNM", "VN", "Viet Nam", 21.0, 105.9, 334, 96e6, "VND", 2024,
           {"64": 4, "61": 3, "62": 2, "85": 3, "94": 3, "09": 3, "10": 2, "03": 2},
           schedule_c="5520", late_until=2024),
        _E(757, "CHE", "CH", "Switzerland", 46.9, 7.4, 732, 8.6e6, "CHF", 2022,
           {"71": 4, "30": 5, "90": 2, "84": 1}, trade_system="Special", schedule_c="4419"),
        _E(490, "TWN", "TW", "Other Asia, nes", 25.0, 121.5, 611, 23.6e6, "TWD", 2022,
           {"85": 5, "84": 1, "39": 1}, reports=False, schedule_c="5830"),
        _E(736, "SDX", "SD", "Sudan (...2011)", 15.6, 32.5, 60, 34e6, "SDG", 9999, {"27": 3}, last_year=2011),
        _E(729, "SDN", "SD", "Sudan", 15.6, 32.5, 50, 36e6, "SDG", 9999, {"27": 2}, last_year=2012),
        _E(728, "SSD", "SS", "South Sudan", 4.9, 31.6, 12, 10e6, "SSP", 9999, {"27": 4}, reports=False),
    )
}  # fmt: skip
SUDAN = (736, 729, 728)
MAIN = tuple(code for code in ECONOMIES if code not in SUDAN)
EURO_AREA = (276, 251, 528)
HUB, HUB_ORIGIN, HUB_MARKETS = 344, 156, (842, 276, 699, 528)
HUB_CHAPTERS = ("61", "84", "85", "95")
EASTERN, WESTERN = (156, 699, 398, 704, 344), (842, 276, 251, 528, 757, 490)
CONFIDENTIAL = (276, "93")
"""Germany does not show chapter 93 of its exports: it is reported as 999999 and only its partners show it."""


@dataclass(frozen=True)
class Product:
    """A product by its HS 2022 code; `unit_value` is USD per kg, `unit_code` Comtrade's (8 kg, 5 items)."""

    code: str
    unit_value: float
    text: str
    kg_per_item: float = 0.0

    @property
    def unit_code(self) -> int:
        """8 (kg), or 5 (items) for things that are counted."""
        return 5 if self.kg_per_item else 8


_P = Product
PRODUCTS = {
    p.code: p
    for p in (
        _P("020230", 5.0, "Meat of bovine animals, boneless, frozen"), _P("030363", 3.1, "Cod, frozen"),
        _P("090111", 3.4, "Coffee, not roasted"), _P("100199", 0.25, "Wheat and meslin"),
        _P("100630", 0.45, "Rice, milled"), _P("120190", 0.5, "Soya beans"), _P("260111", 0.1, "Iron ores"),
        _P("270112", 0.12, "Bituminous coal"), _P("270900", 0.5, "Crude oils"), _P("271019", 0.65, "Oils, not crude"),
        _P("271111", 0.45, "Natural gas, liquefied"), _P("300490", 90.0, "Medicaments"),
        _P("310420", 0.35, "Potassium chloride"), _P("390120", 1.2, "Polyethylene"),
        _P("401120", 2.8, "Tyres for buses or lorries", 50.0), _P("440321", 0.11, "Pine in the rough"),
        _P("440711", 0.4, "Pine, sawn"), _P("610910", 17.0, "T-shirts of cotton", 0.2),
        _P("620342", 18.0, "Trousers of cotton", 0.6), _P("640399", 24.0, "Footwear"), _P("710812", 55000.0, "Gold"),
        _P("711319", 15000.0, "Jewellery"), _P("720851", 0.7, "Flat-rolled products of iron"),
        _P("740311", 8.0, "Cathodes of refined copper"), _P("760110", 2.3, "Aluminium, not alloyed"),
        _P("843143", 9.0, "Parts of boring machinery"), _P("847130", 160.0, "Portable computers", 2.0),
        _P("847330", 80.0, "Parts of computers"), _P("850760", 14.0, "Lithium-ion accumulators"),
        _P("851713", 800.0, "Smartphones", 0.2), _P("851714", 300.0, "Other telephones", 0.3),
        _P("854142", 9.0, "Photovoltaic cells"), _P("854143", 6.0, "Photovoltaic modules"),
        _P("854231", 2500.0, "Processors and controllers"), _P("870323", 12.0, "Cars, 1500 to 3000 cc", 1500.0),
        _P("870380", 15.0, "Electric cars", 1900.0), _P("870421", 9.0, "Lorries up to 5 t", 2100.0),
        _P("870899", 9.0, "Parts of motor vehicles"), _P("880240", 900.0, "Aeroplanes over 15 t", 60000.0),
        _P("901890", 110.0, "Medical instruments"), _P("930510", 60.0, "Parts of revolvers"),
        _P("930690", 40.0, "Bombs and grenades"), _P("940360", 3.5, "Furniture of wood"), _P("950300", 9.0, "Toys"),
    )
}  # fmt: skip
CONFIDENTIAL_CODE = "999999"
OLDER_CODE = {"851713": "851712", "851714": "851712", "854142": "854140", "854143": "854140"}
"""HS 2022 code to the one code that held it in HS 2007 to HS 2017."""
HS92_CODE = {
    "851713": "852520", "851714": "852520", "854142": "854140", "854143": "854140", "850760": "850780",
    "870380": "870390", "120190": "120100", "100199": "100190", "030363": "030360", "440321": "440320",
    "440711": "440710", "950300": "950390", "930510": "930510", "271019": "271000",
    "720851": "720832", "847130": "847120", "854231": "854211", CONFIDENTIAL_CODE: "9999AA",
}  # fmt: skip


def distance_km(one: int, other: int) -> float:
    """Great-circle distance between two economies' capitals, km; never less than 200."""
    a, b = ECONOMIES[one], ECONOMIES[other]
    lat1, lat2 = radians(a.latitude), radians(b.latitude)
    half = sin((lat2 - lat1) / 2) ** 2
    half += cos(lat1) * cos(lat2) * sin(radians(b.longitude - a.longitude) / 2) ** 2
    return max(200.0, 12742 * asin(sqrt(half)))


def tau(exporter: int, importer: int) -> float:
    """Freight and insurance as a share of the FOB value: 3 % and 0.6 % more per 1000 km. The known right answer."""
    return 0.03 + 0.006 * distance_km(exporter, importer) / 1000


def classification(reporter: int, year: int, freq: str) -> str:
    """The HS revision a reporter uses: H5 to H6 per reporter; India's months follow a year later than its years."""
    if year < 2019:
        return "H4" if year >= 2012 else "H3"
    switch = ECONOMIES[reporter].new_revision + (1 if reporter == 699 and freq == "M" else 0)
    return "H6" if year >= switch else "H5"
