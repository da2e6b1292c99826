"""The partners of the monthly bulletin of China's customs, as customs lists them: by region, then the blocs."""

from __future__ import annotations

from standin.economy import AREAS_NES

Members = tuple[int, ...] | None

_LISTED = """
ASIA: Afghanistan; Bahrain; Bangladesh; Bhutan; Brunei; Myanmar; Cambodia; Cyprus; Korea,DPR; Hong Kong, China=344;
India=699; Indonesia; Iran; Iraq; Israel; Japan; Jordan; Kuwait; Laos,PDR; Lebanon; Macao, China; Malaysia; Maldives;
Mongolia; Nepal; Oman; Pakistan; Palestine; Philippines; Qatar; Saudi Arabia; Singapore; Korea Rep.; Sri Lanka; Syrian;
Thailand; Turkey; United Arab Emirates; Republic of Yemen; Viet Nam=704; China=156; Taiwan, China=490; East Timor;
Kazakhstan=398; Kirghizia; Tadzhikistan; Turkmenistan; Uzbekstan; Oth. Asia nes

AFRICA: Algeria; Angora; Benin; Botswana; Burundi; Cameroon; Canary Is; Cape Vrde; Central African Rep.; Ceuta; Chad;
Comoros; Congo; Djibouti; Egypt; Eq.Guinea; Ethiopia; Gabon; Gambia; Ghana; Guinea; Guinea Bissau; Cote d'lvoir; Kenya;
Liberia; Libyan Arab Jm; Madagascar; Malawi; Mali; Mauritania; Mauritius; Morocco; Mozambique; Namibia; Niger; Nigeria;
Reunion; Rwanda; Sao Tome & Principe; Senegal; Seychelles; Sierra Leone; Somalia; S.Africa; Western Sahara; Sudan;
Tanzania; Togo; Tunisia; Uganda; Burkina Faso; Congo,DR; Zambia; Zimbabwe; Lesotho; Melilla; Swaziland; Eritrea;
Mayotte; South Sudan; Oth. Afr. nes

EUROPE: Belgium; Denmark; United Kingdom; Germany=276; France=251; Ireland; Italy; Luxembourg; Netherlands=528; Greece;
Portugal; Spain; Albania; Andorra; Austria; Bulgaria; Finland; Gibraltar; Hungary; Iceland; Liechtenstein; Malta;
Monaco; Norway; Poland; Romania; San Marino; Sweden; Switzerland=757; Estonia; Latvia; Lithuania; Georgia; Armenia;
Azerbaijan; Byelorussia; Moldavia; Russia=643; Ukraine; Slovenia Rep; Croatia Rep; Czech Rep; Slovak Rep; Macedonia Rep;
Bosnia&Hercegovina; Vatican City State; the Faroe Islands; Serbia; Montenegro; Oth. Eur. nes

LATIN AMERICA: Antigua & Barbuda; Argentina; Aruba; Bahamas; Barbados; Belize; Bolivia; Bonaire; Brazil; Cayman Is;
Chile; Colombia; Dominica; Costa Rica; Cuba; Curacao; Dominican Rep.; Ecuador; French Guyana; Grenada; Guadeloupe;
Guatemala; Guyana; Haiti; Honduras; Jamaica; Martinique; Mexico; Montserrat; Nicaragua; Panama; Paraguay; Peru;
Puerto Rico; Saba; Saint Lucia; Saint Martin Is; Saint Vincent & Grenadines; El Salvador; Suriname; Trinidad & Tobago;
Turks & Caicos Is; Uruguay; Venezuela; Br. Virgin Is; St. Kitts-Nevis; St.Pierre and Miquelon; Oth. L.Amer. nes

NORTH AMERICA: Canada; United States=842; Greenland; Bermuda; Oth. N.Amer. nes

OCEANIA: Australia; Cook Is; Fiji; Gambier Is; Marquesas Is; Nauru; New Caledonia; Vanuatu; New Zealand; Norfolk Is;
Papua New Guinea; Society Is; Solomon Is; Tonga; Tuamotu Is; Tubai Is; Samoa; Kiribati; Tuvalu; Micronesia Fs;
Marshall Is Rep; Palau; French Polynesia; Wallis and Futuna; Oth. Ocean. nes
"""
_BLOCS: tuple[tuple[str, Members], ...] = (
    ("ASEAN:", (704,)), ("EU:", (276, 251, 528)), ("APEC:", (344, 704, 490, 643, 842)),
)  # fmt: skip


def _regions() -> list[tuple[str, Members]]:
    """Each paragraph is a region and its economies; those of this world have their code behind them."""
    rows: list[tuple[str, Members]] = []
    for paragraph in _LISTED.strip().split("\n\n"):
        region, _, listed = " ".join(paragraph.split()).partition(": ")
        found = [entry.strip().partition("=") for entry in listed.split(";")]
        economies = [(label, (int(code),) if code else ()) for label, _, code in found]
        rows.append((f"{region}:", tuple(code for _, codes in economies for code in codes)))
        rows.extend(economies)
    return rows


REGIONS: tuple[tuple[str, Members], ...] = (
    ("TOTAL", None), *_regions(), ("Countries(reg.)unknown", (AREAS_NES,)), *_BLOCS,
)  # fmt: skip
"""Label and members; None is the world, () an economy this world does not have. Regions and blocs overlap."""
