import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.evidence.notebook import Claim
from grader.notebook.claims import claims
from grader.notebook.notebook import Cell, CellKind, Notebook, Output


def cell(kind: CellKind, source: str, *printed: str) -> Cell:
    """A cell, and what it printed."""
    outputs = tuple(
        Output(kind="stream", name="stdout", text=text, left_out=0, html=None, mimes=())
        for text in printed
    )
    return Cell(
        kind=kind,
        execution_count=None,
        source=source,
        left_out=0,
        html=None,
        outputs=outputs,
        outputs_left_out=0,
    )


def found(*cells: Cell) -> list[Claim]:
    """The claims of a notebook of these cells."""
    return list(claims(Notebook(nbformat="4.5", language="python", cells=cells, output_bytes=0)))


def claim(what: str, value: float, number: int, percent: bool = False) -> Claim:
    """One claim as the evidence has it."""
    return Claim(what=what, value=value, percent=percent, cell=number)


def test_claims_are_read_from_outputs_and_from_the_score_calculator() -> None:
    """What was printed and what a name was given, each with its cell."""
    assert found(
        code("count(model)", "MFLOPs=43.396277\n"),
        code("accuracy = 0.9311\nMFLOPs = 43.4"),
        code("print(score)", "Score: 45.47"),
    ) == [
        claim("MFLOPs", 43.396277, 1),
        claim("accuracy", 0.9311, 2),
        claim("MFLOPs", 43.4, 2),
        claim("score", 45.47, 3),
    ]


def code(source: str, *printed: str) -> Cell:
    """A code cell."""
    return cell("code", source, *printed)


def test_the_last_claim_counts_and_part_1_claims_nothing() -> None:
    """The dense network's accuracy and that of Question 5 come before Part 2's heading."""
    assert found(
        code("evaluate(dense)", "dense accuracy=92.95%"),
        cell("markdown", "## Part 2: Prune MobileNet"),
        code("evaluate(pruned)", "accuracy=90.01%\naccuracy=92.32 %"),
    ) == [claim("accuracy", 92.32, 3, percent=True)]
    assert (
        found(
            code("evaluate(dense)", "accuracy=92.95%"),
            cell("markdown", "# 第二部分"),
            code("pass"),
        )
        == []
    )


def test_a_placeholder_is_a_claim_of_zero() -> None:
    """The calculator's zeros, left in, are found as such."""
    assert found(code("MFLOPs = 0\naccuracy = 0")) == [
        claim("MFLOPs", 0, 1),
        claim("accuracy", 0, 1),
    ]


def test_prose_and_comparisons_claim_nothing() -> None:
    """Markdown is for a person, and a condition gives no number."""
    assert (
        found(
            cell("markdown", "Our accuracy: 99 %"),
            code("if accuracy > 0.92: pass", "accuracy goes up", "1.2 TFLOPs"),
        )
        == []
    )


@given(st.lists(st.text(max_size=200), max_size=4))
def test_any_text_gives_claims_of_known_form(texts: list[str]) -> None:
    """At most one of each, with a number that is written in the notebook."""
    for each in found(code("\n".join(texts), *texts)):
        assert isinstance(each, dict)
        assert set(each) == {"what", "value", "percent", "cell"}
        assert isinstance(each["value"], float)


@pytest.mark.parametrize(
    ("source", "printed", "claimed"),
    [
        ("", "MFLOPs: 1,234.5", [("MFLOPs", 1234.5)]),
        ("", "MFLOPs = 43,396,277", [("MFLOPs", 43396277)]),
        ("accuracy = 92.34 / 100", "", [("accuracy", 0.9234)]),
        ("", "accuracy = 92.34/100", []),
        ("print(f'accuracy:{accuracy:6.2f} score={score:.2f}')", "", []),
        ("MFLOPs = ops / 1e6", "", []),
        ("accuracy = 0", "accuracy: 0.9234", [("accuracy", 0), ("accuracy", 0.9234)]),
        ("# the accuracy=0.5 is typed in a comment", "", []),
    ],
)
def test_numbers_are_read_as_they_are_meant(
    source: str, printed: str, claimed: list[tuple[str, float]]
) -> None:
    """Commas, arithmetic and formats; a placeholder hides no number that was printed."""
    read = found(code(source, printed))
    assert read == [claim(what, value, 1) for what, value in claimed]
