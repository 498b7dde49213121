import re
from dataclasses import replace

import pytest

from grader import text
from grader.datasets.cifar10 import CIFAR10
from grader.report import markdown
from grader.report.charts.drawing import svg
from grader.report.pages.feedback import Backdrop, Feedback, backdrop, feedback
from grader.report.pages.feedback import page as rendered
from grader.report.pages.pictures import images_of, mistakes
from grader.scoring.grade import grade
from grader.types import Json, Lateness, Mark, Report
from tests.report.browsing import ADDRESSES, Page
from tests.report.examples import (
    HOSTILE_REASON,
    LAB,
    but,
    example_class,
    failed,
    hostile,
    passed,
)
from tests.report.measured import NOT_MOBILENET, accuracy
from tests.review.classes import ANSWERS, questions

COMMENT = "Say where the mean lies, too."
MARKS = {
    "1.1": Mark(
        student="1", part="1.1", points=1.5, comment=COMMENT, author="alice", at="", version=1
    )
}
CONFUSION: Json = [[930 if true == said else 7 for said in range(10)] for true in range(10)]
MISCLASSIFIED: Json = [[2, 5], [7, 0], [999, 3]]


@pytest.fixture(scope="module")
def report() -> Report:
    """A hand-in measured on the sample, with answers, a mark, and images that it got wrong."""
    sample = CIFAR10.verify(CIFAR10.sample_path())
    measured = accuracy("accuracy.pytorch", 9150)
    wrong = {"confusion": CONFUSION, "misclassified": MISCLASSIFIED}
    measured = replace(measured, evidence={**measured.evidence, **wrong})
    base = but(passed("109550201", 60.5, 9150, 0.45), measured)
    asked = (*base.measurements, *questions(ANSWERS, {"2": {"zeros": "it made four zeros"}}))
    return replace(
        base,
        measurements=asked,
        grade=grade(LAB, asked, MARKS),
        provenance=replace(base.provenance, data_sha256=sample.sha256, data_images=1_000),
    )


@pytest.fixture(scope="module")
def behind(report: Report) -> Backdrop:
    """The class that the student stands before, with the images of the sample."""
    class_ = [*example_class(), report]
    return backdrop(class_, LAB, svg, images_of(class_, CIFAR10))


@pytest.fixture(scope="module")
def said(report: Report, behind: Backdrop) -> Feedback:
    """What the student is told."""
    return feedback(report, behind, svg, "notebook.html")


@pytest.fixture(scope="module")
def html(said: Feedback) -> str:
    """The page of it."""
    return rendered(said)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    """The same, parsed."""
    return Page.of(html)


def test_the_formula_has_their_numbers_and_says_what_is_next(page: Page) -> None:
    """Each term is worked, and the slope is that of the lab at their figures."""
    assert "MFLOPs term: (200 - 60.500000) / (200 - 45) = 0.900000" in page.text
    assert "Accuracy penalty: 10 * clamp(0.92 - 0.9150, 0, 1) = 0.050000" in page.text
    assert "One more point for 3.45 MFLOPs fewer at the same accuracy." in page.text
    assert "23 more of the 10,000 images" in page.text


def test_verdicts_come_with_help(behind: Backdrop) -> None:
    """What failed has its reason, its help, and what was expected beside what was found."""
    text = Page.of(rendered(feedback(failed("1", NOT_MOBILENET), behind, svg))).text
    for words in (NOT_MOBILENET.reason, NOT_MOBILENET.help, NOT_MOBILENET.expected):
        assert words is not None
        assert words in text


def test_marks_and_comments_are_shown(page: Page) -> None:
    """A person's points and words stand at the question, linked to its cell."""
    assert f"marked by a person {COMMENT} 1.50 of 2" in page.text
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert links[:2] == ["notebook.html", "notebook.html#cell-1"]


def test_a_comment_keeps_its_paragraphs(behind: Backdrop, report: Report) -> None:
    """Its line breaks are in the page, where the style sheet shows them; its markup is text."""
    said = replace(MARKS["1.1"], comment="First.\n\nSecond <b>\u202e.")
    graded = replace(report, grade=grade(LAB, report.measurements, {"1.1": said}))
    html = rendered(feedback(graded, behind, svg))
    assert "First.\n\nSecond &lt;b&gt;\\u202e." in html


def test_a_student_whose_id_has_to_be_written_out_is_beside_the_class() -> None:
    """Their point is found by the id itself, not by how it is shown."""
    odd = passed("A\u202e1", 44.0, 9300, 0.4)
    class_ = [odd, passed("B2", 60.0, 9100, 0.4)]
    assert feedback(odd, backdrop(class_, LAB, svg), svg).beside


def test_widths_are_a_picture_and_a_table(page: Page, html: str) -> None:
    """Every block's channels are drawn, and said for those who cannot see the picture."""
    assert html.count("<svg") == 2
    assert re.search(r"features\.18 1280 → \d+", page.text)


def test_what_it_takes_for_what(page: Page) -> None:
    """All ten classes are named both ways, and every count is there."""
    for name in CIFAR10.classes:
        assert page.text.count(name) >= 2
    assert page.text.count(" 930") == 10


