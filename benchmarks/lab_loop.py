"""The lab's own loop, for comparison: PIL transforms, a DataLoader with batch 64, eager fp32.

    python -m benchmarks.lab_loop CHECKPOINT TEST_BATCH [ANSWERS]

Prints the number of correct images, and saves every image's class to ANSWERS (.npy). The checkpoint
is unpickled as in the lab: use only files that you trust.
"""

import sys
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

import grader.networks.mobilenet_v2.vision  # noqa: F401 - makes torchvision importable
from grader.datasets.cifar10 import CIFAR10

BATCH = 64


class Batch(torch.utils.data.Dataset[tuple[torch.Tensor, int]]):
    """CIFAR-10's test images, as torchvision's dataset gives them."""

    def __init__(self, path: Path) -> None:
        from torchvision import transforms

        self.pixels, self.labels = CIFAR10.read(CIFAR10.verify(path))
        self.transform = transforms.Compose(
            [
                transforms.Resize((224, 224)),
                transforms.ToTensor(),
                transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
            ]
        )

    def __len__(self) -> int:
        """The number of images."""
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        """An image as the network's input, float32 (3, 224, 224), and its class."""
        image = Image.fromarray(self.pixels[index].transpose(1, 2, 0))
        return self.transform(image), int(self.labels[index])


def answers(checkpoint: Path, images: Batch) -> NDArray[np.int64]:
    """The loop's class for every image, int64 of shape (N,)."""
    model = torch.load(checkpoint, map_location="cpu", weights_only=False).eval()
    found: list[int] = []
    with torch.inference_mode():
        for inputs, _ in torch.utils.data.DataLoader(images, batch_size=BATCH):
            found += model(inputs).argmax(dim=1).tolist()
    return np.array(found, np.int64)


def main() -> None:
    """Run the loop once."""
    images = Batch(Path(sys.argv[2]))
    started = time.perf_counter()
    classes = answers(Path(sys.argv[1]), images)
    correct = int((classes == images.labels).sum())
    print(f"{correct} of {len(classes)} in {time.perf_counter() - started:.1f} s")
    if len(sys.argv) > 3:
        np.save(sys.argv[3], classes)


if __name__ == "__main__":
    main()
