"""The course.toml that `grader init` writes."""

import re
from pathlib import Path

from grader.course.course import read_course
from grader.course.start import start

LABS = (("lab1", "prune-mobilenet-2024"), ("lab2", "on-device-2022"))


def test_it_is_a_valid_course(tmp_path: Path) -> None:
    """As written, and with every comment that is a setting made active."""
    file = tmp_path / "course.toml"
    file.write_text(start(LABS, "Europe/Berlin", ()), encoding="utf-8")
    course = read_course(file)
    assert [each.id for each in course.labs] == ["lab1", "lab2"]
    assert (course.zone, course.roster) == ("Europe/Berlin", None)
    active = re.sub(r"^# (\w+ = )", r"\1", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for name in ("roster.csv", "extensions.csv", "test_batch.bin", "devices.toml"):
        (tmp_path / name).touch()
    file.write_text(active, encoding="utf-8")
    course = read_course(file)
    assert course.devices == tmp_path / "devices.toml"
    assert course.totals.best == 2
    assert course.labs[1].database == "postgresql://NAME@HOST/marks-lab2"
    assert course.labs[1].results == tmp_path / "lab2" / "results"


def test_files_that_are_there_are_named(tmp_path: Path) -> None:
    """So that a roster beside it is used at once."""
    file = tmp_path / "course.toml"
    (tmp_path / "roster.csv").touch()
    file.write_text(start(LABS, "UTC", {"roster.csv", "other.txt"}), encoding="utf-8")
    course = read_course(file)
    assert course.roster == tmp_path / "roster.csv"
    assert course.data is None
