"""Recognising a MobileNetV2 from names and shapes; test_refused.py hands in whole checkpoints."""

import pytest

from grader.errors import Fault
from grader.networks.description import Description, ModuleRecord
from grader.networks.family import Shapes
from grader.networks.mobilenet_v2.blueprint import LAST_POSITION, ORIGINAL
from grader.networks.mobilenet_v2.lineage import WIDEST, Lineage, trace
from grader.networks.mobilenet_v2.saved_classes import BLOCK, ROOT, class_name
from tests.networks.checkpoints import uneven

STATE_DICT = Description(kind="state_dict")


def record(path: str, class_: str, *children: str) -> ModuleRecord:
    """A module without attributes."""
    return ModuleRecord.model_validate(
        {"path": path, "class": class_, "attributes": {}, "unusual": [], "children": [*children]}
    )


def renumbered(shapes: Shapes) -> dict[str, tuple[int, ...]]:
    """The same tensors, the layers under `features` counted without gaps."""
    numbers: list[str] = []
    found = {}
    for name, shape in shapes.items():
        parts = name.split(".")
        if parts[0] == "features":
            if parts[1] not in numbers:
                numbers.append(parts[1])
            parts[1] = str(numbers.index(parts[1]))
        found[".".join(parts)] = shape
    return found


def refusal(shapes: Shapes, description: Description = STATE_DICT) -> Fault:
    """Why these are no MobileNetV2's."""
    with pytest.raises(Fault) as refused:
        trace(description, shapes)
    assert refused.value.help
    return refused.value


def test_the_original_is_recognised_whole() -> None:
    """Every name and every layer leads to itself."""
    found = trace(STATE_DICT, ORIGINAL.shapes())
    assert found.blueprint == ORIGINAL
    assert all(ours == theirs for ours, theirs in found.names.items())
    assert dict(found.positions) == {number: number for number in range(LAST_POSITION + 1)}


@pytest.mark.parametrize("removed", [(3,), (3, 5, 6, 16)])
def test_deleted_blocks_leave_their_numbers_or_none(removed: tuple[int, ...]) -> None:
    """Both ways the blueprint is the same; after renumbering names lead to the hand-in's."""
    kept = uneven(*removed)
    numbered, counted = (
        trace(STATE_DICT, shapes) for shapes in (kept.shapes(), renumbered(kept.shapes()))
    )
    assert numbered.blueprint == counted.blueprint == kept
    assert numbered.positions[LAST_POSITION] == LAST_POSITION
    assert counted.positions[LAST_POSITION] == LAST_POSITION - len(removed)
    assert set(numbered.positions) == set(counted.positions)
    assert not set(removed) & set(counted.positions)
    last = f"features.{LAST_POSITION}.0.weight"
    assert counted.names[last] == f"features.{LAST_POSITION - len(removed)}.0.weight"
    assert set(counted.names.values()) == set(renumbered(kept.shapes()))


def test_counts_of_training_batches_may_be_missing() -> None:
    """Old versions of torch did not save them."""
    shapes = {
        name: shape
        for name, shape in uneven().shapes().items()
        if not name.endswith("num_batches_tracked")
    }
    found = trace(STATE_DICT, shapes)
    assert isinstance(found, Lineage)
    assert found.blueprint == uneven()


@pytest.mark.parametrize("name", ["features.0.0.weight", "features.4.conv.3.bias"])
def test_the_first_tensor_that_is_missing_is_named(name: str) -> None:
    """With what the hand-in begins with; a masked weight is told as that."""
    shapes = dict(uneven().shapes())
    shape = shapes.pop(name)
    fault = refusal(shapes)
    assert name in fault.reason
    assert fault.expected == name
    assert fault.actual
    assert "torch.nn.utils.prune" in refusal({**shapes, f"{name}_orig": shape}).reason


@pytest.mark.parametrize(
    ("name", "shape", "expected", "actual"),
    [
        ("features.0.0.weight", (3, 3, 3), "4", "(3, 3, 3)"),
        ("classifier.1.weight", (10, 0), None, "(10, 0)"),
        ("features.4.conv.3.bias", (9,), "(1,)", "(9,)"),
    ],
)
def test_a_tensor_of_another_shape_is_named_with_both(
    name: str, shape: tuple[int, ...], expected: str | None, actual: str
) -> None:
    """Another number of dimensions, none of a channel, or no fit with its neighbours."""
    fault = refusal({**uneven().shapes(), name: shape})
    assert name in fault.reason
    assert (fault.expected, fault.actual) == (expected, actual)


def test_a_tensor_too_many_is_named() -> None:
    """Another layer is another network."""
    assert "head.weight" in refusal({**uneven().shapes(), "head.weight": (1, 1)}).reason


def test_nothing_at_all_is_no_network() -> None:
    """It has no layers, and no tensors to show."""
    assert refusal({}).actual == "no tensors"


def test_a_layer_may_be_wider_up_to_a_bound() -> None:
    """Twice the original and no more: such a file would take hours to measure."""

    def widened(last: int) -> dict[str, tuple[int, ...]]:
        shapes = dict(uneven().shapes())
        for name, shape in shapes.items():
            if name.startswith(f"features.{LAST_POSITION}.") and shape:
                shapes[name] = (last, *shape[1:])
        return {**shapes, "classifier.1.weight": (10, last)}

    most = WIDEST * ORIGINAL.last
    assert trace(STATE_DICT, widened(most)).blueprint.last == most
    fault = refusal(widened(most + 1))
    assert f"features.{LAST_POSITION}" in fault.reason
    assert fault.actual == str(most + 1)


def test_a_model_is_recognised_by_its_class_before_its_shapes() -> None:
    """Also by the name that an older torchvision gave it."""
    other = Description(kind="module", modules=[record("", "torchvision.models.vgg.VGG")])
    fault = refusal(uneven().shapes(), other)
    assert "VGG" in fault.reason
    assert (fault.expected, fault.actual) == (ROOT, "torchvision.models.vgg.VGG")
    assert class_name(record("", "torchvision.models.mobilenet.MobileNetV2")) == ROOT
    assert class_name(record("", "torchvision.models.mobilenet.InvertedResidual")) == BLOCK
    assert class_name(record("", "my.Block")) == "my.Block"


@pytest.mark.parametrize("children", [("0", "2", "1"), ("0", "x", "2")])
def test_layers_of_a_model_run_in_the_order_of_their_numbers(children: tuple[str, ...]) -> None:
    """Those that do not, or have no number, are refused."""
    modules = [
        record("", ROOT, "features"),
        record("features", "torch.nn.modules.container.Sequential", *children),
        *(record(f"features.{each}", BLOCK) for each in children),
    ]
    fault = refusal(uneven().shapes(), Description(kind="module", modules=modules))
    assert "features" in fault.reason
