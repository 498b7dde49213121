"""Options that are not given are those of course.toml."""

from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from grader.commands.in_course import course_lab, hand_ins_of
from grader.commands.options import (
    Database,
    DataFile,
    ExtensionSheet,
    LabName,
    LabOfResults,
    Out,
    PoolFile,
    Results,
    Roster,
)
from grader.course.course import Course
from grader.errors import GraderError
from tests.course.courses import COURSE, course_in, lab_of

SETTINGS = """\
data = "test.bin"
devices = "devices.toml"
extensions = "extensions.csv"
database = "postgresql://ta@host/{lab}"
"""

app = typer.Typer()


@app.command()
def of_hand_ins(  # noqa: PLR0917 - the options of `grader grade`
    ctx: typer.Context,
    lab: LabName = "a-lab",
    data: DataFile = None,
    out: Out = Path("results"),
    devices: PoolFile = None,
    roster: Roster = None,
    extensions: ExtensionSheet = None,
    db: Database = None,
) -> None:
    """Print the values."""
    chosen = course_lab(ctx)
    for each in (chosen and chosen.id, lab, data, out, devices, roster, extensions, db):
        typer.echo(each)


@app.command()
def of_results(
    out: Results = Path("results"),
    db: Database = None,
    lab: LabOfResults = None,
    more: Annotated[bool, typer.Option()] = False,
) -> None:
    """Print the values."""
    for each in (out, db, lab, more):
        typer.echo(each)


def values(*arguments: str, env: dict[str, str] | None = None) -> list[str]:
    """The values of the options."""
    ended = CliRunner().invoke(app, arguments, env=env)
    if ended.exception is not None:
        raise ended.exception
    return ended.output.splitlines()


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course with every setting, in the current folder."""
    for name in ("test.bin", "devices.toml", "extensions.csv"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    course_in(tmp_path, SETTINGS + COURSE, roster="B1,Jane,,,\n")
    return course_in(Path(), SETTINGS + COURSE, roster="B1,Jane,,,\n")


def test_without_a_course_nothing_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The defaults of the options."""
    monkeypatch.chdir(tmp_path)
    assert values("of-hand-ins") == ["", "a-lab", "", "results", "", "", "", ""]
    assert values("of-results") == ["results", "", "", "False"]


@pytest.mark.parametrize("name", ["lab2", "two.toml"])
def test_a_lab_brings_all_settings(course: Course, name: str) -> None:
    """By its id or its file."""
    lab = lab_of(course, "lab2")
    assert values("of-hand-ins", "--lab", name) == [
        *("lab2", lab.file, "test.bin", str(lab.results), "devices.toml", "roster.csv"),
        *("extensions.csv", "postgresql://ta@host/lab2"),
    ]


@pytest.mark.usefixtures("course")
def test_the_command_line_and_the_environment_are_stronger() -> None:
    """In any order of the options."""
    given = ("--out", "x", "--data", "y", "--roster", "z", "--extensions", "e", "--lab", "lab1")
    found = values("of-hand-ins", *given, env={"GRADER_DB": "d", "GRADER_DEVICES": "p"})
    assert found == ["lab1", "one.toml", "y", "x", "p", "z", "e", "d"]


@pytest.mark.usefixtures("course")
def test_a_lab_that_is_not_in_the_course_has_its_own_results() -> None:
    """And its own database; the course's people stay."""
    found = values("of-hand-ins", "--lab", "on-device-2022")
    assert found == [
        *("", "on-device-2022", "test.bin", "results", "devices.toml", "roster.csv"),
        *("extensions.csv", ""),
    ]


def test_results_are_named_by_a_lab_or_a_folder(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is that of the lab; `--lab` is another lab file for these results."""
    lab = lab_of(course, "lab2")
    lab.folder.mkdir()
    expected = [str(lab.results), "postgresql://ta@host/lab2", "", "False"]
    assert values("of-results", "lab2") == expected
    assert values("of-results", str(lab.results)) == expected
    assert values("of-results", "--db", "mine.db", "lab2")[1] == "mine.db"
    assert values("of-results", "lab2", "--lab", "lab1")[2] == "one.toml"
    assert values("of-results", "elsewhere") == ["elsewhere", "", "", "False"]
    inside = lab.folder.absolute()
    monkeypatch.chdir(inside)
    assert Path(values("of-results")[0]) == inside / "results"


@pytest.mark.usefixtures("course")
@pytest.mark.parametrize("command", ["of-hand-ins", "of-results"])
def test_of_several_labs_one_must_be_named(command: str) -> None:
    """The message has their ids; help needs no lab."""
    with pytest.raises(GraderError, match="2 labs"):
        values(command)
    assert "--db" in "".join(values(command, "--help"))


def test_write_ups_need_no_test_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A course's test set is not theirs."""
    (tmp_path / "test.bin").touch()
    text = COURSE.replace("two.toml", "on-device-2022")
    course_in(tmp_path, f'data = "test.bin"\n{text}')
    monkeypatch.chdir(tmp_path)
    assert values("of-hand-ins", "--lab", "lab1")[2] == "test.bin"
    assert values("of-hand-ins", "--lab", "lab2")[2] == ""


def test_hand_ins_are_in_the_folder_of_the_lab(course: Course) -> None:
    """What is alone in it is named itself: it can be the download of an LMS."""
    lab = lab_of(course, "lab1")
    assert hand_ins_of(None) is None
    assert hand_ins_of(lab) is None
    lab.hand_ins.mkdir(parents=True)
    assert hand_ins_of(lab) is None
    (lab.hand_ins / "C-Lab2-77.zip").touch()
    (lab.hand_ins / ".DS_Store").touch()
    assert hand_ins_of(lab) == [lab.hand_ins / "C-Lab2-77.zip"]
    (lab.hand_ins / "B1.zip").touch()
    assert hand_ins_of(lab) == [lab.hand_ins]
