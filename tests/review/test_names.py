from dataclasses import replace
from pathlib import Path

import pytest

from grader.intake.person import person_with
from grader.marks.rules import MARKS
from grader.marks.store import Marks
from grader.notebook.page import keep
from grader.results.folder import PAGES
from grader.results.write import write_results
from grader.types import Arrival, Json, Mark
from tests.report.examples import LAB, passed, report
from tests.review.browsers import logged_in, sent_mark
from tests.review.classes import ANSWERS, STUDENTS, notebook, of_three, questions


def test_hidden_ids_are_nowhere(tmp_path: Path) -> None:
    """No page of an anonymous session contains an id, including the notebook."""
    of_three(tmp_path)
    browser, names = logged_in(tmp_path, anonymous=True)
    key = names.key(STUDENTS[0])
    for path in ("/", f"/student/{key}", "/question/1.1", f"/notebook/{key}"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert not any(student in answer.text for student in STUDENTS)


BODIES = (
    '<div id="cell-1"><span>{0}</span><span>{1}</span></div>',
    '<pre><span class="n">{0}</span>{1}</pre>',
    '<p title="of {0}{1}">Jane <b>D</b>oe</p>',
)


@pytest.mark.parametrize("student", ["B12-345", 'A&"<b>12', "b12\u202e345", "学号123"])
@pytest.mark.parametrize("body", BODIES)
def test_names_are_hidden_before_they_are_rendered(tmp_path: Path, student: str, body: str) -> None:
    """Divided by elements, escaped, cut, or as JSON: no page has the id, the name or a half."""
    half = len(student) // 2
    escaped = [each.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
               for each in (student[:half], student[half:])]  # fmt: skip
    page = keep(body.format(*escaped), tmp_path / PAGES)
    asked = questions({**ANSWERS, "1.1": f"I am {student}, Jane Doe."}, {})
    base = passed("X", 43.4, 9311, 0.38)
    evidence: dict[str, Json] = {**asked[1].evidence, "more": {"list": [f"{'x' * 392}{student}"]}}
    one = report(
        student,
        replace(base.measurements[0], review=f"Is {student} Jane Doe?"),
        *base.measurements[1:],
        notebook(page),
        asked[0],
        replace(asked[1], evidence=evidence),
        *asked[2:],
    )
    came = Arrival(lms="moodle", lms_id="9", name="Jane Doe", place=f"Jane Doe_9_{student}")
    submission = replace(one.submission, handed_in=came, source=Path("Jane Doe_9.zip"))
    write_results([replace(one, submission=submission)], LAB, tmp_path)
    browser, names = logged_in(tmp_path, anonymous=True)
    key = names.key(student)
    for path in ("/", f"/student/{key}", "/question/1.1", "/question/1.2", f"/notebook/{key}"):
        answer = browser.get(path)
        assert answer.status_code == 200
        for part in ("Jane", *escaped, student[:half], student[half:]):
            assert part not in answer.text


def test_a_comment_that_names_a_student(tmp_path: Path) -> None:
    """It is shown with the pseudonym, stored with the id, and offered to nobody else."""
    of_three(tmp_path)
    said = Mark(
        person=person_with(STUDENTS[0]), student=STUDENTS[0], part="1.1", points=1,
        comment=f"{STUDENTS[0]} copied", author="bob",
        at="", version=1,
    )  # fmt: skip
    with Marks.open(tmp_path / MARKS) as marks:
        marks.save(said, 0)
        browser, names = logged_in(tmp_path, anonymous=True)
        for path in ("/question/1.1", f"/student/{names.key(STUDENTS[0])}"):
            assert STUDENTS[0] not in browser.get(path).text
        assert f"{names.shown(STUDENTS[0])} copied" in browser.get("/question/1.1").text
        sent = sent_mark(
            names.key(STUDENTS[0]), comment=f"{names.shown(STUDENTS[0])} copied", expected=1
        )
        assert browser.post("/marks", json=sent).status_code == 200
        assert marks.of(person_with(STUDENTS[0]))["1.1"].comment == said.comment
