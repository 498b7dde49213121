"""What the pages of a class share."""

import base64
import hashlib

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from grader.evidence.ids import question_id
from grader.report.pages.template import environment, policy, style
from grader.types import Measurement, Status
from tests.report.browsing import Page
from tests.report.examples import report


def source(content: str) -> str:
    """How a policy names a script or style sheet of this content."""
    digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def rendered(template: str, **values: object) -> str:
    """What the template puts out."""
    return environment().from_string(template).render(values)


def test_a_policy_lets_nothing_be_asked_for() -> None:
    """Only our style sheet is applied, and nothing is sent or fetched."""
    parts = policy().split("; ")
    assert parts[0] == "default-src 'none'"
    assert f"style-src {source(style())}" in parts
    assert {"base-uri 'none'", "form-action 'none'"} <= set(parts)
    assert not any(part.startswith(("script-src", "img-src")) for part in parts)


def test_scripts_are_named_by_their_hashes_and_images_are_the_pages_own() -> None:
    """Each script by its own, and no other may run."""
    parts = policy("one()", "two()", images=True).split("; ")
    assert f"script-src {source('one()')} {source('two()')}" in parts
    assert "img-src data:" in parts
    assert "unsafe-inline" not in "; ".join(parts)


def test_whatever_is_put_out_is_inert() -> None:
    """Markup is written out, and so is what hides; only markup of ours stays."""
    assert rendered("{{ x }}", x="<b>\u202e&") == "&lt;b&gt;\\u202e&amp;"
    assert rendered("{{ x }}", x=Markup("<b>bold</b>")) == "<b>bold</b>"
    assert rendered("{{ x }}", x=3) == "3"


def test_paragraphs_keep_their_line_breaks() -> None:
    """And nothing else of a text's form."""
    page = rendered("<p>{{ x | paragraphs }}</p>", x="one\n<b>two</b>\n")
    assert page == "<p>one\n&lt;b&gt;two&lt;/b&gt;</p>"
    assert "b" not in [tag for tag, _ in Page.of(page).elements]


def test_a_name_that_is_not_given_is_a_fault_of_ours() -> None:
    """It would otherwise be a page with a hole."""
    with pytest.raises(UndefinedError):
        rendered("{{ missing }}")


@pytest.mark.parametrize("cell", [3, None])
def test_a_question_is_linked_to_its_cell(cell: int | None) -> None:
    """Where it was found; a question without a measurement has none."""
    found = Measurement(
        id=question_id("1.1"),
        status=Status.SKIPPED,
        reason="x",
        evidence={"state": "answered", "cell": cell},
    )
    template = "{{ report | cell('1.1') }} {{ report | cell('1.2') }}"
    assert rendered(template, report=report("B1", found)) == f"{cell} None"


def test_a_tight_row_has_no_line_breaks_between_elements() -> None:
    """A text of a hand-in stays escaped."""
    html = rendered(
        "{% filter tight %}\n<td>\n<b>{{ said }}</b>\n</td>\n{% endfilter %}", said=">\n<i>"
    )
    assert html.strip() == "<td><b>&gt; &lt;i&gt;</b></td>"
