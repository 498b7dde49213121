import pytest

from grader.labs.kinds import network_lab
from grader.notebook.checks.sparsity_dict import weights
from grader.notebook.notebook import Cell, Notebook, Output
from grader.notebook.sensitivity import most_sensitive, named_layers

LOWEST = "features.2.conv.0.0.weight"
NETWORK = network_lab().network
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


@pytest.mark.parametrize(
    ("answer", "positions"),
    [
        ("The second layer", {2}),
        ("It is the 2nd conv layer.", {2}),
        ("the first conv", {1}),
        ("The first convolutional layer is the most sensitive one.", {1}),
        ("layer 2 (the orange curve)", {2}),
        ("Layer #3", {3}),
        ("the second.", {2}),
        ("not the first layer but the second layer", {2}),
        ("the last layer", {53}),
        ("the second to last layer", {52}),
        ("第二層", {2}),
        ("第 2 層最敏感", {2}),
        ("第二个卷积层", {2}),
        ("最敏感的是第十二層", {12}),
        ("不是第一層，而是第三層", {3}),  # noqa: RUF001
        ("最後一層", {53}),
        ("倒數第二層", {52}),
        ("features.1.conv.0.0", {2}),
        ("`features.1.conv.0.0.weight`", {2}),
        ("features[1].conv[0][0]", {2}),
        ("features.18", {52}),
        ("the classifier", {53}),
        ("features.1.conv.0.0, which is the first depthwise layer", {2}),
        ("The lower the sparsity, the better", set()),
        ("All layers", set()),
        ("每一層", set()),
        ("layer 99", set()),
    ],
)
def test_a_layer_is_named_by_its_position_too(answer: str, positions: set[int]) -> None:
    """From 1, in the network's order, in English or Chinese; a name counts before a position."""
    assert named_layers(answer, ALL) == {ALL[each - 1] for each in positions}


def test_a_position_is_compared_with_the_scan() -> None:
    """The layer of the lowest mean accuracy is the fourth."""
    number = ALL.index(LOWEST) + 1
    assert number == 4
    assert most_sensitive(scanned(ALL), "The fourth layer", NETWORK).named
    assert most_sensitive(scanned(ALL), "第四層", NETWORK).named
    assert not most_sensitive(scanned(ALL), "The fifth layer", NETWORK).named
