r"""Formulas in LaTeX as MathML, which browsers draw without a script; one rule for both sides.

A formula of a hand-in is hostile: latex2mathml escapes nothing, follows \href and \style, and
expands macros. So only its tree is used, of which the elements and attributes of a list are kept.
Its time grows with the length alone, 12 ms for the longest formula, because macros are refused.
"""

import re
from collections.abc import Iterator
from html import escape, unescape
from itertools import islice
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

from grader.sandbox.markup import MATHEMATICS, is_attribute_of_mathematics, without_overrides

FORMULA_AT_MOST = 1_000  # characters
DEPTH_AT_MOST = 24  # braces, groups and environments in each other
ELEMENTS_AT_MOST = 2_000  # of one formula
FORMULAS_AT_MOST = 100  # in one text
_DISPLAY = {True: "block", False: "inline"}

_MACROS = re.compile(r"\\(?:re)?(?:newcommand|def)|\\(?:let|[exg]def|providecommand)(?![A-Za-z])")
_NUMBERED = re.compile(r"(\\(?:begin|end)\{(?:align|equation|gather))\}")  # not in Jupyter
_OPENING = re.compile(r"\{|\\(?:begin|left)(?![A-Za-z])|\}|\\(?:end|right)(?![A-Za-z])")
# Code keeps its dollars. `$5 and $6` is no formula: no space inside, and no digit behind.
_FORMULA = re.compile(
    r"```(?:\w{0,20}\n)?(?P<fenced>.{1,4000}?)\n?```|`(?P<code>[^`\n]{1,400})`"
    r"|\$\$(?P<block>[^$]{1,1000})\$\$"
    r"|\\\[(?P<bracket>[^$]{1,1000}?)\\\]"
    r"|\\\((?P<round>[^$\n]{1,1000}?)\\\)"
    r"|(?<![\\$\w])\$(?P<line>(?![\s$])[^$`\n]{0,999}[^$`\s\\])\$(?![\d$])",
    re.DOTALL,
)


def formula(latex: str, *, display: bool) -> str | None:
    """Return the MathML of a formula, as safe markup; None if it is too large or no formula."""
    if len(latex) > FORMULA_AT_MOST or _MACROS.search(latex) or _depth(latex) > DEPTH_AT_MOST:
        return None
    try:
        tree = convert_to_element(_NUMBERED.sub(r"\1*}", latex), display=_DISPLAY[display])
    except Exception:  # it raises many kinds for what is no LaTeX; then the text is shown
        return None
    if sum(1 for _ in islice(tree.iter(), ELEMENTS_AT_MOST + 1)) > ELEMENTS_AT_MOST:
        return None
    return "".join(_markup(tree))


def with_formulas(words: str) -> str:
    """Return the text as HTML with its formulas as MathML; all else is escaped.

    A formula that cannot be shown stays as it was written. Code between backquotes is `<code>`.
    """
    made, at = [], 0
    for found in islice(_FORMULA.finditer(words), FORMULAS_AT_MOST):
        shown = _shown(found)
        if shown is not None:
            before = words[at : found.start()]
            at = found.end()
            if found["block"] or found["bracket"]:  # it stands alone: no empty lines around it
                before = before.rstrip("\n")
                at += len(words[at:]) - len(words[at:].lstrip("\n"))
            made += [_escaped(before), shown]
    return "".join((*made, _escaped(words[at:])))


def _shown(found: re.Match[str]) -> str | None:
    code, block = found["fenced"] or found["code"], found["block"] or found["bracket"]
    if code is not None:
        return f"<code>{_escaped(code)}</code>"
    if block is not None:
        return formula(block, display=True)
    return formula(found["round"] or found["line"], display=False)


def _markup(element: Element) -> Iterator[str]:
    """Yield the markup of an element; one that is not listed is replaced by what is in it."""
    kept = element.tag in MATHEMATICS
    if kept:
        attributes = "".join(
            f' {name}="{escape(value)}"'
            for name, value in element.attrib.items()
            if is_attribute_of_mathematics(element.tag, name, value)
        )
        yield f"<{element.tag}{attributes}>"
    yield _escaped(unescape(element.text or ""))  # the package writes its symbols as references
    for child in element:
        yield from _markup(child)
        yield _escaped(unescape(child.tail or ""))
    if kept:
        yield f"</{element.tag}>"


def _escaped(words: str) -> str:
    return escape(without_overrides(words), quote=False)


def _depth(latex: str) -> int:
    depth = deepest = 0
    for found in _OPENING.finditer(latex):
        depth += -1 if found[0] in ("}", r"\end", r"\right") else 1
        deepest = max(deepest, depth)
    return deepest
