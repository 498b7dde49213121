import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.evidence.notebook import Claim
from grader.labs.kinds import network_lab
from grader.notebook.claims import claims
from grader.notebook.notebook import Cell, CellKind, Notebook, Output

LAB = network_lab()


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
    made = Notebook(nbformat="4.5", language="python", cells=cells, output_bytes=0)
    return list(claims(made, LAB))


def claim(what: str, value: float, number: int, percent: bool = False) -> Claim:
    """One claim as the evidence has it, its decimals as Python writes the number."""
    digits = f"{value:.12g}".partition(".")[2]
    return Claim(what=what, value=value, percent=percent, cell=number, decimals=len(digits))


def test_claims_are_read_from_outputs_and_from_the_score_calculator() -> None:
    """Printed and assigned numbers, each with its cell."""
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


def test_comparisons_claim_nothing() -> None:
    """A condition gives no number."""
    assert found(code("if accuracy > 0.92: pass", "accuracy goes up", "1.2 TFLOPs")) == []


def test_prose_claims_beside_what_is_printed() -> None:
    """What a student writes is a claim of its own, and the lab's own text is none."""
    assert found(
        cell("markdown", "# Part 2"),
        code("count()", "MFLOPs: 44.62"),
        cell("markdown", "**Your Answer:** 最後 MFLOPs 是 44，準確率 92 %"),  # noqa: RUF001
        cell("markdown", "How does the accuracy change as the sparsity rises?"),
    ) == [
        claim("MFLOPs", 44.62, 2),
        claim("MFLOPs", 44, 3),
        claim("accuracy", 92, 3, percent=True),
    ]


def test_the_last_number_of_the_final_network_is_claimed() -> None:
    """Not the original's, nor one of the training's log, wherever they stand."""
    assert found(
        cell("markdown", "# Part 2: Channel Pruning"),
        code(
            "log()",
            "Original MFLOPs: 318.969098\n"
            "  Iter 9/20, Accuracy: 0.93, MFLOPs: 123.96, Score: 22.08",
        ),
        code("MFLOPs = ops/1e6\nprint(MFLOPs)", "22.496205\n"),
        code("ev()", "pruned model has accuracy=89.02%\n"),
        code('print("Your Score: {:0.2f}/45".format(score))', "Your Score: 51.53/45\n"),
        code("tune()", "Epoch 3 Accuracy 91.00% / Best Accuracy: 91.00%"),
        code("print(MFLOPs)  # again the unpruned one", "318.969098\n"),
        code("# the original model\nprint(MFLOPs)", "310.2\n"),
    ) == [
        claim("MFLOPs", 22.496205, 3),
        claim("accuracy", 89.02, 4, percent=True),
        claim("score", 51.53, 5),
    ]


@pytest.mark.parametrize(
    "start",
    [cell("markdown", "## Part II"), code("import torch_pruning as tp")],
    ids=["part", "code"],
)
def test_part_2_begins_at_its_heading_or_its_library(start: Cell) -> None:
    """Question 5's accuracy is of another network."""
    assert found(
        cell("markdown", "### Question 5"),
        code("tune()", "Sparse model has accuracy=92.95% after fintuning"),
        start,
        code("ev()", "accuracy=90.01%"),
    ) == [claim("accuracy", 90.01, 4, percent=True)]


@given(st.lists(st.text(max_size=200), max_size=4))
def test_any_text_gives_claims_of_known_form(texts: list[str]) -> None:
    """At most one of each, with a number that is written in the notebook."""
    read = found(code("\n".join(texts), *texts), cell("markdown", "\n".join(texts)))
    assert len({(each.what, each.cell) for each in read}) <= 6
    assert all(isinstance(each.value, float) for each in read)


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
    assert [(each.what, each.value, each.cell) for each in read] == [
        (what, value, 1) for what, value in claimed
    ]
