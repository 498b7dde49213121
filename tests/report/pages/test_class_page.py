import base64
import hashlib
import json
import re
from dataclasses import replace

import pytest

from grader.labs.deadline import Deadline
from grader.report.class_people import Absent, ClassPeople
from grader.report.class_row import class_rows
from grader.report.pages.class_page import FIRST_ROWS, StudentPages, class_lines, index
from grader.scoring.grade import grade
from grader.types import Arrival, Mark, Measurement
from tests.report.browsing import ADDRESSES, Page
from tests.report.examples import HOSTILE_REASON, LAB, busy, example_class, failed, hostile, passed
from tests.report.measured import NO_MODEL, NOT_MOBILENET, OUR_ERROR
from tests.review.classes import ANSWERS, questions

PAGES = {
    "109550017": StudentPages(
        feedback="109550017/feedback.html", notebook="109550017/notebook.html"
    )
}


@pytest.fixture(scope="module")
def html() -> str:
    """The page of a varied class and a hostile hand-in."""
    return index([*example_class(), hostile()], LAB, PAGES)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    """The same, parsed."""
    return Page.of(html)


def test_every_student_is_there_with_a_reason(page: Page) -> None:
    """The table has each hand-in's id and figures, and the reason if it did not pass."""
    for report in example_class():
        assert report.submission.id in page.text
    for reason in (NOT_MOBILENET.reason, OUR_ERROR.reason):
        assert reason is not None
        assert reason in page.text
    assert "43.396277" in page.text


def test_the_header_names_the_lab_and_when(page: Page) -> None:
    """Title, due date with its zone, and the time of grading stand at the top."""
    assert page.text.startswith(f"{LAB.title}: results {LAB.title}")
    assert "2024-04-04 23:55 Asia/Taipei" in page.text
    assert "Graded 2024-04-05 09:12 Asia/Taipei" in page.text


def test_the_class_is_counted(page: Page) -> None:
    """What is to do, the statuses, and the points that a person must still mark."""
    assert "hand-ins 15 marked 0 to mark 15 to review 5" in page.text
    assert "9 passed, 4 failed, 1 error, 1 skipped." in page.text
    assert page.text.count("? to review") == 5
    assert re.search(r"\b55 points", page.text)


def test_the_absent_have_lines_of_their_own() -> None:
    """In the order of the ids, with the roster's names; also if nobody handed in anything."""
    people = ClassPeople(
        names={"B2": "Ada Lin"}, absent=(Absent(id="B3", name="Ben Wu"), Absent(id="B1"))
    )
    text = Page.of(index([passed("B2", 44.0, 9300, 0.4)], LAB, {}, people)).text
    assert "absent 2" in text
    table = text[text.index("Notes B1") :]
    assert table.startswith("Notes B1 - absent - No hand-in. B2 Ada Lin ✓ passed")
    assert "B3 Ben Wu - absent - No hand-in." in table
    nobody = Page.of(index([], LAB, {}, people)).text
    assert "B3 Ben Wu - absent" in nobody


def test_a_late_hand_in_says_so_in_its_line() -> None:
    """The time is local time of the lab's zone; the note says how late and what it costs."""
    due = LAB.model_copy(
        update={
            "deadline": Deadline.model_validate(
                {
                    "due": "2024-04-04T23:55",
                    "zone": "Asia/Taipei",
                    "late": {"policy": "percent", "percent_per_day": 10},
                }
            )
        }
    )
    reports = []
    for student, at in (("B1", "2024-04-04T15:00:00+00:00"), ("B2", "2024-04-04T16:30:00+00:00")):
        base, came = passed(student, 44.0, 9300, 0.4), Arrival(submitted_at=at)
        submission = replace(base.submission, handed_in=came)
        graded = grade(due, base.measurements, handed_in=came)
        reports.append(replace(base, submission=submission, grade=graded))
    first, second = class_lines(class_rows(reports), ClassPeople(), "Asia/Taipei")
    assert (first.handed_in, first.notes) == ("2024-04-04 23:00", ())
    assert second.handed_in == "2024-04-05 00:30"
    assert "35 min" in second.notes[0]
    assert "10 %" in second.notes[0]
    text = Page.of(index(reports, due)).text
    assert "late 1" in text
    assert "B2 ✓ passed late" in text
    assert "2024-04-05 00:30" in text


