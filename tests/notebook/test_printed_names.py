"""Numbers that a cell prints alone, by the names in its code."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.notebook.notebook import Cell, Output, OutputKind
from grader.notebook.printed_names import printed_without_name
from tests.notebook.records import cell


def ran(source: str, text: str, kind: OutputKind = "stream") -> Cell:
    """A code cell with one output."""
    output = Output(kind=kind, name="stdout", text=text, left_out=0, html=None, mimes=())
    return replace(cell(source, "code"), outputs=(output,))


def read(source: str, text: str, kind: OutputKind = "stream") -> list[tuple[str, float]]:
    """The numbers with their names."""
    return [(each.what, each.value) for each in printed_without_name(ran(source, text, kind))]


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("MFLOPs = ops/1e6\nprint(MFLOPs)", "22.496205\n", [("MFLOPs", 22.496205)]),
        ("print(ops/1e6, acc)", "43.39 0.92\n", [("MFLOPs", 43.39), ("accuracy", 0.92)]),
        ("print(f'{MFLOPs:.2f}')", "43.40\n", [("MFLOPs", 43.4)]),
        ("print('%.2f' % MFLOPs)", "43.40\n", [("MFLOPs", 43.4)]),
        ("print('{:.2f}'.format(pruned_macs / 1e6))", "43.40\n", [("MFLOPs", 43.4)]),
        ("print(macs / 1e9)", "0.0434\n", [("MFLOPs", 43.4)]),
        ("print(round(accuracy * 100, 2))", "92.3\n", [("accuracy", 92.3)]),
        ("print(accuracy)", "tensor(0.9311, device='cuda:0')\n", [("accuracy", 0.9311)]),
        ("print('start')\nprint(score)", "start\n45.14\n", [("score", 45.14)]),
        ("print(base_macs / 1e6)\nprint(macs / 1e6)", "318.97\n43.4\n", [("MFLOPs", 43.4)]),
        ("if done:\n    print(MFLOPs)", "43.4\n", [("MFLOPs", 43.4)]),
        ("for m in ms:\n    print(MFLOPs)", "90.1\n43.4\n", [("MFLOPs", 90.1), ("MFLOPs", 43.4)]),
        ("print(original_MFLOPs)", "318.9\n", []),
        ("print(size)", "43.4\n", []),
        ("print('MFLOPs')", "43.4\n", []),
        ("def show():\n    print(MFLOPs)", "43.4\n", []),
        ("print(MFLOPs", "43.4\n", []),
    ],
)
def test_a_bare_line_has_its_name_from_the_code(
    source: str, text: str, found: list[tuple[str, float]]
) -> None:
    """Print by print; a line with words, or of another network, is none."""
    assert read(source, text) == found


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("MFLOPs", "43.39", [("MFLOPs", 43.39)]),
        ("ops, size", "(43396277.0, 2236682)", [("MFLOPs", 43396277)]),
        ("accuracy", "np.float64(0.9311)", [("accuracy", 0.9311)]),
        ("evaluate(model)", "93.11", []),
    ],
)
def test_the_value_of_a_cell_has_its_name(
    source: str, text: str, found: list[tuple[str, float]]
) -> None:
    """The last expression, as Jupyter shows it."""
    assert read(source, text, "result") == found


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_code_and_any_output_are_read(source: str, text: str) -> None:
    """Nothing raises."""
    for each in printed_without_name(ran(f"print(MFLOPs)\n{source}", f"{text}\n1.5")):
        assert each.value >= 0


@pytest.mark.parametrize(("text", "value"), [("43.396M 2.2M", 43.396), ("0.0434G 2.2M", 43.4)])
def test_a_unit_may_follow_a_bare_number(text: str, value: float) -> None:
    """As thop's `clever_format` writes it."""
    assert read("print(macs, params)", text) == [("MFLOPs", value)]
