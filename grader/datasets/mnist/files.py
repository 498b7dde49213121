"""MNIST's four files; the hashes are those of the originals, unpacked."""

from grader.datasets.dataset import DataFile
from grader.datasets.training import SplitFiles


def _files(prefix: str, images: int, pixels: str, labels: str) -> SplitFiles:
    return SplitFiles(
        pixels=DataFile(name=f"{prefix}-images-idx3-ubyte", sha256=pixels, images=images),
        labels=DataFile(name=f"{prefix}-labels-idx1-ubyte", sha256=labels, images=images),
    )


TRAIN = _files(
    "train",
    60_000,
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
)
TEST = _files(
    "t10k",
    10_000,
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
)
