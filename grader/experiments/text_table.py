"""A table of text, and its Markdown and LaTeX."""

from dataclasses import dataclass

from grader import text

_LATEX = str.maketrans(
    {
        "&": r"\&",
        "%": r"\%",
        "#": r"\#",
        "_": r"\_",
        "$": r"\$",
        "{": r"\{",
        "}": r"\}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "\\": r"\textbackslash{}",
        "±": r"$\pm$",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """A title, the head, the rows (each as long as the head), and notes below the table.

    The columns whose numbers are in `right` are aligned to the right.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()


def markdown(table: TextTable) -> str:
    """Return the table in Markdown, with its title as a heading."""
    rule = ["---:" if number in table.right else "---" for number in range(len(table.head))]
    lines = [f"## {text.markdown(table.title)}", "", _row(table.head), f"| {' | '.join(rule)} |"]
    lines += map(_row, table.rows)
    for note in table.notes:
        lines += ["", text.markdown(note)]
    return "\n".join(lines) + "\n"


def latex(table: TextTable) -> str:
    """Return the table in LaTeX without packages, with its title as the caption."""
    columns = "".join("r" if number in table.right else "l" for number in range(len(table.head)))
    lines = [
        r"\begin{table}",
        rf"\caption{{{_escaped(table.title)}}}",
        r"\centering",
        rf"\begin{{tabular}}{{{columns}}}",
        r"\hline",
        _latex_row(table.head),
        r"\hline",
        *map(_latex_row, table.rows),
        r"\hline",
        r"\end{tabular}",
    ]
    lines += [rf"\par {_escaped(note)}" for note in table.notes]
    return "\n".join([*lines, r"\end{table}"]) + "\n"


def _row(cells: tuple[str, ...]) -> str:
    # A cell of dashes alone is no list in a table.
    return (
        f"| {' | '.join(each if set(each) <= {'-'} else text.markdown(each) for each in cells)} |"
    )


def _latex_row(cells: tuple[str, ...]) -> str:
    return " & ".join(_escaped(each) for each in cells) + r" \\"


def _escaped(words: str) -> str:
    return words.translate(_LATEX).replace("--", "-{}-")
