import re

from grader.report import markdown
from grader.report.charts.drawing import svg
from grader.report.class_people import ClassPeople
from grader.report.pages.class_page import StudentPages, index
from grader.report.pages.feedback import class_context, feedback, page
from grader.types import Report
from tests.report.browsing import Page
from tests.report.write_ups import DEVICE, DUE, WRONG, answer, example_class, pdf, table, write_up


def of_student(report: Report) -> str:
    """The student's page as HTML."""
    return page(feedback(report, class_context([report], DUE, svg), svg))


def test_the_class_page_has_a_line_for_each_write_up() -> None:
    """Found, not found, doubtful, wrong, late and pending; nothing of a network."""
    pages = {"B1": StudentPages(feedback="students/B1/feedback.html")}
    html = index(example_class(), DUE, pages, ClassPeople(names={"B1": "Ada Lin"}))
    text = Page.of(html).text
    for word in ("MFLOPs", "Accuracy", "Latency"):
        assert word not in text
    assert 'href="students/B1/feedback.html"' in html
    values = re.findall(
        r'data-label="(?:Found|Not found|Doubtful|Cannot be right)"[^>]*>([^<]*)', html
    )
    assert values[:8] == ["2 of 2", "-", "-", "-", "2 of 2", "-", "-", "1"]
    assert values[8:16] == ["2 of 2", "-", "1", "-", "0 of 1", "1", "-", "-"]
    assert re.findall(r'data-label="Handed in" data-value="([^"]*)"', html) == [
        *("2024-04-04 10:00", "2024-04-04 10:00", "2024-04-05 10:00", "2024-04-05 10:00", "")
    ]
    assert html.count('<span class="status late">') == 2
    assert "B1 Ada Lin" in text
    assert "Mean 4.50, median 4.50 of 5." in text
    assert html.count("<rect") == sum((7, 3, 3))


def test_the_class_page_draws_no_chart() -> None:
    """It has no plots of networks, and so no script of a plot."""
    html = index(example_class(), DUE)
    assert "vega" not in html.lower()
    assert len(html) < 60_000
    assert "No hand-ins" in Page.of(index([], DUE)).text


def test_a_student_sees_what_was_found_and_what_cannot_be_right() -> None:
    """With pages, quotes, the levels' words and the comments; without another's name."""
    report = write_up(
        *("B1", pdf(), answer("device"), table(WRONG)),
        points={"report": 2},
        at="2024-04-05T10:00:00+00:00",
    )
    text = Page.of(of_student(report)).text
    for words in (DEVICE, "page 2", "The device", "well organized", "Seen: report.", "5.886 MB"):
        assert words in text
    assert "late" in text
    assert "wrong" in text


def test_what_was_not_read_is_not_called_missing() -> None:
    """The PDF has no text: a person reads it."""
    text = Page.of(of_student(example_class()[4])).text
    assert "not found" not in text
    assert "The device" not in text
    assert "a person looks" in text


def test_hostile_text_is_text() -> None:
    """A quote with tags stays a quote, on the page and in Markdown."""
    quote = "<script>alert(1)</script> [a](http://x.org) | *b*"
    report = write_up("B1", pdf(), answer("device", quote=quote), table())
    assert "<script>alert" not in of_student(report)
    written = markdown.render(feedback(report, class_context([report], DUE, svg), svg))
    assert "<script>" not in written
    assert "[a](http" not in written


def test_the_text_has_the_levels_and_the_cells() -> None:
    """The same as on the page, to be pasted into an LMS."""
    report = write_up("B1", pdf(), answer("device"), table(WRONG), points={"report": 2})
    written = markdown.render(feedback(report, class_context([report], DUE, svg), svg))
    for words in ("## Levels", "well organized", "page 2", "cannot be right", "Seen: report."):
        assert words in written
