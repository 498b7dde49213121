"""Code that nobody filled in, in whatever version of the template."""

import pytest

from grader.notebook.unfilled import unfilled

START = "    ########## YOUR CODE STARTS HERE ##########\n"
END = "    ########## YOUR CODE ENDS HERE ############\n"


def function(body: str) -> str:
    """A function with a place for code."""
    return f"def f(tensor):\n    n = tensor.numel()\n{START}{body}{END}    return n\n"


@pytest.mark.parametrize(
    "source",
    [
        function(""),
        function("    # Step 1: calculate\n    num_zeros = 0\n    # Step 2\n    mask = None\n"),
        function("    pass\n"),
        function("    ...\n"),
        f"{START}target_sparsity = 0 # please modify this\n{END}test()",
        f"d = {{\n{START}    # please modify\n    'a.weight': 0,\n    'b.weight': 0.0,\n{END}}}",
        f"{START}d = {{'a': 0}}\n{END}",
    ],
)
def test_placeholders_are_no_code(source: str) -> None:
    """Comments, zeros, None, pass."""
    assert unfilled(source)


@pytest.mark.parametrize(
    "source",
    [
        "target_sparsity = 0",
        function("    num_zeros = round(n * sparsity)\n    mask = 0\n"),
        function("    mask = tensor > 1\n"),
        f"{START}target_sparsity = 0.6\n{END}",
        f"d = {{\n{START}    'a.weight': 0.5,\n    'b.weight': 0,\n{END}}}",
        f"{START}not Python\n{END}",
        f"{START}{START}{END}",
        f"{START}x = 0\n",
    ],
)
def test_everything_else_is_the_students(source: str) -> None:
    """One filled place is enough, and without a place for code nothing is known."""
    assert not unfilled(source)
