"""Copies of what a command takes out of a class."""

from pathlib import Path

from grader.results.earlier import EARLIER, keep_copy, remove_others
from grader.results.folder import PAGE, SHEET
from grader.results.read import read_results
from grader.results.write import write_results
from tests.results.test_write import LAB, report


def test_a_copy_is_a_results_folder(tmp_path: Path) -> None:
    """It can be read as the class was; a second copy of the same second has another name."""
    class_ = (report("B1"), report("B2"))
    write_results(class_, LAB, tmp_path)
    copies = [keep_copy(tmp_path, ["B1", "B2"]) for _ in range(2)]
    assert len(set(copies)) == 2
    for copy in copies:
        assert copy.parent == tmp_path / EARLIER
        assert read_results(copy) == class_
        assert (copy / PAGE).is_file()
    assert read_results(tmp_path) == class_


def test_of_one_student_only(tmp_path: Path) -> None:
    """Beside the class's own files."""
    write_results([report("B1"), report("B2")], LAB, tmp_path)
    copy = keep_copy(tmp_path, ["B1"])
    assert {path.name for path in (copy / "students").iterdir()} == {"B1"}
    assert (copy / SHEET).is_file()


def test_the_folders_of_others_are_deleted(tmp_path: Path) -> None:
    """Those of the class stay."""
    write_results([report("B1"), report("B2")], LAB, tmp_path)
    remove_others(tmp_path, [report("B2")])
    assert {path.name for path in (tmp_path / "students").iterdir()} == {"B2"}
