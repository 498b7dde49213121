"""The families of networks that a lab may ask for."""

from typing import Any

import pytest

from grader.errors import GraderError
from grader.networks.family import Family
from grader.networks.registry import (
    FAMILIES,
    TRAINED_FAMILIES,
    family_named,
    trained_family_named,
)
from grader.networks.trained import TrainedFamily


def test_an_unknown_family_is_told_with_those_that_are_known() -> None:
    """The error lists the known families."""
    with pytest.raises(GraderError, match="resnet") as error:
        family_named("resnet")
    assert "mobilenet-v2" in str(error.value.help)


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.name)
def test_a_familys_record_agrees_with_what_it_builds(family: Family[Any]) -> None:
    """Names, shapes and classes, which stand in the record without torch, are the network's."""
    module = family.builder().original(7).module
    found = {name: tuple(each.shape) for name, each in module.state_dict().items()}
    assert found == family.original(7).shapes()
    classes = [f"{type(each).__module__}.{type(each).__qualname__}" for each in module.modules()]
    assert classes[0] == family.root_class
    assert {*classes} <= {*family.saved_classes.values()}


def test_an_unknown_trained_family_is_told_with_those_that_are_known() -> None:
    """The error lists the families that an experiment may train."""
    with pytest.raises(GraderError, match="mobilenet-v2") as error:
        trained_family_named("mobilenet-v2")
    assert "feed-forward" in str(error.value.help)


@pytest.mark.parametrize("family", TRAINED_FAMILIES.values(), ids=lambda family: family.name)
@pytest.mark.parametrize("widths", [(6, 3), (6, 5, 3), (6, 5, 4, 3)])
def test_a_trained_familys_shapes_are_those_of_its_network(
    family: TrainedFamily, widths: tuple[int, ...]
) -> None:
    """The names and shapes that stand in the record without torch, in their order."""
    state = family.build(widths).state_dict()
    found = [(name, tuple(each.shape)) for name, each in state.items()]
    assert found == list(family.shapes(widths).items())
