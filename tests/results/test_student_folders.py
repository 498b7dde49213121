"""One folder for each person, whatever the ids."""

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake.person import person_of
from grader.results.folder import FOLDERS, STUDENTS
from grader.results.student_folders import (
    assign_folders,
    is_folder_name,
    is_plain,
    known_folders,
    student_folders,
)
from grader.types import Arrival, Report
from tests.results.test_write import report

OURS = ["results.db", "grades.csv", "index.html", "folders.json", "students", "lab", ".work", "CON"]
ALIKE = ["B1", "b1", "\uff22\uff11", "B1~2", "B1 lab2", "B1.", "nul.txt", "\u00e9", "e\u0301"]
near = st.sampled_from([*OURS, *ALIKE])
ids = st.one_of(near, st.text(min_size=1, max_size=12))


def from_canvas(student: str, number: str) -> Report:
    """A hand-in whose person is known by Canvas's number."""
    one = report(student)
    came = Arrival(lms="canvas", lms_id=number)
    return replace(one, submission=replace(one.submission, handed_in=came))


@pytest.mark.parametrize("student", ["312551001", "B12345678", "a.b-c_d", "-x", "_"])
def test_a_plain_id_is_the_folders_name(student: str) -> None:
    """Nobody has to look it up."""
    assert student_folders({"id:x": student}, {}) == {"id:x": student}


STRANGE = ["CON", "nul.txt", "com1", ".hidden", "B1.", "B1 lab2", "B1~2", "../x", "a/b", "é"]
WIDE = "\uff22\uff11"  # B1 in full-width characters


@pytest.mark.parametrize("student", [*STRANGE, WIDE, "x" * 200])
def test_any_other_id_gets_a_suffix(student: str) -> None:
    """The name is one that every file system takes, and ends with a hash of the person."""
    (name,) = student_folders({"id:x": student}, {}).values()
    assert name != student
    assert is_folder_name(name)
    assert not is_plain(name)


def test_an_id_like_a_name_with_a_suffix_gets_another() -> None:
    """A student cannot take the folder that another one's id leads to."""
    (theirs,) = student_folders({"id:b1 lab2": "B1 lab2"}, {}).values()
    both = student_folders({"id:b1 lab2": "B1 lab2", f"id:{theirs}": theirs}, {})
    assert both["id:b1 lab2"] == theirs
    assert both[f"id:{theirs}"] != theirs


def test_ids_that_one_file_system_confuses_get_suffixes() -> None:
    """Both, if they come together; else the first keeps its folder."""
    both = student_folders({"canvas:1": "B1", "canvas:2": "b1"}, {})
    assert not {"B1", "b1"} & set(both.values())
    later = student_folders({"canvas:1": "B1", "canvas:2": "b1"}, {"canvas:1": "B1"})
    assert later["canvas:1"] == "B1"
    assert later["canvas:2"] == both["canvas:2"]


@given(st.dictionaries(st.text(max_size=8), ids, max_size=12), st.data())
def test_every_class_has_one_folder_for_each_person(
    class_: dict[str, str], data: st.DataObject
) -> None:
    """No two names are one on any file system, and a later class changes no name."""
    first = data.draw(st.sets(st.sampled_from(sorted(class_)))) if class_ else set()
    before = student_folders({person: class_[person] for person in first}, {})
    names = student_folders(class_, before)
    assert names.keys() == class_.keys()
    assert {person: names[person] for person in before} == before
    folded = {unicodedata.normalize("NFKC", name).casefold() for name in names.values()}
    assert len(folded) == len(class_)
    assert all(is_folder_name(name) and Path(name).name == name for name in names.values())


def test_a_name_stays_its_persons(tmp_path: Path) -> None:
    """Also after the person has left the class; the kept names are read back."""
    jane, stranger = from_canvas("B1", "7"), from_canvas("B1", "8")
    first = assign_folders([jane], tmp_path)
    assert first == {"canvas:7": tmp_path / STUDENTS / "B1"}
    other = assign_folders([stranger], tmp_path)
    assert other[person_of(stranger.submission)] != first["canvas:7"]
    assert known_folders(tmp_path).keys() == {"canvas:7", "canvas:8"}
    assert assign_folders([stranger, jane], tmp_path) == {**first, **other}


@pytest.mark.parametrize(
    "damaged", ["", "[]", "{}", '{"folders": 3}', '{"folders": {"a": "../b"}}']
)
def test_damaged_names_are_none(tmp_path: Path, damaged: str) -> None:
    """A name that leads to another place is not used."""
    (tmp_path / FOLDERS).write_text(damaged, encoding="utf-8")
    assert known_folders(tmp_path) == {}
