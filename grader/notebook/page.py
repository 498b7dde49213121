"""A notebook's page: its cells one after another, and the frame that lets nothing out or in."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pygments.formatters import HtmlFormatter

from grader.files import replace_file
from grader.notebook.notebook import Notebook
from grader.sandbox.markup import without_overrides


def body(notebook: Notebook) -> str:
    """The cells as HTML; cell N, counted from 1, has the id `cell-N`, and no one else has an id."""
    return _environment().get_template("body.html").render(notebook=notebook)


def page(body: str, title: str) -> str:
    """A whole page around what `body` made.

    Its Content-Security-Policy allows no script, no request and no style but its own: should the
    sanitiser miss something, it is dead all the same.
    """
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'"
    )
    # Markup: the body is escaped or sanitised where it was made, the style is ours.
    return (
        _environment()
        .get_template("page.html")
        .render(title=title, policy=policy, style=Markup(style), body=Markup(body))  # noqa: S704
    )


def keep(body: str, pages: Path) -> str:
    """Keep `body` in the folder `pages`, under the SHA-256 that is returned."""
    content = body.encode()
    sha256 = hashlib.sha256(content).hexdigest()
    replace_file(pages / f"{sha256}.html", content)
    return sha256


def kept(sha256: str, pages: Path) -> str | None:
    """What was kept in `pages` under this SHA-256; None where it is gone, or is no longer that."""
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
    return f"{sheet}\n{HtmlFormatter(style='default').get_style_defs('.code .source')}\n"
