"""An export is a folder that is finished first: readers keep what is there until the next one is whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.errors import PublishRefused
from flows.releases.place import export_of, make_export

ONE, TWO = "20260101T000000000-aaaa", "20260102T000000000-bbbb"


def writes(text: str, link: Path | None = None) -> Callable[[Path], None]:
    """Something that writes an export of one file; where `link` is given, the one before must be there meanwhile."""

    def write(folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / "figures").write_text(text)
        if link is not None:
            assert (link / "figures").read_text() != text

    return write


def fails(folder: Path) -> None:
    """An export that comes to half of it."""
    folder.mkdir(parents=True)
    (folder / "figures").write_text("half")
    raise OSError("No space left on device")


def folders(link: Path) -> list[str]:
    return sorted(path.name for path in link.parent.iterdir() if path != link)


def test_an_export_made_again_takes_the_place_of_the_first_when_it_is_finished(tmp_path: Path) -> None:
    link = tmp_path / "parquet"
    make_export(link, ONE, writes("first"))
    for text in ("again", "and again"):
        assert make_export(link, ONE, writes(text, link)) == link
        assert (link / "figures").read_text() == text
        assert len(folders(link)) == 1
        assert export_of(link.resolve()) == ("parquet", ONE)
    make_export(link, TWO, writes("of the next release", link))
    assert folders(link) == [f"parquet-{TWO}"]


@pytest.mark.parametrize("run_id", [ONE, TWO])
def test_an_export_that_fails_leaves_the_one_before_and_no_half(tmp_path: Path, run_id: str) -> None:
    link = tmp_path / "parquet"
    make_export(link, ONE, writes("first"))
    with pytest.raises(OSError, match="No space"):
        make_export(link, run_id, fails)
    assert (link / "figures").read_text() == "first"
    assert folders(link) == [f"parquet-{ONE}"]
    make_export(link, run_id, writes("second", link))
    assert (link / "figures").read_text() == "second"


def test_what_others_put_beside_an_export_stays(tmp_path: Path) -> None:
    link, theirs = tmp_path / "parquet", tmp_path / "parquet-of-mine"
    theirs.mkdir()
    for run_id in (ONE, TWO):
        make_export(link, run_id, writes(run_id))
    assert folders(link) == [f"parquet-{TWO}", "parquet-of-mine"]
    assert export_of(theirs) == ("", "")


def test_a_folder_of_somebody_in_the_place_of_the_link_is_left_alone(tmp_path: Path) -> None:
    link = tmp_path / "parquet"
    link.mkdir()
    with pytest.raises(PublishRefused, match="is not a link made by Entrepôt"):
        make_export(link, ONE, writes("first"))
    assert folders(link) == []
