"""What all pages of a class share: templates, one style sheet, and a policy that lets nothing out.

A page asks for nothing over the network, and its Content-Security-Policy lets nothing be asked
for: of all scripts and style sheets only those with the hashes it names are run.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from grader import text
from grader.evidence import ids
from grader.evidence.question import AnswerEvidence
from grader.report import facts
from grader.report.claims import claimed
from grader.report.row import MARKS
from grader.types import Report


def templates(package: str, filters: Mapping[str, Callable[..., object]]) -> Environment:
    """A package's templates, with everything escaped and made inert but what is markup of ours."""
    made = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"whole": text.whole, "paragraphs": _paragraphs, **filters}
    return made


@cache
def environment() -> Environment:
    """The templates of the reports."""
    made = templates(
        "grader.report.pages",
        {
            "mflops": text.mflops,
            "percent": text.percent,
            "points": text.points,
            "interval": facts.interval,
            "facts": facts.facts,
            "cell": _question_cell,
            "claimed": claimed,
        },
    )
    made.globals |= {"marks": MARKS, "sample": facts.SAMPLE}
    return made


@cache
def style() -> Markup:
    """The sheet that every page carries in itself."""
    # Markup, because nothing of a hand-in is in it.
    return Markup(environment().get_template("style.css").render())  # noqa: S704


def policy(*scripts: str, images: bool = False) -> str:
    """The policy of a page with these scripts; `images` are those within the page itself."""
    hashes = " ".join(f"'{_hash(each)}'" for each in scripts)
    parts = [
        "default-src 'none'",
        f"style-src '{_hash(style())}'",
        *([f"script-src {hashes}"] if scripts else []),
        *(["img-src data:"] if images else []),
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(parts)


def _shown(value: object) -> str:
    """What a template puts out: anything is made inert, but what is markup already."""
    return value if isinstance(value, Markup) else text.inert(str(value))


def _paragraphs(words: str) -> Markup:
    """Text that keeps its line breaks, where the style sheet shows them."""
    return Markup("\n").join(map(escape, text.lines(words)))


def _question_cell(report: Report, question: str) -> int | None:
    """The cell, counted from 1, in which a question was found answered."""
    return AnswerEvidence.read(report.measurement(ids.question_id(question))).cell


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return "sha256-" + base64.b64encode(digest).decode()
