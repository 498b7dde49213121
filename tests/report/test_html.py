import base64
import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

import pytest

from grader.report.html import index
from tests.report.examples import HOSTILE_REASON, LAB, example_class, failed, hostile, passed
from tests.report.measured import OUR_ERROR

ADDRESSES = {"src", "href", "srcset", "action", "formaction", "data", "poster", "background"}


@dataclass(slots=True)
class Page(HTMLParser):
    """What a browser makes of a page: its elements, its attributes, its text and its scripts."""

    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    raw: dict[str, list[str]] = field(default_factory=dict)
    within: str = ""

    @classmethod
    def of(cls, html: str) -> "Page":
        """The page that `html` is."""
        page = cls()
        HTMLParser.__init__(page)
        page.feed(html)
        page.close()
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element."""
        self.elements.append((tag, dict(attrs)))
        self.within = tag

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        """Leave the element."""
        self.within = ""

    def handle_data(self, data: str) -> None:
        """Note the text, apart from what is no text to a reader."""
        if self.within in ("script", "style"):
            self.raw.setdefault(self.within, []).append(data)
        else:
            self.said.append(data)

    @property
    def text(self) -> str:
        """What a reader sees, on one line."""
        return " ".join(" ".join(self.said).split())


@pytest.fixture(scope="module")
def html() -> str:
    """The page of a varied class and a hostile hand-in."""
    return index([*example_class(), hostile()], LAB)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    """The same, parsed."""
    return Page.of(html)


def test_every_student_is_there_with_a_reason(page: Page) -> None:
    """Each hand-in's id, figures and reasons are on the page."""
    for report in example_class():
        assert report.submission.id in page.text
        for measurement in report.measurements:
            assert measurement.reason is None or measurement.reason in page.text
            assert measurement.help is None or measurement.help in page.text
    assert "43.396277" in page.text
    assert "MFLOPs term: (200 - 43.396277) / (200 - 45) = 1.010347" in page.text


def test_the_header_names_the_lab_and_when(page: Page) -> None:
    """Title, due date with its zone, and the time of grading stand at the top."""
    assert page.text.startswith(f"{LAB.title}: results {LAB.title}")
    assert "Due 2024-04-04 23:55 Asia/Taipei." in page.text
    assert "Graded 2024-04-05 09:12:44+08:00." in page.text


def test_the_class_is_counted(page: Page) -> None:
    """Submissions and verdicts are counted, and what a person marks is said."""
    assert "submissions 15 passed 7 failed 4 error 1 skipped 1 review 2" in page.text
    assert "A person still marks 55 points of each." in page.text


def test_nothing_is_fetched(page: Page) -> None:
    """No attribute leads anywhere but into the page, and no style sheet fetches anything."""
    for tag, attributes in page.elements:
        assert tag not in {"link", "iframe", "img", "object", "embed", "base", "form"}
        for name in ADDRESSES & attributes.keys():
            assert (attributes[name] or "").startswith("#")
    style = "".join(page.raw["style"])
    assert "url(" not in style
    assert "@import" not in style


def test_the_policy_lets_nothing_be_fetched_and_only_our_script_run(page: Page) -> None:
    """Everything is forbidden but one style sheet and one script, named by their hashes."""
    metas = [attributes for tag, attributes in page.elements if tag == "meta"]
    policy = next(m["content"] for m in metas if m.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives == {
        "default-src": "'none'",
        "style-src": f"'{_hash(''.join(page.raw['style']))}'",
        "script-src": f"'{_hash(page.raw['script'][-1])}'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


def test_hostile_text_makes_no_element(page: Page) -> None:
    """A hand-in's markup makes no element or handler, is shown as text, and is not worked out."""
    assert {"b", "img"}.isdisjoint(tag for tag, _ in page.elements)
    for _, attributes in page.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
    assert len(page.raw["script"]) == 2
    assert "<img src=x onerror=alert(2)>" in page.text
    assert "{{ 7*7 }}" in page.text
    assert HOSTILE_REASON not in page.text


def test_what_hides_is_written_out(html: str) -> None:
    """No control, override or surrogate is in the page, so that it can be written as UTF-8."""
    assert not {"\x1b", "\x07", "\u202e", "\ud800"} & set(html)
    html.encode("utf-8")


def test_every_link_leads_to_a_student(page: Page) -> None:
    """Each row's link has its target, inside the part that it opens."""
    targets = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert len(links) == 15
    assert len(set(targets)) == len(targets)
    assert {str(link)[1:] for link in links} <= set(targets)


def test_a_sample_is_marked_wherever_it_shows() -> None:
    """The page says so at the top, at the points, and with an interval at each accuracy."""
    text = Page.of(index([passed("1", 47.2, 928, 0.4, total=1_000)], LAB)).text
    assert text.count("sample, not the grade") >= 3
    assert "≈92.80 % 91.03 % to 94.24 %" in text
    assert "≈44.36" in text


def test_a_page_without_a_figure_still_says_that_a_sample_stood_in() -> None:
    """Where nothing could be measured, the page still says that the test set was not here."""
    report = failed("1", OUR_ERROR)
    on_sample = replace(report, provenance=replace(report.provenance, data_images=1_000))
    assert "sample, not the grade" in Page.of(index([on_sample], LAB)).text


def test_a_full_measurement_is_not_called_a_sample() -> None:
    """Without a sample nothing on the page speaks of one."""
    text = Page.of(index([passed("1", 47.2, 9280, 0.4)], LAB)).text
    assert "sample" not in text
    assert "≈" not in text


def test_the_plot_has_its_data_in_the_page(page: Page) -> None:
    """The specification in the page is JSON with a point for each measured hand-in."""
    spec = json.loads(page.raw["script"][0])
    assert len(spec["layer"][-1]["data"]["values"]) == 10
    assert "10 of 15 were measured" in page.text


def test_an_empty_class_has_a_page() -> None:
    """Without hand-ins the page says so and carries no script."""
    page = Page.of(index([], LAB))
    assert "No submissions." in page.text
    assert "script" not in page.raw


def test_a_class_of_errors_has_no_plot() -> None:
    """Where nothing was measured the page says so, shows no zero, and stays small."""
    html = index([failed("1", OUR_ERROR), failed("2", OUR_ERROR)], LAB)
    text = Page.of(html).text
    assert "there is nothing to plot" in text
    assert re.search(r"\b0\.00\b", text) is None
    assert len(html) < 50_000


def test_the_page_stays_small(html: str) -> None:
    """Vega and a class weigh little enough to be sent by mail."""
    assert len(html.encode()) < 1_500_000
