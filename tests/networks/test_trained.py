"""The seam between an experiment and the networks that it trains."""

import torch

from grader.networks.trained import TrainedFamily


def test_a_family_builds_the_class_that_it_names() -> None:
    """With the widths; another family needs no other line than its record."""
    sizes = TrainedFamily(
        name="sizes", title="Sizes", shapes=lambda _widths: {}, network="torch:Size"
    )
    assert isinstance(sizes.build((3, 2)), torch.Size)
