"""The class that a folder holds already."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.labs.kinds import network_lab
from grader.results.choice import keep_several
from grader.results.folder import LAB
from grader.results.graded_class import GradedClass, check_same_lab, graded_class
from grader.results.write import write_results
from tests.report.examples import LAB as GRADED_BY
from tests.report.examples import passed
from tests.results.test_write import report

OTHER = network_lab("prune-mobilenet-2025")


def test_an_empty_folder_has_no_class(tmp_path: Path) -> None:
    """Any lab may grade into it."""
    assert graded_class(tmp_path) == GradedClass()
    check_same_lab(tmp_path, OTHER)


def test_it_has_every_hand_in_and_folder(tmp_path: Path) -> None:
    """Also the hand-ins of a person among which nobody has chosen."""
    one, two = report("B1"), report("B2")
    again = replace(one, submission=replace(one.submission, sha256="other"))
    write_results([one, two], GRADED_BY, tmp_path)
    keep_several([one, again, two], tmp_path)
    found = graded_class(tmp_path)
    assert found.folders == {"B1", "B2"}
    hashes = [(each.submission.id, each.submission.sha256) for each in found.hand_ins]
    assert sorted(hashes) == [("B1", "ab"), ("B1", "other"), ("B2", "ab")]


@pytest.mark.parametrize("lab_is_kept", [True, False])
def test_another_lab_is_refused(tmp_path: Path, lab_is_kept: bool) -> None:
    """With the name of the lab, and both ways out; the same lab is not refused."""
    write_results([passed("B1", 44.0, 9300, 0.4)], GRADED_BY, tmp_path)
    if not lab_is_kept:  # by an older grader
        (tmp_path / LAB / "lab.toml").unlink()
    check_same_lab(tmp_path, GRADED_BY)
    with pytest.raises(GraderError, match=GRADED_BY.name) as caught:
        check_same_lab(tmp_path, OTHER)
    assert "--out" in str(caught.value.help)
    assert "grader rescore" in str(caught.value.help)
    changed = GRADED_BY.model_copy(update={"title": "Another"})
    with pytest.raises(GraderError, match="version"):
        check_same_lab(tmp_path, changed)
