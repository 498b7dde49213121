"""A network small enough to train in a test, and images to train it on."""

import torch

from reference.data import Images, Split
from reference.network import Block, Widths

SMALL = Widths(
    stem=3,
    blocks=(
        *(Block(hidden=3, out=3), Block(hidden=3, out=6), Block(hidden=8, out=6)),
        *(Block(hidden=16, out=16) for _ in range(3)),
        *(Block(hidden=24, out=16) for _ in range(4)),
        *(Block(hidden=24, out=24) for _ in range(3)),
        *(Block(hidden=32, out=24) for _ in range(3)),
        Block(hidden=32, out=32),
    ),
    last=48,
)


def random_images(count: int, seed: int = 0) -> Images:
    """Noise, brighter for higher labels: something that can be learnt."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % 10
    noise = torch.randint(0, 56, (count, 3, 32, 32), generator=generator)
    pixels = noise + 20 * labels.view(-1, 1, 1, 1)
    return Images(pixels=pixels.to(torch.uint8), labels=labels)


def random_split() -> Split:
    """64 images to train on and 20 held out."""
    return Split(train=random_images(64), held_out=random_images(20, seed=1))
