"""Tables people bring in languages no list of a publisher is in: names of economies, flows, shares and totals."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel import Locale

from flows.contracts import code_list
from flows.formats.words import flow_word
from flows.inbox.own.codes import area_named, flow_of
from flows.inbox.own.losses import losses
from flows.inbox.own.questions import open_questions
from flows.read.areas import LANGUAGES, area_typed
from flows.settings import Settings
from tests.unit.test_sources_new import draft, trade

TURKISH = """Ülkelere göre ihracat ve ithalat;;;
(Bin ABD Doları);;;
Ülke;Yıl;İhracat;İthalat;İhracat payı
Almanya;2021;19311035;21700000;8,6
ABD;2021;14720580;13100000;6,5
Toplam;2021;225214458;271425553;100
"""  # noqa: RUF001
KOREAN = """연도,국가명,수출 금액(백만달러),수출 증감률,수입 금액(백만달러)
2021,중국,162913,25,138628
2021,미국,95902,29,73213
2021,베트남,56729,17,23966
"""
SPANISH = """País;Año;Importe (miles de euros)
Alemania;2021;10
Estados Unidos;2021;20
"""
SAID = {
    "publisher": "p", "licence": "l", "exports_valuation": "FOB", "imports_valuation": "CIF", "cadence": "yearly",
}  # fmt: skip


@pytest.mark.parametrize(
    ("table", "reporter", "words", "columns", "worth"),
    [
        (TURKISH, "TUR", {"Almanya": "DEU", "ABD": "USA", "Toplam": "WLD"}, {"ihracat": "X", "ithalat": "M"}, 1000),
        (
            KOREAN, "KOR", {"중국": "CHN", "미국": "USA", "베트남": "VNM"},
            {"수출_금액_백만달러": "X", "수입_금액_백만달러": "M"}, 1_000_000,
        ),
    ],
    ids=["Turkish", "Korean"],
)  # fmt: skip
def test_names_flows_and_shares_are_read_in_the_language_of_the_table(
    settings: Settings,
    tmp_path: Path,
    table: str,
    reporter: str,
    words: dict[str, str],
    columns: dict[str, str],
    worth: int,
) -> None:
    made = draft(settings, tmp_path / "a.csv", table, reporter=reporter, **SAID)
    assert open_questions(made) == []
    found = trade(made)
    assert found["partner"]["values"] == {name: code for name, code in words.items() if name != code}
    assert [value["flow"] for value in found["values"]] == list(columns.values())
    assert {value["multiplier"] for value in found["values"]} == {worth}
    assert losses(made).keys() == {("used", "USD")}


def test_importe_is_an_amount_unless_something_says_exports(settings: Settings, tmp_path: Path) -> None:
    made = draft(settings, tmp_path / "a.csv", SPANISH, reporter="ESP", **SAID)
    assert [question.field for question in open_questions(made)] == ["flow"]
    assert trade(made)["partner"]["values"] == {"Alemania": "DEU", "Estados Unidos": "USA"}
    german = "Land;Jahr;Exporte (Tsd. EUR);Importe (Tsd. EUR)\nFrankreich;2021;1;2\nItalien;2021;3;4\n"
    found = trade(draft(settings, tmp_path / "b.csv", german, reporter="DEU"))
    assert [value.get("flow") for value in found["values"]] == ["X", "M"]


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        ("İhracat", "X"), ("İTHALAT", "M"), ("Eksport", "X"), ("Dovoz", "M"), ("輸出額", "X"), ("수입액", "M"),
        ("الصادرات", "X"), ("आयात", "M"), ("Exportación", "X"), ("Importações", "M"), ("імпорт", "M"),
        ("Ausfuhr, Anteil", None), ("수출 비중", None), ("İhracat değişim", None), ("Exportaciones (cantidad)", None),
        ("Ausfuhr und Einfuhr", None), ("İhracat ve ithalat", None), ("Vývoz a dovoz", None),
    ],
)  # fmt: skip
def test_a_flow_is_one_flow_and_no_share_of_it(text: str, flow: str | None) -> None:
    assert flow_word(text) == flow


def test_a_flow_inside_other_words_is_known(settings: Settings) -> None:
    flows = code_list("flow", settings.seeds)
    assert {text: flow_of(text, flows) for text in ("Ülkelere göre ihracat", "wartość przywóz ogółem", "国別輸入")} == {
        "Ülkelere göre ihracat": "X", "wartość przywóz ogółem": "M", "国別輸入": "M",
    }  # fmt: skip


def test_no_language_calls_an_economy_by_the_name_of_another(settings: Settings) -> None:
    known = {(name, iso2) for language in LANGUAGES for iso2, name in Locale.parse(language).territories.items()}
    codes = {iso2: area_typed(iso2, ("economy",)) for iso2 in {iso2 for _, iso2 in known}}
    found = {(name, iso2): area_named(name, settings.seeds) for name, iso2 in known}
    wrong = {names: area for names, area in found.items() if area and codes[names[1]] not in (None, area)}
    assert wrong == {}, "of some ten thousand names"
    assert area_named("Kongo", settings.seeds) is None, "one of two"


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("Fas", "MAR"), ("FAS", None), ("Çin", "CHN"), ("ÇİN", "CHN"), ("Çad", "TCD"), ("CAD", None), ("cad", None),
        ("EUA", "USA"), ("FN", None), ("Y", None), ("man", None),
    ],
)  # fmt: skip
def test_three_plain_letters_are_a_name_as_it_is_spelt_only(settings: Settings, text: str, area: str | None) -> None:
    assert area_named(text, settings.seeds) == area
