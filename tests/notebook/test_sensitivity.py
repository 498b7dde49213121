import pytest

from grader.labs.spec import load_lab
from grader.notebook.checks.sparsity_dict import weights
from grader.notebook.notebook import Cell, Notebook, Output
from grader.notebook.sensitivity import most_sensitive

LOWEST = "features.2.conv.0.0.weight"
NETWORK = load_lab().network
ALL = tuple(weights(NETWORK))


def scanned(layers: tuple[str, ...]) -> Notebook:
    """A notebook that scanned these layers, of which `LOWEST` suffered most."""
    text = "".join(
        f"    sparsity=[0.40,0.50]: accuracy=[92.00%, {'11.50' if layer == LOWEST else '90.00'}%]\n"
        for layer in layers
    )
    output = Output(kind="stream", name="stdout", text=text, left_out=0, html=None, mimes=())
    cell = Cell(
        kind="code",
        execution_count=1,
        source="scan()",
        left_out=0,
        html=None,
        outputs=(output,),
        outputs_left_out=0,
    )
    return Notebook(nbformat="4.5", language="python", cells=(cell,), output_bytes=len(text))


@pytest.mark.parametrize(
    ("answer", "named"), [("It is features.2.conv.0.0.", True), ("The first.", False)]
)
def test_the_layer_of_the_lowest_mean_accuracy(answer: str, named: bool) -> None:
    """Found by its place among the scan's lines, beside whether the answer names it."""
    assert most_sensitive(scanned(ALL), answer, NETWORK).json() == {
        "most_sensitive": LOWEST,
        "mean_accuracy": pytest.approx((0.92 + 0.115) / 2),
        "scanned_in_cell": 1,
        "named": named,
    }


def test_a_scan_of_other_layers_says_nothing() -> None:
    """Lines that cannot be told to be of the 53 weights are not guessed at."""
    seen = most_sensitive(scanned(ALL[1:]), LOWEST, NETWORK)
    assert seen.json() == {"most_sensitive": None}