def test_links_lead_to_each_students_pages(page: Page) -> None:
    """The page links each existing feedback and notebook, and nothing else."""
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert [each for each in links if not (each or "").startswith("#")] == [
        "109550017/feedback.html",
        "109550017/notebook.html",
    ]
    odd = index([passed("a b?", 44.0, 9300, 0.4)], LAB, {"a b?": StudentPages(feedback="a b?/f")})
    assert 'href="a%20b%3F/f"' in odd


def test_every_part_is_linked(page: Page) -> None:
    """The table of 300 students is long: links above it lead to the parts below it."""
    anchors = {attributes["href"] for tag, attributes in page.elements if tag == "a"}
    ids = {f"#{attributes['id']}" for _, attributes in page.elements if "id" in attributes}
    within = {each for each in anchors if each and each.startswith("#")}
    parts = {"class", "plotted", "distributed", "timed", "problems", "marked", "leaders"}
    assert within == {f"#{part}" for part in parts}
    assert within <= ids


def test_nothing_is_fetched(page: Page) -> None:
    """Every address is a file beside the page, and no style sheet fetches anything."""
    for tag, attributes in page.elements:
        assert tag not in {"link", "iframe", "img", "object", "embed", "base", "form"}
        for name in ADDRESSES & attributes.keys():
            assert re.fullmatch(r"#\w+|[0-9]+/\w+\.html", attributes[name] or "")
    style = "".join(page.raw["style"])
    assert "url(" not in style
    assert "@import" not in style


