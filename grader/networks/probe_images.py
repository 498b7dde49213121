"""The random images on which a hand-in's own module is compared with its rebuild."""

from collections.abc import Mapping
from typing import Any

import torch


def probe_images(settings: Mapping[str, Any]) -> torch.Tensor:
    """float32 of shape (images, *input_shape); equal in the child and outside for equal seeds."""
    generator = torch.Generator().manual_seed(settings["seed"])
    return torch.randn((settings["images"], *settings["input_shape"]), generator=generator)