def test_wrong_images_are_in_the_page(page: Page, behind: Backdrop, report: Report) -> None:
    """Each as a PNG in the page with what it shows and what it was taken for."""
    pictures = [attributes for tag, attributes in page.elements if tag == "img"]
    assert len(pictures) == 3
    assert all((each["src"] or "").startswith("data:image/png;base64,") for each in pictures)
    first, *_ = mistakes(report, CIFAR10, behind.images)
    assert f"{first.true}, taken for {CIFAR10.classes[5]}" in page.text


def test_without_the_images_they_are_still_named(report: Report, behind: Backdrop) -> None:
    """Another test set's pictures would be wrong ones: the numbers are all there is."""
    blind = feedback(report, replace(behind, images=None), svg)
    assert "image 999, taken for cat" in Page.of(rendered(blind)).text
    other = replace(report, provenance=replace(report.provenance, data_sha256="0" * 64))
    assert all(not each.picture for each in mistakes(other, CIFAR10, behind.images))


@pytest.mark.parametrize(
    "named", [None, "x", [[1]], [["1", 2]], [[10_000, 3]], [[-1, 3]], [[1, 10]]]
)
def test_evidence_that_is_none_is_left_out(report: Report, named: Json) -> None:
    """A number beyond the file or the classes is no image of it."""
    measured = report.measurement("accuracy.pytorch")
    assert measured is not None
    odd = replace(measured, evidence={**measured.evidence, "misclassified": named})
    assert mistakes(but(report, odd), CIFAR10, None) == ()


def test_images_are_looked_for_only_where_they_are_named() -> None:
    """A class without mistakes to show needs no test set."""
    assert images_of(example_class(), CIFAR10) is None


def test_nobody_else_is_on_it(html: str, said: Feedback) -> None:
    """The class is there as points; no other id is on a student's page."""
    assert not any(each.submission.id in html for each in example_class())
    assert html.count('class="mine"') == 1
    assert said.row.latency is not None
    timed = [report.measurement("latency.executorch") for report in example_class()]
    times = [each.value for each in timed if each is not None and each.value is not None]
    slower = sum(value > said.row.latency.p50 for value in times)
    assert f"faster than {slower} of the {len(times)} others" in Page.of(html).text


def test_it_is_small_asks_for_nothing_and_runs_nothing(html: str, page: Page) -> None:
    """It can be mailed to each student: no script, and no address but the notebook's."""
    assert len(html.encode()) < 400_000
    assert "script" not in page.raw
    assert "script-src" not in page.policy
    assert page.policy["default-src"] == "'none'"
    assert page.policy["img-src"] == "data:"
    for _, attributes in page.elements:
        assert "style" not in attributes
        for name in ADDRESSES & attributes.keys():
            address = attributes[name] or ""
            assert address.startswith(("data:image/png", "notebook.html"))


def test_hostile_text_is_text(behind: Backdrop) -> None:
    """A hand-in's markup makes no element on the page and nothing of Markdown's in the text."""
    told = feedback(hostile(), behind, svg)
    page = Page.of(rendered(told))
    assert {"b", "script", "img"}.isdisjoint(tag for tag, _ in page.elements)
    assert "<img src=x onerror=alert(2)>" in page.text
    written = markdown.render(told)
    assert "<img" not in written.replace("\\<img", "")
    assert HOSTILE_REASON not in written
    written.encode("utf-8")


def test_markdown_says_the_same(said: Feedback) -> None:
    """Points, the worked formula, the advice, comments and verdicts, to be pasted."""
    written = markdown.render(said)
    assert written.startswith("# 109550201\n")
    assert "| Part 2: MFLOPs and accuracy | 38.25 | 45 |" in written
    assert "    Score: (0.9000 - 0.0500) * 45 = 38.250000" in written
    assert "23 more of the 10,000 images" in written
    assert COMMENT in written
    assert "- failed: question.2" in written
    assert "| **At least; 23 are pending** |" in written


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("*a* [b](c)", r"\*a\* \[b\](c)"),
        ("1. one", r"1\. one"),
        ("- x", r"\- x"),
        ("a\nb", "a b"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
    ],
)
def test_markdown_is_escaped(words: str, expected: str) -> None:
    """What would be emphasis, a link, a list or an element is shown as it was written."""
    assert text.markdown(words) == expected


def test_lateness_is_a_line_of_its_own(report: Report, behind: Backdrop) -> None:
    """When it came, by the lab's policy, and what was taken off, on the page and in the text."""
    late = Lateness(
        punctuality="late", text="2 days late", submitted_at=None, due="", days=2, penalty=6.0
    )
    told = feedback(replace(report, grade=replace(report.grade, lateness=late)), behind, svg)
    assert "Handed in: late 2 days late -6.00" in Page.of(rendered(told)).text
    assert "| Handed in: late; 2 days late | -6.00 | |" in markdown.render(told)


def test_a_class_of_one_has_no_class_to_stand_before() -> None:
    """Alone there is nothing to be compared with."""
    alone = passed("1", 44.0, 9300, 0.4)
    told = feedback(alone, backdrop([alone], LAB, svg), svg)
    assert not told.beside
    assert "Latency beside the class" not in rendered(told)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("see https://evil.example/x", "see https\\://evil.example/x"),
        ("www.evil.example", "www\\.evil.example"),
        ("WWW.evil.example", "WWW\\.evil.example"),
        ("4.1: fine", "4.1: fine"),
    ],
)
def test_no_address_becomes_a_link(words: str, shown: str) -> None:
    """Where Markdown is pasted, bare addresses are made links unless they are broken up."""
    assert text.markdown(words) == shown
