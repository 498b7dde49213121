"""The data sets that a lab may ask for."""

import pytest

from grader.datasets.registry import dataset_named
from grader.errors import GraderError


def test_an_unknown_data_set_is_told_with_those_that_are_known() -> None:
    """The error lists the known data sets."""
    with pytest.raises(GraderError, match="svhn") as error:
        dataset_named("svhn")
    assert "cifar10" in str(error.value.help)
