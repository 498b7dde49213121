from dataclasses import replace
from pathlib import Path

import pytest

from grader.intake.person import person_of
from grader.marks.rules import AllMarks
from grader.review.not_there import NO_FILE, not_there, seen
from grader.types import Mark, Measurement, Report, Status
from tests.report.examples import LAB
from tests.review.classes import TEXT, of_twelve


def found(report: Report, marks: AllMarks | None = None) -> dict[str, str]:
    """The kinds of what is not there, by part."""
    return {each.part.id: each.kind for each in not_there(report, LAB, marks or {})}


@pytest.mark.parametrize(
    ("number", "kind"), [(0, None), (2, "empty"), (6, "not found"), (10, "as given")]
)
def test_what_is_not_there(tmp_path: Path, number: int, kind: str | None) -> None:
    """Only pending answers, and none that is answered."""
    report = of_twelve(tmp_path)[number]
    assert found(report) == ({} if kind is None else dict.fromkeys(TEXT, kind))


def test_what_somebody_works_on_is_left_out(tmp_path: Path) -> None:
    """A comment without points; a withdrawn mark is the version to go on from."""
    report = of_twelve(tmp_path)[2]
    mark = Mark(
        person=person_of(report.submission), student="S03", part="1.1", points=None, comment="?",
        author="bob", at="", version=4,
    )  # fmt: skip
    marks = {mark.person: {"1.1": mark}}
    assert set(found(report, marks)) == set(TEXT) - {"1.1"}
    withdrawn = {mark.person: {"1.1": replace(mark, comment="")}}
    absent = list(not_there(report, LAB, withdrawn))
    assert {each.part.id: each.version for each in absent}["1.1"] == 4
    assert seen(absent) != seen(list(not_there(report, LAB, {})))


def without_notebook(report: Report, archive: Status) -> Report:
    """The report of a hand-in without a notebook, in an archive of this status."""

    def changed(each: Measurement) -> Measurement:
        if each.id == "intake.archive":
            return replace(each, status=archive, reason="damaged")
        if each.id == "notebook" or each.id.startswith("question."):
            reason = "There is no notebook to read."
            return Measurement(id=each.id, status=Status.SKIPPED, reason=reason)
        return each

    return replace(report, measurements=tuple(map(changed, report.measurements)))


def test_what_could_not_be_read_is_for_a_person(tmp_path: Path) -> None:
    """An archive that cannot be opened may have the answers."""
    report = of_twelve(tmp_path)[2]
    assert {each.id for each in report.measurements} >= {"intake.archive", "notebook"}
    whole = found(without_notebook(report, Status.PASSED))
    assert whole == dict.fromkeys(TEXT, NO_FILE)
    assert found(without_notebook(report, Status.FAILED)) == {}