def test_the_policy_allows_only_our_scripts_and_no_request(page: Page) -> None:
    """It allows only one style sheet and two scripts, by their hashes."""
    scripts = " ".join(f"'{_hash(each)}'" for each in page.raw["script"][-2:])
    assert page.policy == {
        "default-src": "'none'",
        "style-src": f"'{_hash(''.join(page.raw['style']))}'",
        "script-src": scripts,
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


def test_hostile_text_makes_no_element(page: Page) -> None:
    """A hand-in's markup makes no element or handler, is shown as text, and is not evaluated."""
    assert {"b", "img"}.isdisjoint(tag for tag, _ in page.elements)
    for _, attributes in page.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
    assert len(page.raw["script"]) == 6
    assert "<img src=x onerror=alert(2)>" in page.text
    assert "{{ 7*7 }}" in page.text
    assert HOSTILE_REASON not in page.text


def test_invisible_characters_are_escaped(html: str) -> None:
    """The page has no control, override or surrogate and can be written as UTF-8."""
    assert not {"\x1b", "\x07", "\u202e", "\ud800"} & set(html)
    html.encode("utf-8")


def test_marks_are_shown_by_question() -> None:
    """Each question is a column; points that a person gave are marked."""
    base = passed("1", 44.0, 9300, 0.4)
    asked = replace(
        passed("1", 44.0, 9300, 0.4), measurements=(*base.measurements, *questions(ANSWERS, {}))
    )
    marks = {"1.1": mark("1.1", 1.5)}
    graded = replace(asked, grade=grade(LAB, asked.measurements, marks))
    text = Page.of(index([graded], LAB)).text
    assert "Student 1.1 1.2 2 3 4.1 4.2 4.3 5 approach Mean 1.50 of" in text
    assert "Marked 1 of 1 0 of 1 1 of 1" in text
    assert " 1 1.5 by a person - 15 5 - - - 10 -" in text


def test_mean_and_median_are_over_the_marked_answers() -> None:
    """Of each question, at the top of its column; a dash if nobody has marked it."""
    given = [None, 0.0, 1.0, 2.0]
    reports = []
    for student, points in enumerate(given):
        base = passed(str(student), 44.0, 9300, 0.4)
        asked = (*base.measurements, *questions(ANSWERS, {}))
        marks = {} if points is None else {"1.1": mark("1.1", points)}
        reports.append(replace(base, measurements=asked, grade=grade(LAB, asked, marks)))
    text = Page.of(index(reports, LAB)).text
    part = text[text.index("Mean") :]
    assert re.match(r"Mean 1\.00 of [\d.]+ - 15\.00 of 15", part)
    assert re.search(r"Median 1\.00 of [\d.]+ - ", part)
    assert "Marked 3 of 4 0 of 4 4 of 4" in part


def test_no_notebook_is_a_zero_with_its_reason() -> None:
    """Where no notebook was handed in, nothing is shown as not yet marked."""
    base = failed("1", NO_MODEL)
    asked = layout_without_notebook()
    others = tuple(each for each in base.measurements if each.id != asked.id)
    report = replace(base, measurements=(*others, asked), grade=grade(LAB, (*others, asked)))
    text = Page.of(index([report], LAB)).text
    assert text.count("0 (no notebook)") == len(LAB.questions)


def layout_without_notebook() -> Measurement:
    """Nothing of the hand-in is or may hold a notebook."""
    return replace(
        NO_MODEL,
        evidence={
            **NO_MODEL.evidence,
            "notebook_expected": "1.ipynb",
            "notebook_found": None,
            "other_notebooks": [],
        },
    )


def mark(part: str, points: float) -> Mark:
    """A mark that a person gave."""
    return Mark(
        person="id:1",
        student="1",
        part=part,
        points=points,
        comment="",
        author="a",
        at="2024-04-05",
        version=1,
    )


def test_a_sample_is_marked_wherever_it_shows() -> None:
    """The page says so at the top and at the points, and has an interval at each accuracy."""
    text = Page.of(index([passed("1", 47.2, 928, 0.4, total=1_000)], LAB)).text
    assert "sample, not the grade" in text.lower()
    assert "≈92.80 % 91.03 % to 94.24 %" in text
    assert "≈44.36" in text


def test_a_page_without_a_figure_says_that_a_sample_was_used() -> None:
    """If nothing could be measured, the page still says that the whole test set was not used."""
    report = failed("1", OUR_ERROR)
    on_sample = replace(report, provenance=replace(report.provenance, data_images=1_000))
    assert "sample, not the grade" in Page.of(index([on_sample], LAB)).text


def test_a_full_measurement_is_not_called_a_sample() -> None:
    """Without a sample the page does not mention one."""
    text = Page.of(index([passed("1", 47.2, 9280, 0.4)], LAB)).text
    assert "sample" not in text
    assert "≈" not in text


def test_a_latency_of_a_busy_machine_is_marked_and_sorted_last(page: Page) -> None:
    """Without a value the table's script sorts it below the others; the chart is without it."""
    disturbed = Page.of(index([busy("B1"), passed("B2", 40.0, 9300, 0.4)], LAB))
    cells = [each for tag, each in disturbed.elements if tag == "td"]
    for label in ("Latency", "Speed-up"):
        values = [each["data-value"] for each in cells if each.get("data-label") == label]
        assert values[0] == ""
        assert float(values[1] or 0) > 0
    assert "†77.77 ms †33.33" in disturbed.text
    assert "† the machine had other work" in disturbed.text
    assert "Without 1 hand-in:" in disturbed.text
    assert "†" not in page.text


def test_the_plot_has_its_data_in_the_page(page: Page) -> None:
    """The specification in the page is JSON with a point for each measured hand-in."""
    spec = json.loads(page.raw["script"][0])
    assert len(spec["layer"][-1]["data"]["values"]) == 10
    assert "10 of 15" in page.text


def test_an_empty_class_has_a_page() -> None:
    """Without hand-ins the page says so and carries no script."""
    page = Page.of(index([], LAB))
    assert "No hand-ins" in page.text
    assert "script" not in page.raw


def test_a_class_of_errors_has_no_plot() -> None:
    """If nothing was measured, the page says so and shows no zero."""
    text = Page.of(index([failed("1", OUR_ERROR), failed("2", OUR_ERROR)], LAB)).text
    assert "plot" in text
    assert re.search(r"\b0\.00\b", text) is None


def test_the_page_of_300_stays_small() -> None:
    """The page with Vega and a large class is small enough for mail."""
    base = passed("1", 44.0, 9300, 0.4)
    asked = (*base.measurements, *questions(ANSWERS, {"2": {"zeros": "four zeros"}}))
    graded = replace(base, measurements=asked, grade=grade(LAB, asked))
    class_ = [
        replace(graded, submission=replace(graded.submission, id=f"B{number}"))
        for number in range(300)
    ]
    assert len(index(class_, LAB).encode()) < 5_000_000


@pytest.mark.parametrize(("students", "bodies"), [(FIRST_ROWS, 1), (FIRST_ROWS + 1, 2)])
def test_the_rows_of_a_large_class_that_are_drawn_later_stand_apart(
    students: int, bodies: int
) -> None:
    """The style sheet hides them only if the script can show them."""
    html = index([passed(f"B{number:04}", 44.0, 9300, 0.4) for number in range(students)], LAB)
    table = html[html.index('<table class="class') : html.index("</table>")]
    assert table.count("<tbody") == bodies
    assert table.count("<tr>") == students + 1
    assert table.partition('<tbody class="later">')[2].count("<tr>") == bodies - 1
    assert "(scripting: enabled)" in html
