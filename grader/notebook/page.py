"""A notebook's HTML page: its cells, in a page whose policy forbids scripts and requests."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pygments.formatters import HtmlFormatter

from grader.files import replace_file
from grader.notebook.notebook import Notebook
from grader.notebook.shown_parts import shown_parts
from grader.sandbox.markup import without_overrides


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLink:
    """A question of the lab, and the cell of its answer, from 1; None if it was not found."""

    title: str
    cell: int | None

    @property
    def label(self) -> str:
        """The title up to a colon: `Question 1.1`."""
        return self.title.partition(":")[0]


def body(notebook: Notebook) -> str:
    """Return the cells as HTML; cell N, counted from 1, has the only kind of id, `cell-N`.

    It has no more than a browser draws within 3 s and 500 MB: see `shown_parts`.
    """
    return _environment().get_template("body.html").render(notebook=shown_parts(notebook))


def page(body: str, title: str, questions: Sequence[QuestionLink] = ()) -> str:
    """Return a whole page around the result of `body`, with a list of `questions` above it.

    Its Content-Security-Policy allows no script, no request and only its own style, in case the
    sanitiser misses something.
    """
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'"
    )
    # Markup: the body is escaped or sanitised already, and the style is trusted.
    return (
        _environment()
        .get_template("page.html")
        .render(
            title=title,
            policy=policy,
            style=Markup(style),  # noqa: S704
            body=Markup(body),  # noqa: S704
            questions=questions,
        )
    )


def keep(body: str, pages: Path) -> str:
    """Save `body` in the folder `pages`, and return its SHA-256, which is its name there."""
    content = body.encode()
    sha256 = hashlib.sha256(content).hexdigest()
    replace_file(pages / f"{sha256}.html", content)
    return sha256


def kept(sha256: str, pages: Path) -> str | None:
    """Return the body saved in `pages` under this SHA-256; None if it is missing or changed."""
    try:
        content = (pages / f"{sha256}.html").read_bytes()
    except FileNotFoundError:
        return None
    return content.decode() if hashlib.sha256(content).hexdigest() == sha256 else None


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("grader.notebook"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _shown(value: object) -> object:
    return value if isinstance(value, Markup) else without_overrides(str(value))


@cache
def _style() -> str:
    sheet = _environment().get_template("page.css").render()
    light, dark = (
        HtmlFormatter(style=name, nobackground=True).get_style_defs(".code .source")
        for name in ("default", "github-dark")
    )
    return f"{sheet}\n{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}\n"
