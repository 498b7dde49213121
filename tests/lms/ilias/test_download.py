from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.labs.hand_in_files import NETWORK_FILES
from grader.lms.ilias.download import is_class, owner, read
from tests.lms.downloads import BOTH_WAYS, Made, as_folder, by_id, import_downloads, student_zip
from tests.lms.listings import listing


@BOTH_WAYS
@pytest.mark.parametrize("around", ["", "Lab_2/", "Lab_2/Abgaben/"])
@pytest.mark.parametrize("teams", [("", ""), ("Team 12/", "Team 13/")])
def test_ilias(tmp_path: Path, made: Made, around: str, teams: tuple[str, str]) -> None:
    """With or without teams, below any folders; a late file has ILIAS's word before its name."""
    files = {
        f"{around}{teams[0]}Doe_Jane_jdoe_1234/B1.zip": student_zip("B1"),
        f"{around}{teams[1]}Li_Wei_wei_li_1235/Late Submission - B2.zip": student_zip("B2"),
    }
    taken = import_downloads(made(tmp_path, files), tmp_path / "out")
    found = by_id(taken)
    assert set(found) == {"B1", "B2"}
    jane, li = (taken.handed_in[found[id].absolute()] for id in ("B1", "B2"))
    assert (jane.lms, jane.lms_id, jane.name, jane.late) == ("ilias", "1234", "Jane Doe", False)
    assert (li.lms_id, li.name, li.late) == ("1235", None, True)


def test_one_hand_in_in_such_a_folder_is_no_class(tmp_path: Path) -> None:
    """A student's own folder can have a name like that."""
    assert owner("my_lab_hw_2/model/mobilenet.pth") == "2"
    assert not is_class(["my_lab_hw_2/model/mobilenet.pth", "my_lab_hw_2/B1.ipynb"], NETWORK_FILES)
    files = {"my_lab_hw_2/model/mobilenet.pth": b"w", "my_lab_hw_2/B1.ipynb": b"{}"}
    taken = import_downloads(as_folder(tmp_path, files, "B1"), tmp_path / "out")
    assert not taken.handed_in


NUMBERS = ("1234", "1235", "1236")
PART = st.sampled_from([*NUMBERS, "_", " ", "Doe", "Late Submission - ", "Team 1", "-"])
TYPED = st.lists(PART, max_size=4).map("".join)


@given(
    st.lists(st.tuples(TYPED, TYPED, TYPED, TYPED), min_size=1, max_size=len(NUMBERS)),
    st.booleans(),
)
def test_nobody_is_read_as_another(hand_ins: list[tuple[str, str, str, str]], teams: bool) -> None:
    """Whatever names, logins and file names students have, also none: the number is the user's."""
    right = {}
    for number, (last, first, login, file) in zip(NUMBERS, hand_ins, strict=False):
        team = f"Team {number}/" if teams else ""
        right[f"{team}{last}_{first}_{login}_{number}/{file}{number}.zip"] = number, first, last
    for student in read(listing(*right)).students:
        ((number, first, last),) = {right[file.member] for file in student.files}
        assert student.who.lms_id == number
        assert student.who.name in {f"{first} {last}", None}
