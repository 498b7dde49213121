import random
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.sandbox.markup import MATHEMATICS, tidied
from grader.sandbox.mathematics import (
    DEPTH_AT_MOST,
    FORMULA_AT_MOST,
    formula,
    with_formulas,
)

PIECES = (
    "\\frac", "\\sqrt", "\\left(", "\\right)", "{", "}", "^", "_", "&", "x", "1", " ", "\\\\",
    "\\begin{matrix}", "\\end{matrix}", "\\text", "\\href", "\\style", "\\class", "<script>",
    '"', "'", "onclick=", "javascript:", "&#60;", "\\color", "\\def", "\\sum", "\\operatorname",
)  # fmt: skip


@pytest.mark.parametrize(
    ("latex", "within"),
    [
        ("x^2", "<msup><mi>x</mi><mn>2</mn></msup>"),
        (r"\frac{a}{b}", "<mfrac>"),
        (r"\sum_{i=1}^n w_i", "<mo>∑</mo>"),
        (r"\pi \approx 3", "<mi>π</mi>"),
        (r"\begin{matrix}a&b\\c&d\end{matrix}", "<mtd><mi>d</mi></mtd>"),
        (r"\text{a<b}", "a&lt;b"),
        ("鐘形", "<mi>鐘</mi>"),
    ],
)
def test_a_formula_becomes_mathml(latex: str, within: str) -> None:
    """In a line and as a block; the sanitiser leaves it as it is."""
    for display, word in ((False, "inline"), (True, "block")):
        shown = formula(latex, display=display)
        assert shown is not None
        assert within in shown
        assert f'display="{word}"' in shown
        assert tidied(shown) == shown


@pytest.mark.parametrize(
    "latex",
    [
        r"\def\a{\a\a}\a",
        r"\newcommand{\a}{xx}\a",
        r"\renewcommand{\a}{xx}\a",
        r"\gdef\a{x}\a",
        "x" * (FORMULA_AT_MOST + 1),
        "{" * (DEPTH_AT_MOST + 1) + "x" + "}" * (DEPTH_AT_MOST + 1),
        r"\frac",
        r"\left(",
        "{",
        "",
    ],
)
def test_what_is_no_formula_or_too_large_stays_text(latex: str) -> None:
    """Macros can grow without limit; the text of the hand-in is shown."""
    assert formula(latex, display=False) in (None, '<math display="inline"><mrow></mrow></math>')
    assert "<script" not in with_formulas(f"${latex}$ <script>")


@given(pieces=st.lists(st.sampled_from(PIECES), max_size=40))
def test_no_formula_has_more_than_listed_elements(pieces: list[str]) -> None:
    """Nothing runs, links or styles anything, whatever the hand-in writes."""
    shown = with_formulas(f"${''.join(pieces)}$ and $$ {''.join(pieces)} $$")
    tags = re.findall(r"<\s*/?\s*([^\s>]+)([^>]*)>", shown)
    assert all(tag in MATHEMATICS | {"code"} for tag, _ in tags)
    assert all(re.fullmatch(r'( [a-z]+="[a-z0-9.-]+")*', rest) for _, rest in tags)


def test_the_longest_formulas_take_milliseconds() -> None:
    """Their time grows with their length only: a hundred of them in a text take a second."""
    pick = random.Random(7)  # noqa: S311 - no secret
    hostile = ["".join(pick.choices(PIECES[:12], k=300))[:FORMULA_AT_MOST] for _ in range(30)]
    hostile += ["x" * FORMULA_AT_MOST, "1," * 499, r"\\" * 499, "'" * 999, r"\text{$a$}" * 99]
    formula("x", display=False)  # the table of symbols
    for latex in hostile:
        began = time.process_time()
        formula(latex, display=True)
        assert time.process_time() - began < 0.5, latex
    began = time.process_time()
    with_formulas("$" * 20_000 + "`" * 20_000 + "\\(" * 10_000 + "```" * 9_000)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("words", "formulas"),
    [
        ("$x$ and $$y$$", 2),
        (r"\(x\) and \[y\]", 2),
        ("it cost $5 and $6", 0),
        ("`$x$` is code, as ```\n$y$\n``` is", 0),
        ("a $ b $ c", 0),
        (r"\$5$", 0),
        ("$x$2", 0),
    ],
)
def test_dollars_that_are_no_formula_stay(words: str, formulas: int) -> None:
    """Prices, code, and dollars with spaces inside."""
    assert with_formulas(words).count("<math") == formulas


def test_a_formula_of_its_own_has_no_empty_lines_around_it() -> None:
    """The page shows the line breaks of the text; the browser sets such a formula apart itself."""
    shown = with_formulas("so\n\n$$x$$\n\nis")
    assert shown.startswith("so<math")
    assert shown.endswith("</math>is")
    assert with_formulas("so\n$x$\nis").count("\n") == 2
