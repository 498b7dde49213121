from pathlib import Path

import pytest

from grader.review.hiding import hiding, in_html
from grader.types import Arrival, Member, Submission

ONE = Submission(
    id="B1234567",
    source=Path("Doe Jane_77.zip"),
    sha256="",
    handed_in=Arrival(
        name="Jane Doe", email="jane@x.edu", members=(Member(id="B7", name="陳大文"),)
    ),
)
HIDE = hiding(ONE, "Student 1")


@pytest.mark.parametrize(
    ("words", "hidden"),
    [
        ("b1234567 and Jane Doe", "Student 1 and Student 1"),
        ("mail jane@x.edu, 陳大文", "mail Student 1, Student 1"),
        ("Ｂ１２３４５６７", "Ｂ１２３４５６７"),  # noqa: RUF001 - a form that the student types
        ("B7 is too short", "B7 is too short"),
        ("nothing", "nothing"),
    ],
)
def test_every_form_of_the_name_is_replaced(words: str, hidden: str) -> None:
    """In any case; a form of two characters stays, because it is in every text."""
    assert HIDE.of(words) == hidden


@pytest.mark.parametrize(
    ("body", "hidden"),
    [
        ("<p>B1234567</p>", "<p>Student 1</p>"),
        ("<b>B123</b><i>45</i>67!", "<b>Student 1</b><i></i>!"),
        ("<b>B123</b>4567B1234567", "<b>Student 1</b>Student 1"),
        ("Jane&#32;Doe &amp; &lt;b&gt;", "Student 1 &amp; &lt;b&gt;"),
        ('<p title="Jane &quot;Doe&quot; B1234567">x</p>',
         '<p title="Jane &quot;Doe&quot; Student 1">x</p>'),
        ('<img src="data:a/b;,B1234567">', '<img src="data:a/b;,B1234567">'),
        ('<br/><a id="cell-1">x</a>', '<br/><a id="cell-1">x</a>'),
    ],
)  # fmt: skip
def test_html_is_searched_as_it_is_read(body: str, hidden: str) -> None:
    """Without its elements and references; an image's bytes stay."""
    assert in_html(body, HIDE) == hidden


def test_html_without_the_name_keeps_its_text() -> None:
    """References are written in one way, and everything else as it was."""
    body = '<div class="cell" id="cell-1"><pre><span>a &lt; b</span>\n</pre><hr></div>'
    assert in_html(body, HIDE) == body
