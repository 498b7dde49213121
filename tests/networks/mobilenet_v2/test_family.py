"""MobileNetV2 as a family: what the seam asks of it."""

from grader.inference import xnnpack
from grader.networks.description import Description
from grader.networks.mobilenet_v2.blueprint import original
from grader.networks.mobilenet_v2.builder import BUILDER
from grader.networks.mobilenet_v2.family import MOBILENET_V2
from grader.networks.mobilenet_v2.lineage import Lineage
from tests.networks.checkpoints import uneven
from tests.small_networks import INPUT_SHAPE, small


def test_it_recognises_its_own_shapes() -> None:
    """From names and shapes alone."""
    found = MOBILENET_V2.recognise(Description(kind="state_dict"), uneven(3).shapes())
    assert isinstance(found, Lineage)
    assert found.blueprint == uneven(3)


def test_its_prunable_weights_are_the_convolutions_and_the_classifier() -> None:
    """52 and 1; no bias and no norm is one of them."""
    weights = MOBILENET_V2.prunable(7)
    assert len(weights) == 53
    assert [name for name in weights if len(weights[name]) == 2] == ["classifier.1.weight"]
    assert all(name.endswith(".weight") for name in weights)


def test_it_is_built_and_lowered_by_modules_of_its_own() -> None:
    """The program is the direct lowering's, which no exporter makes, and it runs."""
    assert MOBILENET_V2.builder() is BUILDER
    assert BUILDER.original(3).blueprint == original(3)
    program = MOBILENET_V2.lower(small(), INPUT_SHAPE)
    assert MOBILENET_V2.lower(small(), INPUT_SHAPE) == program
    assert xnnpack.load(program) is not None
