"""Layouts of publishers in which a column does not mean what its name says are refused, in the inbox and as a draft."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.contracts import load_contracts
from flows.errors import FileRefused
from flows.formats.dropped import Dropped
from flows.inbox.own.draft import Answers, Draft
from flows.inbox.own.sample import read_sample
from flows.inbox.recognition import Unrecognised, recognise
from flows.settings import Settings

KEY = "freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE"
FILES = {
    "sdmx2.csv": (
        f"STRUCTURE,STRUCTURE_ID,ACTION,{KEY}\n"
        "dataflow,ESTAT:DS-045409(1.0),I,M,DE,CN,27,1,VALUE_IN_EUROS,2024-03,500\n"
        "dataflow,ESTAT:DS-045409(1.0),D,M,DE,US,27,1,VALUE_IN_EUROS,2024-03,700\n",
        "whose rows may be deletions",
    ),
    "sdmx1.csv": (
        f"DATAFLOW,LAST UPDATE,action,{KEY}\nESTAT:DS-045409(1.0),01/05/24,D,M,DE,CN,27,1,VALUE_IN_EUROS,2024-03,500\n",
        "whose rows may be deletions",
    ),
    "nc201003.dat": (
        "DECLARANT,PARTNER,PRODUCT_NC,FLOW,STAT_REGIME,PERIOD,VALUE_IN_EUROS,QUANTITY_IN_KG\n"
        "004,0720,27090090,1,4,201003,500,100\n",
        "004 is Germany",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_it_is_refused_by_name(settings: Settings, tmp_path: Path, name: str) -> None:
    content, said = FILES[name]
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    found = recognise(Dropped(path=path), load_contracts(settings.contracts))
    assert isinstance(found, Unrecognised)
    assert said in found.reason
    with pytest.raises(FileRefused, match="ACTION 'D', as rows have that delete figures" if "sdmx" in name else said):
        read_sample(path)


def test_sdmx_without_deletions_is_drafted_and_a_later_file_may_have_none(settings: Settings, tmp_path: Path) -> None:
    """Some publishers offer nothing else than SDMX-CSV with the action I in each row."""
    path = tmp_path / "oecd.csv"
    header = "STRUCTURE,STRUCTURE_ID,ACTION,REPORTER,PARTNER,FLOW,TIME_PERIOD,OBS_VALUE"
    path.write_text(f"{header}\nDATAFLOW,OECD:X(1.0),I,DEU,CHN,X,2021,5\n", encoding="utf-8")
    found = recognise(Dropped(path=path), load_contracts(settings.contracts))
    assert isinstance(found, Unrecognised)
    assert "may be deletions" in found.reason
    assert "`entrepot sources new oecd.csv` writes its contract" in found.reason
    draft = Draft(settings, read_sample(path), Answers(currency="USD", multiplier="1", values=["OBS_VALUE"]))
    action = draft.contract()["sources"][0]["tables"][0]["columns"][2]
    assert action["config"]["meta"] == {"header": "ACTION", "accepted": ["I", "A", "M", "R"]}


def test_the_same_without_actions_is_read(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "sdmx1.csv"
    lines = FILES["sdmx1.csv"][0].replace("action,", "").replace(",D,", ",")
    path.write_text(lines, encoding="utf-8")
    assert not isinstance(recognise(Dropped(path=path), load_contracts(settings.contracts)), Unrecognised)
