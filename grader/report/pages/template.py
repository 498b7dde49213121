"""The parts that all pages of a class share: templates, style sheet, Content-Security-Policy.

A page makes no network request, and its policy forbids requests: the browser uses only scripts and
style sheets whose hashes are in the policy.
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
from grader.report.class_row import MARKS
from grader.types import Report


def templates(package: str, filters: Mapping[str, Callable[..., object]]) -> Environment:
    """Return a package's templates; all output is escaped and made inert, except `Markup`."""
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
    """Return the templates of the reports."""
    made = templates(
        "grader.report.pages",
        {
            "mflops": text.mflops,
            "percent": text.percent,
            "points": text.points,
            "so_far": text.so_far,
            "interval": facts.interval,
            "facts": facts.facts,
            "busy_mark": facts.busy_mark,
            "cell": _question_cell,
            "claimed": claimed,
            "tight": _tight,
        },
    )
    made.globals |= {
        "marks": MARKS,
        "sample": facts.SAMPLE,
        "busy": f"{facts.BUSY_MARK} {facts.BUSY}",
    }
    return made


@cache
def style() -> Markup:
    """Return the style sheet that every page contains."""
    # Markup is safe: the sheet contains nothing from a hand-in.
    return Markup(environment().get_template("style.css").render())  # noqa: S704


def policy(*scripts: str, images: bool = False) -> str:
    """Return the policy of a page with these scripts; `images` allows images inside the page."""
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
    """Return a template's output: inert text, or `Markup` unchanged."""
    return value if isinstance(value, Markup) else text.inert(str(value))


def _tight(markup: str) -> Markup:
    """Return the markup without line breaks between elements: each would be a node of the page."""
    return Markup(str(markup).replace(">\n<", "><"))  # noqa: S704 - a text of a hand-in is escaped in it


def _paragraphs(words: str) -> Markup:
    """Return the text with its line breaks, which the style sheet makes visible."""
    return Markup("\n").join(map(escape, text.lines(words)))


def _question_cell(report: Report, question: str) -> int | None:
    """Return the cell, from 1, with the answer to a question; None if there is none."""
    return AnswerEvidence.read(report.measurement(ids.question_id(question))).cell


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return "sha256-" + base64.b64encode(digest).decode()
