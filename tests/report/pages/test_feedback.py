import re
from dataclasses import replace

import pytest

from grader import text
from grader.datasets.cifar10 import CIFAR10
from grader.report import markdown
from grader.report.charts.drawing import svg
from grader.report.pages.feedback import ClassContext, Feedback, class_context, feedback
from grader.report.pages.feedback import page as rendered
from grader.report.pages.network import NetworkShared, NetworkStudent
from grader.report.pages.pictures import images_of, mistakes
from grader.scoring.grade import grade
from grader.types import Json, Lateness, Mark, Report
from tests.report.browsing import ADDRESSES, Page
from tests.report.examples import (
    BUSY_MS,
    HOSTILE_REASON,
    LAB,
    busy,
    but,
    example_class,
    failed,
    hostile,
    passed,
)
from tests.report.measured import NOT_MOBILENET, OUR_ERROR, accuracy
from tests.review.classes import ANSWERS, questions

COMMENT = "Say where the mean lies, too."
MARKS = {
    "1.1": Mark(
        person="id:1",
        student="1",
        part="1.1",
        points=1.5,
        comment=COMMENT,
        author="alice",
        at="",
        version=1,
    )
}
CONFUSION: Json = [[930 if true == said else 7 for said in range(10)] for true in range(10)]
MISCLASSIFIED: Json = [[2, 5], [7, 0], [999, 3]]


def of_network(content: Feedback) -> NetworkStudent:
    """The parts of a page that only a lab of networks has."""
    assert isinstance(content.parts, NetworkStudent)
    return content.parts


def of_networks(context: ClassContext) -> NetworkShared:
    """What the pages of a lab of networks share."""
    assert isinstance(context.shared, NetworkShared)
    return context.shared


@pytest.fixture(scope="module")
def report() -> Report:
    """A hand-in measured on the sample, with answers, a mark, and misclassified images."""
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
def context(report: Report) -> ClassContext:
    """The part that the class's pages share, with the images of the sample."""
    class_ = [*example_class(), report]
    return class_context(class_, LAB, svg, images_of(class_, CIFAR10))


@pytest.fixture(scope="module")
def said(report: Report, context: ClassContext) -> Feedback:
    """The content of the student's page."""
    return feedback(report, context, svg, "notebook.html")


@pytest.fixture(scope="module")
def html(said: Feedback) -> str:
    """The page of it."""
    return rendered(said)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    """The same, parsed."""
    return Page.of(html)


def test_the_formula_has_their_numbers_and_says_what_is_next(page: Page) -> None:
    """Each term has the student's numbers, and the advice follows from the lab's formula."""
    assert "MFLOPs term: (200 - 60.500000) / (200 - 45) = 0.900000" in page.text
    assert "Accuracy penalty: 10 * clamp(0.92 - 0.9150, 0, 1) = 0.050000" in page.text
    assert "3.45 MFLOPs" in page.text
    assert re.search(r"\b23 more .*\b10,000 images", page.text)


def test_failures_come_with_help(context: ClassContext) -> None:
    """A failed check has its reason, its help, and the expected value."""
    text = Page.of(rendered(feedback(failed("1", NOT_MOBILENET), context, svg))).text
    for words in (NOT_MOBILENET.reason, NOT_MOBILENET.help, NOT_MOBILENET.expected):
        assert words is not None
        assert words in text


def test_the_page_of_who_failed_begins_with_what_to_fix(context: ClassContext) -> None:
    """Before the points; checks that need the failed one are one line, and each has a name."""
    text = Page.of(rendered(feedback(failed("1", NOT_MOBILENET), context, svg))).text
    assert text.index("What to fix") < text.index("points at least")
    assert "Pruned network" in text
    assert "4 checks of the network were not made" in text
    assert "latency.executorch" not in text
    ours = Page.of(rendered(feedback(failed("1", OUR_ERROR), context, svg))).text
    assert "What to fix" not in ours
    assert ours.index("The grader failed") < ours.index("points at least")


def test_the_page_of_who_passed_does_not(page: Page) -> None:
    """Nothing is to fix; points pending are marked beside the total and in the table."""
    assert "What to fix" not in page.text
    assert len(re.findall(r"\d\.\d\d\+", page.text)) == 2


