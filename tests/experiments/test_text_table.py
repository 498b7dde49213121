"""Markdown and LaTeX."""

from grader.experiments.text_table import TextTable, latex, markdown

TABLE = TextTable(
    title="Sizes & times",
    head=("Q", "Size (MB)"),
    rows=(("--", "5.885"), ("a_b|c", "1.0 ± 0.1")),
    right=frozenset({1}),
    notes=("5 % of it",),
)


def test_markdown_has_a_row_for_each_row_and_aligns_numbers() -> None:
    """What Markdown would take for markup is escaped."""
    lines = markdown(TABLE).splitlines()
    assert lines[2:5] == ["| Q | Size (MB) |", "| --- | ---: |", "| -- | 5.885 |"]
    assert lines[5].count("|") - lines[5].count(r"\|") == 3
    assert lines[-1] == "5 % of it"


def test_latex_escapes_its_characters() -> None:
    """`--` stays two dashes, and no row has another number of columns."""
    made = latex(TABLE)
    assert r"\caption{Sizes \& times}" in made
    assert r"\begin{tabular}{lr}" in made
    assert "-{}- & 5.885 \\\\" in made
    assert r"a\_b|c & 1.0 $\pm$ 0.1 \\" in made
    assert r"5 \% of it" in made
