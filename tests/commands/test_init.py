"""`grader init` makes a course folder."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.cli import app
from grader.course.course import read_course
from grader.errors import GraderError


def init(*arguments: object) -> Result:
    """The end of the command."""
    return CliRunner().invoke(app, ["init", *map(str, arguments)])


def test_a_folder_with_a_valid_course(tmp_path: Path) -> None:
    """One lab without options; the folder of its hand-ins is there."""
    folder = tmp_path / "spring" / "course"
    assert init(folder).exit_code == 0
    (lab,) = read_course(folder / "course.toml").labs
    assert lab.hand_ins.is_dir()
    assert lab.spec.name == "prune-mobilenet-2024"


def test_several_labs_and_files_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the current folder; the zone is the first lab's or the option's."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "roster.csv").write_text("ID\nB1\n")
    assert init("--lab", "on-device-2022", "--lab", "prune-mobilenet-2025").exit_code == 0
    course = read_course(Path("course.toml"))
    assert [each.spec.name for each in course.labs] == ["on-device-2022", "prune-mobilenet-2025"]
    assert course.roster == Path("roster.csv")
    assert init("other", "--zone", "Europe/Berlin").exit_code == 0
    assert read_course(Path("other/course.toml")).zone == "Europe/Berlin"


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A second time is an error; so is an unknown lab or zone, before anything is written."""
    file = tmp_path / "course.toml"
    file.write_text("mine")
    assert isinstance(init(tmp_path).exception, GraderError)
    assert file.read_text() == "mine"
    for wrong in (("--lab", "no-such-lab"), ("--zone", "Taipei")):
        ended = init(tmp_path / "new", *wrong)
        assert isinstance(ended.exception, GraderError), wrong
        assert not (tmp_path / "new").exists()
