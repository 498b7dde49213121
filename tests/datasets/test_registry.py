"""The data sets that a lab may ask for."""

import pytest

from grader.datasets.registry import dataset_named, training_dataset_named
from grader.errors import GraderError


def test_an_unknown_data_set_is_told_with_those_that_are_known() -> None:
    """The error lists the known data sets."""
    with pytest.raises(GraderError, match="svhn") as error:
        dataset_named("svhn")
    assert "cifar10" in str(error.value.help)


def test_the_data_sets_of_experiments_have_a_list_of_their_own() -> None:
    """MNIST is one of them, and an unknown one is told with them."""
    assert training_dataset_named("mnist").shape == (1, 28, 28)
    with pytest.raises(GraderError, match="cifar10") as error:
        training_dataset_named("cifar10")
    assert "mnist" in str(error.value.help)
