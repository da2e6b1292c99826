"""The economies and groups a person means, by names in many languages, as the page's boxes know them."""

from __future__ import annotations

import json
import re

import duckdb
import pytest

from flows.errors import EntrepotError
from flows.read.areas import LANGUAGES, area_named, economy_typed, find_area, read_as
from flows.settings import ROOT
from tests.conftest import Home

SEED = ROOT / "dbt_project/seeds/area.csv"
PICKER = ROOT / "flows/exports/site/assets/picker.js"


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    """The areas of the seed as a release has them."""
    con = duckdb.connect()
    con.execute("create schema core")
    con.execute(
        "create table core.dim_area as select area_code, area_name, area_kind, iso2_code, "
        f"area_kind = 'economy' as is_economy, valid_to from read_csv('{SEED}', all_varchar = true)"
    )
    return con


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Frankreich", "FRA"), ("alemania", "DEU"), ("Казахстан", "KAZ"), ("中国", "CHN"), ("Österreich", "AUT"),
        ("Oesterreich", "AUT"), ("etats unis", "USA"), ("États-Unis", "USA"), ("미국", "USA"), ("guinea bissau", "GNB"),
        ("टोगो", "TGO"), ("टोंगा", "TON"), ("Europäische Union", "EUU"), ("Burma", "MMR"), ("cote divoire", "CIV"),
        ("ドイツ", "DEU"), ("فرنسا", "FRA"),
    ],
)  # fmt: skip
def test_an_economy_is_found_by_its_name_in_another_language(
    con: duckdb.DuckDBPyConnection, typed: str, code: str
) -> None:
    assert find_area(con, typed).code == code


@pytest.mark.parametrize("typed", ["sao tome", "S\u00c3O TOM\u00c9", "sao tome and princpe"])
def test_a_part_of_a_name_leads_to_it_whatever_its_accents(con: duckdb.DuckDBPyConnection, typed: str) -> None:
    with pytest.raises(EntrepotError, match=r"Did you mean S\u00e3o Tom\u00e9 and Pr\u00edncipe \(STP\)"):
        find_area(con, typed)


def test_every_name_of_an_economy_leads_to_it(con: duckdb.DuckDBPyConnection) -> None:
    names = con.execute("select area_name, area_code from core.dim_area").fetchall()
    found = {name: area_named(con, name) for name, _ in names}
    assert {name: area and area.code for name, area in found.items()} == dict(names)


def test_the_terminal_knows_the_languages_of_the_page() -> None:
    (listed,) = re.findall(r"LANGUAGES = \[(.+?)\]", PICKER.read_text(encoding="utf-8"), re.DOTALL)
    assert tuple(re.findall(r'"(\w+)"', listed)) == LANGUAGES


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Congo", "'Congo' is read as the Congo Republic (COG); write COD for DR Congo."),
        (" korea", "'korea' is read as South Korea (KOR); write PRK for North Korea."),
        ("Guiana", "'Guiana' is read as Guyana (GUY); write GUF for French Guiana."),
    ],
)
def test_a_name_that_could_mean_another_economy_says_which_one_it_is_read_as(typed: str, said: str) -> None:
    assert read_as(typed) == said


@pytest.mark.parametrize(
    "typed", ["Guinea", "Sudan", "Yemen", "CG", "us", "U.S.", "South Korea", "Republic of the Congo", "Atlantis", ""]
)
def test_a_code_an_own_name_and_one_that_means_nobody_else_say_nothing(typed: str) -> None:
    assert read_as(typed) == ""


def test_profile_says_which_economy_it_has_read(published: Home) -> None:
    result = published.entrepot("profile", "Korea", "China", "--json")
    assert result.stderr.strip() == "'Korea' is read as South Korea (KOR); write PRK for North Korea."
    assert json.loads(result.stdout)


def test_a_name_with_its_code_as_messages_write_it_is_found(con: duckdb.DuckDBPyConnection) -> None:
    assert find_area(con, "Kazakhstan (KAZ)").code == economy_typed("kazakhstan (kz)") == "KAZ"
    with pytest.raises(EntrepotError, match=r"Did you mean Chad \(TCD\)"):
        find_area(con, "Chad (KAZ)")