def test_a_late_hand_in_has_its_cost_beside_the_total(context: ClassContext) -> None:
    """One without a penalty is late; one on time says nothing there."""
    base = passed("1", 44.0, 9300, 0.4)
    late = Lateness(
        punctuality="late",
        text="1 d late: 10 % of 45.30 points",
        submitted_at="2024-04-05T23:55:00+08:00",
        due="2024-04-04T23:55:00+08:00",
        days=1,
        unpenalised=45.3,
        penalty=4.53,
    )

    def counts(lateness: Lateness) -> str:
        hand_in = replace(base, grade=replace(base.grade, lateness=lateness))
        html = rendered(feedback(hand_in, context, svg))
        return html[html.index('<dl class="counts">') : html.index("</dl>")]

    assert f"<dt>{late.text}</dt><dd>-4.53</dd>" in counts(late)
    assert "<dd>late</dd>" in counts(replace(late, penalty=None))
    assert "late" not in counts(replace(late, punctuality="on time", penalty=None))


def test_without_the_notebooks_page_a_cell_is_named(report: Report, context: ClassContext) -> None:
    """And nothing links to a page that is not there."""
    alone = Page.of(rendered(feedback(report, context, svg)))
    assert not any(tag == "a" for tag, _ in alone.elements)
    assert "cell 1 of your notebook" in alone.text


def test_marks_and_comments_are_shown(page: Page) -> None:
    """A person's points and comment are at the question, which links to its cell."""
    assert f"marked by a person {COMMENT} 1.50 of 2" in page.text
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert links[:2] == ["notebook.html", "notebook.html#cell-1"]


def test_a_comment_keeps_its_paragraphs(context: ClassContext, report: Report) -> None:
    """The page has its line breaks, and its markup is text."""
    said = replace(MARKS["1.1"], comment="First.\n\nSecond <b>\u202e.")
    graded = replace(report, grade=grade(LAB, report.measurements, {"1.1": said}))
    html = rendered(feedback(graded, context, svg))
    assert "First.\n\nSecond &lt;b&gt;\\u202e." in html


def test_a_student_with_an_escaped_id_is_compared_with_the_class() -> None:
    """The point is found by the id itself, not by its escaped form."""
    odd = passed("A\u202e1", 44.0, 9300, 0.4)
    class_ = [odd, passed("B2", 60.0, 9100, 0.4)]
    assert of_network(feedback(odd, class_context(class_, LAB, svg), svg)).beside


def test_widths_are_a_picture_and_a_table(page: Page, html: str) -> None:
    """Every block's channels are drawn, and listed for readers who cannot see the picture."""
    assert html.count("<svg") == 2
    assert re.search(r"features\.18 1280 → \d+", page.text)


def test_the_confusion_matrix_is_on_the_page(page: Page) -> None:
    """All ten classes are named for rows and columns, and every count is there."""
    for name in CIFAR10.classes:
        assert page.text.count(name) >= 2
    assert page.text.count(" 930") == 10


def test_wrong_images_are_in_the_page(page: Page, context: ClassContext, report: Report) -> None:
    """Each is an embedded PNG with the true and the predicted class."""
    pictures = [attributes for tag, attributes in page.elements if tag == "img"]
    assert len(pictures) == 3
    assert all((each["src"] or "").startswith("data:image/png;base64,") for each in pictures)
    first, *_ = mistakes(report, CIFAR10, of_networks(context).images)
    assert re.search(f"{first.true}, .*{CIFAR10.classes[5]}", page.text)


def test_without_the_images_they_are_still_listed(report: Report, context: ClassContext) -> None:
    """Without the right test set the page has only the images' numbers."""
    blind = feedback(
        report, replace(context, shared=replace(of_networks(context), images=None)), svg
    )
    assert re.search(r"image 999, .*cat", Page.of(rendered(blind)).text)
    other = replace(report, provenance=replace(report.provenance, data_sha256="0" * 64))
    assert all(not each.picture for each in mistakes(other, CIFAR10, of_networks(context).images))


@pytest.mark.parametrize(
    "named", [None, "x", [[1]], [["1", 2]], [[10_000, 3]], [[-1, 3]], [[1, 10]]]
)
def test_evidence_that_is_none_is_left_out(report: Report, named: Json) -> None:
    """A number beyond the file or the classes is no image of it."""
    measured = report.measurement("accuracy.pytorch")
    assert measured is not None
    odd = replace(measured, evidence={**measured.evidence, "misclassified": named})
    assert mistakes(but(report, odd), CIFAR10, None) == ()


