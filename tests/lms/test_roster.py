from pathlib import Path

from grader.lms.roster import attendance, parse, read_roster, render, said
from grader.types import Arrival
from tests.lms import downloads
from tests.lms.downloads import import_downloads
from tests.lms.people_sheets import sheet


def test_who_handed_in_nothing(tmp_path: Path) -> None:
    """People are matched by id, email address or unique name; the others are listed."""
    text = "ID,Name,Email\nB1,Jane Doe,j@x\nB2,Li,l@x\nB3,Sam Lee,s@x\nB4,Sam Lee,t@x\nB5,Ole,o@x\n"
    roster = read_roster(sheet(tmp_path, text))
    found = attendance(
        roster,
        [
            ("b1", None),
            ("lab2", Arrival(email="L@X")),
            ("x", Arrival(name="Sam Lee")),
            ("y", Arrival(name="OLE")),
        ],
    )
    assert [each.id for each in found.missing] == ["B3", "B4"]
    assert found.strangers == ("x",)
    assert parse(render(found, roster)) == found
    missing, strangers = said(found)
    assert "(2): B3, Sam Lee; B4, Sam Lee." in missing
    assert "(1): x." in strangers


def test_everybody_of_a_group_has_handed_in(tmp_path: Path) -> None:
    """Gradescope's second submitter is not missing."""
    taken = import_downloads(downloads.as_zip(tmp_path, downloads.GRADESCOPE), tmp_path / "out")
    text = "SID,Name,Email\nB1,Jane Doe,\nB2,Li Xiaolong,\nB3,,ole@example.edu\nB4,No One,\n"
    roster = read_roster(sheet(tmp_path, text))
    came = [(source.stem, taken.handed_in[source.absolute()]) for source in taken.sources]
    found = attendance(roster, came)
    assert [each.id for each in found.missing] == ["B4"]
    assert not found.strangers


def test_a_roster_without_leading_zeros_still_finds_everybody(tmp_path: Path) -> None:
    """The messages say so; two hand-ins that could be one person's are strangers."""
    roster = read_roster(sheet(tmp_path, "ID,Name\n12345,Jane\n777,Li\n88,Ole\n"))
    came = [("0012345", None), ("0777", None), ("00777", None), ("88", None), ("088", None)]
    found = attendance(roster, came)
    assert [each.id for each in found.missing] == ["777"]
    assert found.strangers == ("00777", "0777", "088")
    (note,) = found.notes
    assert "0012345 is taken for 12345" in note
    assert note in said(found)
    assert parse(render(found, roster)) == found
    assert parse(render(found, roster).replace('"notes"', '"older"')).notes == ()
