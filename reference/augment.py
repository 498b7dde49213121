"""Batches of images: cropped, mirrored, cut out, resized and normalised as the lab does."""

import torch
from torch import Tensor
from torch.nn import functional

MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)
_PAD = 4
_SIDE = 32


def augmented(pixels: Tensor, generator: torch.Generator, *, cutout: int) -> Tensor:
    """Crop each image with a reflected border of 4, mirror it, and cut out a grey square.

    Takes and returns uint8 [N, 3, 32, 32]. `cutout` is the square's side in pixels; 0 cuts none.
    """
    count = len(pixels)
    # torch has no reflection for uint8; an index does the same.
    line = torch.arange(-_PAD, _SIDE + _PAD).abs()
    line = torch.where(line >= _SIDE, 2 * (_SIDE - 1) - line, line)
    steps = torch.arange(_SIDE)
    rows = line[torch.randint(0, 2 * _PAD + 1, (count, 1), generator=generator) + steps]
    columns = line[torch.randint(0, 2 * _PAD + 1, (count, 1), generator=generator) + steps]
    mirrored = torch.rand(count, 1, generator=generator) < 0.5
    columns = torch.where(mirrored, columns.flip(1), columns)
    image = torch.arange(count).view(-1, 1, 1)
    # Indexing around the channel axis puts it last, which is channels_last already.
    result = pixels[image, :, rows.unsqueeze(2), columns.unsqueeze(1)]
    if cutout:
        top = torch.randint(0, _SIDE, (count, 1), generator=generator) - cutout // 2
        left = torch.randint(0, _SIDE, (count, 1), generator=generator) - cutout // 2
        down = (steps >= top) & (steps < top + cutout)
        across = (steps >= left) & (steps < left + cutout)
        result[down.unsqueeze(2) & across.unsqueeze(1)] = 124
    return result.permute(0, 3, 1, 2)


def prepared(pixels: Tensor, resolution: int) -> Tensor:
    """Resize uint8 [N, 3, 32, 32] as PIL would and normalise: float32, channels last."""
    resized = functional.interpolate(
        pixels.contiguous(memory_format=torch.channels_last),
        size=(resolution, resolution),
        mode="bilinear",
        antialias=True,
    )
    mean = torch.tensor(MEAN).view(1, 3, 1, 1) * 255
    deviation = torch.tensor(DEVIATION).view(1, 3, 1, 1) * 255
    return (resized.float() - mean) / deviation