def test_images_are_looked_up_only_if_needed() -> None:
    """A class without mistakes needs no test set."""
    assert images_of(example_class(), CIFAR10) is None


def test_nobody_else_is_on_it(html: str, said: Feedback) -> None:
    """The class is shown as points; a student's page has no other id."""
    assert not any(each.submission.id in html for each in example_class())
    assert html.count('class="mine"') == 1
    assert said.row.latency is not None
    timed = [report.measurement("latency.executorch") for report in example_class()]
    times = [each.value for each in timed if each is not None and each.value is not None]
    slower = sum(value > said.row.latency.p50 for value in times)
    assert f"{slower} of the {len(times)} others" in Page.of(html).text


def test_a_latency_of_a_busy_machine_is_compared_with_nobody() -> None:
    """It is marked on the student's own page, and not among the others of another page."""
    mine, others = busy("B1"), [passed("B2", 40.0, 9300, 0.4), passed("B3", 90.0, 9300, 0.4)]
    class_ = [mine, *others]
    context = class_context(class_, LAB, svg)
    assert BUSY_MS not in of_networks(context).latencies.p50s
    disturbed = feedback(mine, context, svg)
    assert (of_network(disturbed).faster_than, of_network(disturbed).beside) == ("", "")
    text = Page.of(rendered(disturbed)).text
    assert "p50 †77.77 ms" in text
    assert "† the machine had other work" in text
    assert "faster than" not in text
    calm = Page.of(rendered(feedback(others[0], context, svg))).text
    assert "faster than 1 of the 1 others" in calm
    assert "†" not in calm


def test_it_is_small_and_has_no_request_and_no_script(html: str, page: Page) -> None:
    """It can be mailed to each student: no script, and only the notebook's address."""
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


def test_hostile_text_is_text(context: ClassContext) -> None:
    """A hand-in's markup makes no element on the page and no formatting in the Markdown."""
    told = feedback(hostile(), context, svg)
    page = Page.of(rendered(told))
    assert {"b", "script", "img"}.isdisjoint(tag for tag, _ in page.elements)
    assert "<img src=x onerror=alert(2)>" in page.text
    written = markdown.render(told)
    assert "<img" not in written.replace("\\<img", "")
    assert HOSTILE_REASON not in written
    written.encode("utf-8")


def test_markdown_says_the_same(said: Feedback) -> None:
    """It has the points, the formula with numbers, the advice, comments and statuses."""
    written = markdown.render(said)
    assert written.startswith("# 109550201\n")
    assert "| Part 2: MFLOPs and accuracy | 38.25 | 45 |" in written
    assert "    Score: (0.9000 - 0.0500) * 45 = 38.250000" in written
    assert re.search(r"^- .*\b23 more .*\b10,000 images", written, re.MULTILINE)
    assert COMMENT in written
    assert "(question.2)" in written
    assert re.search(r"\| \*\*At least.*\b23\b", written)


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
    """Text that would be emphasis, a link, a list or an element is shown unchanged."""
    assert text.markdown(words) == expected


def test_lateness_is_a_line_of_its_own(report: Report, context: ClassContext) -> None:
    """The page and the Markdown have the lateness and the penalty."""
    late = Lateness(
        punctuality="late", text="2 days late", submitted_at=None, due="", days=2, penalty=6.0
    )
    told = feedback(replace(report, grade=replace(report.grade, lateness=late)), context, svg)
    assert "Handed in: late 2 days late -6.00" in Page.of(rendered(told)).text
    assert "| Handed in: late; 2 days late | -6.00 | |" in markdown.render(told)


def test_a_class_of_one_has_no_comparison() -> None:
    """A single hand-in is compared with nothing."""
    alone = passed("1", 44.0, 9300, 0.4)
    told = feedback(alone, class_context([alone], LAB, svg), svg)
    assert not of_network(told).beside
    assert 'id="beside"' not in rendered(told)


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
    """Markdown turns bare addresses into links unless they are escaped."""
    assert text.markdown(words) == shown
