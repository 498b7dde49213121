"""course.toml is read with its labs, or all of its faults are listed."""

from pathlib import Path

import pytest

from grader.course.course import read_course
from grader.errors import GraderError
from grader.labs.files import WrongTable
from tests.course.courses import COURSE, course_in, lab_of


def faults_of(folder: Path, text: str) -> tuple[str, ...]:
    """The faults of a course.toml with this text."""
    with pytest.raises(WrongTable) as caught:
        course_in(folder, text)
    return caught.value.faults


def test_a_course_has_its_labs_and_their_folders(tmp_path: Path) -> None:
    """Paths are relative to the file; a lab is named by its id, its name or its file."""
    course = course_in(tmp_path, roster="B1,Jane,,,\n")
    assert course.roster == tmp_path / "roster.csv"
    lab = lab_of(course, "lab2")
    assert (lab.spec.name, lab.weight, lab.points) == ("two", 3, 100)
    assert lab.results == tmp_path / "lab2" / "results"
    assert lab.hand_ins == tmp_path / "lab2" / "hand-ins"
    assert lab.has_test_set
    assert course.lab("two") == course.lab(lab.file) == lab
    assert course.lab("lab3") is None
    assert course.lab_of(tmp_path / "x" / ".." / "lab2" / "results") == lab


def test_all_faults_are_listed_at_once(tmp_path: Path) -> None:
    """Keys, files, labs, numbers and what is between them."""
    text = """\
title = ""
zone = "Taipei"
roster = "none.csv"
roaster = "x"
devices = 3
database = "mysql://ta:secret@host/marks"
[totals]
best = 5
point = 100
[[labs]]
id = "lab1"
lab = "prune-mobilnet-2024"
[[labs]]
id = "lab1"
lab = "one.toml"
weight = -1
[[labs]]
id = "Lab 3"
lba = "two.toml"
"""
    found = faults_of(tmp_path, text)
    for start, word in (
        ("title", ""),
        ("zone", "Taipei"),
        ("roster", "none.csv"),
        ("roaster", "roster"),
        ("devices", ""),
        ("database", ""),
        ("totals.point", "points"),
        ("labs[lab1].lab", "prune-mobilenet-2024"),
        ("labs[lab1].weight", ""),
        ("labs[Lab 3].id", ""),
        ("labs[Lab 3].lab", "missing"),
        ("labs[Lab 3].lba", "lab"),
    ):
        named = [each for each in found if each.startswith(f"{start}:")]
        assert named, start
        assert word in named[0]
    assert not any("secret" in each for each in found)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('id = "lab2"', 'id = "lab1"', "two labs"),
        ('id = "lab2"', 'id = "lab2"\nfolder = "lab1"', "folder"),
        ('zone = "Asia/Taipei"\n', 'zone = "Asia/Taipei"\ntotals = { best = 3 }\n', "best"),
        ('zone = "Asia/Taipei"\n', 'zone = "Asia/Taipei"\ndatabase = "marks.db"\n', "{lab}"),
        ('lab = "one.toml"', 'lab = "one.tolm"', "one.toml"),
        ("weight = 3", "weight = nan", "weight"),
    ],
)
def test_faults_between_tables(tmp_path: Path, old: str, new: str, word: str) -> None:
    """Ids, folders, the number of best labs, a database that two labs would share."""
    assert any(word in each for each in faults_of(tmp_path, COURSE.replace(old, new)))


def test_weights_of_zero_make_no_total(tmp_path: Path) -> None:
    """One lab may weigh nothing, but not all."""
    text = COURSE.replace("weight = 3", "weight = 0")
    course_in(tmp_path, text)
    assert faults_of(tmp_path, text.replace('"one.toml"', '"one.toml"\nweight = 0'))


def test_a_lab_with_faults_names_its_own_command(tmp_path: Path) -> None:
    """And its number of faults."""
    (tmp_path / "bad.toml").write_text('extends = "prune-mobilenet-2024"\nname = "Bad"\nx = 1\n')
    (fault,) = faults_of(tmp_path, COURSE.replace("one.toml", "bad.toml"))
    assert "(2)" in fault
    assert "grader lab check" in fault


def test_a_faulty_lab_is_not_a_missing_one(tmp_path: Path) -> None:
    """The only lab has an unknown key: that is the only fault."""
    text = COURSE[: COURSE.rindex("[[labs]]")]
    (fault,) = faults_of(tmp_path, f"{text}wieght = 2\n")
    assert "weight" in fault
    (fault,) = faults_of(tmp_path, f"labs = []\n{text[: text.index('[[labs]]')]}")
    assert "at least one" in fault


@pytest.mark.parametrize("text", ["", "labs = 3", "labs = []", "[[labs]]", "labs = [1]", "x"])
def test_any_other_file_is_an_error_with_its_name(tmp_path: Path, text: str) -> None:
    """Never a traceback."""
    (tmp_path / "course.toml").write_text(text)
    with pytest.raises(GraderError, match=r"course\.toml"):
        read_course(tmp_path / "course.toml")


def test_each_lab_has_its_database(tmp_path: Path) -> None:
    """`{lab}` stands for the id; a file is relative to course.toml."""
    address = "postgresql://ta@host/marks-{lab}"
    course = course_in(tmp_path, f'database = "{address}"\n{COURSE}')
    assert lab_of(course, "lab2").database == "postgresql://ta@host/marks-lab2"
    course = course_in(tmp_path, f'database = "marks/{{lab}}.db"\n{COURSE}')
    assert lab_of(course, "lab1").database == str(tmp_path / "marks" / "lab1.db")
    assert lab_of(course_in(tmp_path), "lab1").database is None


def test_the_lab_of_a_command_is_the_only_one_or_that_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the command must name it; the message lists the ids."""
    course = course_in(tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GraderError) as caught:
        course.chosen()
    assert "lab1, lab2" in str(caught.value.help)
    inside = tmp_path / "lab2" / "hand-ins"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert course.chosen().id == "lab2"
    alone = COURSE[: COURSE.rindex("[[labs]]")]
    assert course_in(tmp_path, alone).chosen().id == "lab1"


def test_the_order_of_the_due_dates(tmp_path: Path) -> None:
    """A lab without a date is the last."""
    text = '[[labs]]\nid = "none"\nlab = "prune-mobilenet-2025"\n'
    swapped = (
        COURSE.replace("one.toml", "x").replace("two.toml", "one.toml").replace('"x"', '"two.toml"')
    )
    head, labs = swapped.split("[[labs]]", 1)
    course = course_in(tmp_path, f"{head}{text}[[labs]]{labs}")
    assert [each.id for each in course.by_deadline()] == ["lab2", "lab1", "none"]
