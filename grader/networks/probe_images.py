"""The random images on which a hand-in's own module is compared with its rebuild."""

from collections.abc import Mapping
from typing import Any

import torch


def probe_images(settings: Mapping[str, Any]) -> torch.Tensor:
    """float32 of shape (images, *input_shape), the same on both sides for the same seed."""
    generator = torch.Generator().manual_seed(settings["seed"])
    return torch.randn((settings["images"], *settings["input_shape"]), generator=generator)
